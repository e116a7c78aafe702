import type { ProposedFile, Trouble } from "../../contract/agents.ts";
import type { ModelMessage } from "../../contract/model/request.ts";
import type { ReadTests } from "../../ports/written-tests.ts";
import { quote, toHouseRules, type ModuleContext, type ProjectContext } from "../context.ts";
import { readFiles } from "../read-answer.ts";
import type { Agent } from "./agent.ts";

/** What a repair came to. */
export type Repaired =
  | { readonly kind: "repaired"; readonly file: ProposedFile }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Asks for a file that builds and loads. Its assertions have to be those of the file before, each of them as often, and
 * what gives the values that they compare with has to stand as it stood: a repair that changes what a test demands is none.
 */
export async function repair(
  agent: Agent,
  project: ProjectContext,
  module: ModuleContext,
  input: { readonly file: ProposedFile; readonly troubles: readonly Trouble[] },
  tools: { readonly read: ReadTests; readonly signal: AbortSignal },
): Promise<Repaired> {
  const messages = toRepairMessages(project, module, input);
  const { text } = await agent.ask({ messages, unit: "fence" }, tools.signal);
  const [file] = readFiles(text, input.file.path, project.language);
  if (file === undefined) return { kind: "refused", why: "the answer held no test file" };
  const after = tools.read(file.text, module.isTypeScript);
  if (after.kind === "unreadable") return { kind: "refused", why: after.why };
  const before = tools.read(input.file.text, module.isTypeScript);
  const changed =
    before.kind === "read"
      ? findChanged(before, after)
      : findForeign(input.file.text, after, project.language);
  if (changed !== null) return { kind: "refused", why: changed };
  if (after.assertions.length === 0) return { kind: "refused", why: "it asserts nothing any more" };
  return { kind: "repaired", file };
}

type Demands = Pick<Extract<ReturnType<ReadTests>, { kind: "read" }>, "assertions" | "expected">;

/** What the new file demands otherwise than the old one, in words; null for nothing. */
function findChanged(before: Demands, after: Demands): string | null {
  const added = findMissing(after.assertions, before.assertions);
  if (added !== undefined) return `it changed an assertion: ${added}`;
  const dropped = findMissing(before.assertions, after.assertions);
  if (dropped !== undefined) return `it dropped an assertion: ${dropped}`;
  const moved =
    findMissing(after.expected, before.expected) ?? findMissing(before.expected, after.expected);
  return moved === undefined ? null : `it changed what an assertion compares with: ${moved}`;
}

/**
 * What did not parse has nothing to compare, so each assertion that comes back, and each value that it compares with, must
 * stand in the old text, and there must be as many as that text has lines that begin like one.
 */
function findForeign(old: string, after: Demands, language: string | undefined): string | null {
  const text = flatten(old);
  const foreign = after.assertions.find((one) => !text.includes(flatten(one)));
  if (foreign !== undefined) return `it changed an assertion: ${foreign}`;
  const moved = after.expected.find((one) => !text.includes(flatten(one)));
  if (moved !== undefined) return `it changed what an assertion compares with: ${moved}`;
  const count = old.split("\n").filter((line) => BEGINS.test(line)).length;
  return language === undefined && count > after.assertions.length
    ? `it dropped an assertion: there were ${String(count)}`
    : null;
}

const BEGINS = /^\s*(?:await\s+)?(?:assert|expect)\b\s*[.(]/u;

/** What stands in the first list more often than in the second. */
function findMissing(wanted: readonly string[], there: readonly string[]): string | undefined {
  const left = new Map<string, number>();
  for (const one of there) left.set(flatten(one), (left.get(flatten(one)) ?? 0) + 1);
  return wanted.find((one) => {
    const count = left.get(flatten(one)) ?? 0;
    left.set(flatten(one), count - 1);
    return count <= 0;
  });
}

/** Without white space, but for that of string literals. */
function flatten(text: string): string {
  return text.replaceAll(
    /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)|\s+/gu,
    (_match, literal: string | undefined) => literal ?? "",
  );
}

export function toRepairMessages(
  project: ProjectContext,
  module: ModuleContext,
  { file, troubles }: { readonly file: ProposedFile; readonly troubles: readonly Trouble[] },
): readonly ModelMessage[] {
  const found = troubles.map(({ fullTitle, detail }) => `${fullTitle}: ${detail}`).join("\n");
  return [
    {
      role: "system",
      text: `You repair test files that do not build or load: imports, syntax, types, wrong names of exports, errors that the test's own set-up throws. You never add, drop, or change an assertion, nor a value that one compares with.\n${toHouseRules(project, module)}`,
    },
    {
      role: "user",
      text: [
        "The file:",
        quote("file", file.text),
        "What went wrong:",
        quote("trouble", found),
        `What ${module.specifier} exports:`,
        quote("surface", module.surface),
      ].join("\n\n"),
    },
  ];
}
