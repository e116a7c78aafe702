import type { Gap, ProposedFile } from "../../contract/agents.ts";
import type { ModelMessage } from "../../contract/model/request.ts";
import {
  quote,
  toHouseRules,
  withLineNumbers,
  type ModuleContext,
  type ProjectContext,
} from "../context.ts";
import { readFiles } from "../read-answer.ts";
import type { Agent } from "./agent.ts";

/** More of them in one question make an answer worse, not better. */
const MOST_MUTANTS = 12;
const MOST_BRANCHES = 12;
/** Files up to this length are shown whole, so that helpers of the function are seen. */
const WHOLE_LINES = 250;

/** Asks for tests that close a gap. It sees the code: what it writes says what the code does, not what it should do. */
export async function explore(
  agent: Agent,
  project: ProjectContext,
  module: ModuleContext,
  input: { readonly gap: Gap; readonly source: string },
  signal: AbortSignal,
): Promise<readonly ProposedFile[]> {
  const messages = toExplorerMessages(project, module, input);
  const { text } = await agent.ask({ messages, unit: "fence" }, signal);
  return readFiles(text, module.testPath);
}

export function toExplorerMessages(
  project: ProjectContext,
  module: ModuleContext,
  { gap, source }: { readonly gap: Gap; readonly source: string },
): readonly ModelMessage[] {
  const isShort = source.split("\n").length <= WHOLE_LINES;
  const shown = isShort
    ? withLineNumbers(source)
    : withLineNumbers(source, gap.lines.first, gap.lines.last);
  return [
    {
      role: "system",
      text: `You write unit tests that find changes of behaviour which existing tests miss.\n${toHouseRules(project, module)}`,
    },
    {
      role: "user",
      text: [
        `Code of ${gap.file}, with line numbers:`,
        quote("source", shown),
        ...(isShort ? [] : [`What ${module.specifier} exports:`, quote("surface", module.surface)]),
        ...(project.example === null
          ? []
          : ["A test of this project, for its style:", quote("example", project.example)]),
        `Write tests for ${gap.name ?? gap.file} that ${toWish(gap)}`,
        "One small test for each behaviour; call the code through what the module exports.",
      ].join("\n\n"),
    },
  ];
}

function toWish({ mutants, branches }: Gap): string {
  const changes = mutants
    .slice(0, MOST_MUTANTS)
    .map(({ line, was, becomes }) => `- line ${String(line)}: ${was} → ${becomes}`);
  const lines = [...new Set(branches)].slice(0, MOST_BRANCHES).map(String);
  return [
    ...(changes.length === 0 ? [] : ["would fail if one of these changes were made:", ...changes]),
    ...(lines.length === 0
      ? []
      : [
          `${changes.length === 0 ? "" : "and that "}take the branches that begin on lines ${lines.join(", ")}.`,
        ]),
  ].join("\n");
}
