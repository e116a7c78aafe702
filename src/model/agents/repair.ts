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
 * Asks for a file that builds and loads. Its assertions have to be those of the file before: a repair that changes
 * what a test demands is no repair.
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
  // What did not parse has no assertions to compare: each one that comes back must stand in the old text.
  const added =
    before.kind === "read"
      ? findAdded(before.assertions, after.assertions)
      : after.assertions.find((one) => !flatten(input.file.text).includes(flatten(one)));
  if (added !== undefined) return { kind: "refused", why: `it changed an assertion: ${added}` };
  if (after.assertions.length === 0) return { kind: "refused", why: "it asserts nothing any more" };
  return { kind: "repaired", file };
}

/** An assertion that stands in the new file and not as often in the old one. */
function findAdded(before: readonly string[], after: readonly string[]): string | undefined {
  const left = new Map<string, number>();
  for (const one of before) left.set(flatten(one), (left.get(flatten(one)) ?? 0) + 1);
  return after.find((one) => {
    const count = left.get(flatten(one)) ?? 0;
    left.set(flatten(one), count - 1);
    return count <= 0;
  });
}

const flatten = (text: string): string => text.replaceAll(/\s+/gu, "");

export function toRepairMessages(
  project: ProjectContext,
  module: ModuleContext,
  { file, troubles }: { readonly file: ProposedFile; readonly troubles: readonly Trouble[] },
): readonly ModelMessage[] {
  const found = troubles.map(({ fullTitle, detail }) => `${fullTitle}: ${detail}`).join("\n");
  return [
    {
      role: "system",
      text: `You repair test files that do not build or load: imports, syntax, types, wrong names of exports. You never add, drop, or change an assertion.\n${toHouseRules(project, module)}`,
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
