import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { GenerateCommandFlags } from "./generate-flags.ts";
import { MODEL_FLAGS } from "./model-flags.ts";
import { SETTING_FLAGS } from "./setting-flags.ts";
import { SHARED_FLAGS, TARGETS_POSITIONAL } from "./shared-flags.ts";

const toText = (text: string): string => text;

export const generateCommand: Command<CliContext> = buildCommand<
  GenerateCommandFlags,
  string[],
  CliContext
>({
  loader: async () => (await import("./generate-action.ts")).runGenerate,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      ...SETTING_FLAGS,
      ...MODEL_FLAGS,
      bugsOut: {
        kind: "parsed",
        parse: toText,
        brief: "Folder for a failing test of each suspected bug; they are never part of the suite",
        optional: true,
        placeholder: "DIR",
      },
      code: {
        kind: "parsed",
        parse: toText,
        brief: "Source text to test instead of a target (`-` as TARGET reads standard input)",
        optional: true,
        placeholder: "TEXT",
      },
      issue: {
        kind: "parsed",
        parse: toText,
        brief: "Issue, as plain text or Markdown, that says what is expected; models are shown it",
        optional: true,
        placeholder: "FILE",
      },
      dryRun: {
        kind: "boolean",
        brief: "Do everything but write into the project",
        default: false,
        withNegated: false,
      },
      quiet: {
        kind: "boolean",
        brief: "No progress, only the result",
        default: false,
        withNegated: false,
      },
    },
    positional: TARGETS_POSITIONAL,
  },
  docs: {
    brief: "Write proven tests for a package, folder, file or export",
    fullDescription: [
      "Searches for inputs that reach new code or kill mutants, in a sandbox, and admits a test only when it builds,",
      "passes, is stable, was seen red on a mutant, adds something and is clean. The suite is written in one step;",
      "an interrupted run writes a smaller proven suite or nothing, and `regoose resume` goes on with it.",
      "With --provider, --model or --base-url, or `--engine auto` and a configured provider, a model is asked for what",
      "the search has left; its tests pass the same gate.",
      "",
      "Exit codes: 0 done (also degraded), 2 usage, 3 nothing useful, 6 budget, 7 sandbox or environment, 129/130/143 signals.",
    ].join("\n"),
  },
});
