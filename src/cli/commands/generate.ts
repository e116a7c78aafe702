import { buildCommand, type Command } from "@stricli/core";
import { parseDuration } from "../../config/duration.ts";
import type { CliContext } from "../context.ts";
import type { GenerateCommandFlags } from "./generate-flags.ts";
import { SHARED_FLAGS, createIntegerParser } from "./shared-flags.ts";

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
      code: {
        kind: "parsed",
        parse: toText,
        brief: "Source text to test instead of a target (`-` as TARGET reads standard input)",
        optional: true,
        placeholder: "TEXT",
      },
      engine: {
        kind: "enum",
        values: ["search", "model", "auto"],
        brief: "Who proposes tests [default = auto, which is search]",
        optional: true,
      },
      maxTime: {
        kind: "parsed",
        parse: parseDuration,
        brief: "Bound on the whole command, such as 30s or 2m [default = 60s]",
        optional: true,
        placeholder: "TIME",
      },
      maxExecutions: {
        kind: "parsed",
        parse: createIntegerParser("max-executions", 1),
        brief: "Stop the search after N executions; with --seed the result is the same to the byte",
        optional: true,
        placeholder: "N",
      },
      seed: {
        kind: "parsed",
        parse: createIntegerParser("seed", 0),
        brief: "Seed of every random decision [default = 1]",
        optional: true,
        placeholder: "N",
      },
      workers: {
        kind: "parsed",
        parse: createIntegerParser("workers", 1),
        brief: "Processes side by side [default = number of cores, at most 4]",
        optional: true,
        placeholder: "N",
      },
      framework: {
        kind: "enum",
        values: ["node", "vitest", "jest", "mocha", "auto"],
        brief: "Runner to write for [default = auto: the project's own]",
        optional: true,
      },
      out: {
        kind: "parsed",
        parse: toText,
        brief: "Folder of the suite [default = regoose/ in the tests folder]",
        optional: true,
        placeholder: "DIR",
      },
      baseline: {
        kind: "enum",
        values: ["existing", "none"],
        brief: "Whether a test must add something to the existing suite [default = existing]",
        optional: true,
      },
      sandbox: {
        kind: "enum",
        values: ["auto", "namespace", "guarded"],
        brief: "Isolation level for the code under test [default = auto]",
        optional: true,
      },
      reruns: {
        kind: "parsed",
        parse: createIntegerParser("reruns", 1),
        brief: "Runs that a test must survive [default = 5]",
        optional: true,
        placeholder: "N",
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
    positional: {
      kind: "array",
      parameter: {
        brief: "Package folder, folder, file, or file#export [default = .]",
        parse: toText,
        placeholder: "TARGET",
      },
    },
  },
  docs: {
    brief: "Write proven tests for a package, folder, file or export",
    fullDescription: [
      "Searches for inputs that reach new code or kill mutants, in a sandbox, and admits a test only when it builds,",
      "passes, is stable, was seen red on a mutant, adds something and is clean. The suite is written in one step;",
      "an interrupted run writes nothing.",
      "",
      "Exit codes: 0 done (also degraded), 2 usage, 3 nothing useful, 7 sandbox or environment, 130/143 signals.",
    ].join("\n"),
  },
});
