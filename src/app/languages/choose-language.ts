import type { Language } from "../../contract/language.ts";
import { createTestCommandMissing } from "../errors.ts";

const KNOWN: Readonly<Record<string, "pytest" | "go-test">> = { python: "pytest", go: "go-test" };

/**
 * The language that settings name; null for JavaScript and TypeScript. A command stands before the runner that
 * Regoose knows.
 * @throws TestCommandMissing (RGS-2025)
 */
export function chooseLanguage(settings: {
  readonly language: string | null;
  readonly testCommand: string | null;
}): Language | null {
  const { language: name, testCommand } = settings;
  if (name === null || name === "javascript" || name === "typescript") return null;
  if (testCommand !== null) return { name, runner: "command", command: toWords(testCommand) };
  const runner = KNOWN[name];
  if (runner === undefined) throw createTestCommandMissing(name);
  return { name, runner, command: null };
}

/** Splits a command as a shell would split plain words and quotes; nothing is expanded. The file stands last unless `{file}` says where. */
export function toWords(command: string): readonly string[] {
  const words = [...command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/gu)].map(([word]) =>
    word.replaceAll(
      /"([^"]*)"|'([^']*)'/gu,
      (_all, double?: string, single?: string) => double ?? single ?? "",
    ),
  );
  return words.some((word) => word.includes("{file}")) ? words : [...words, "{file}"];
}
