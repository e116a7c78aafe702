import { buildCommand, type Command } from "@stricli/core";
import { parseDuration } from "../../config/duration.ts";
import type { CliContext } from "../context.ts";
import { MODEL_FLAGS } from "./model-flags.ts";
import type { RerunCommandFlags, ResumeCommandFlags } from "./resume-flags.ts";
import { SETTING_FLAGS } from "./setting-flags.ts";
import { createIntegerParser, RUN_POSITIONAL, SHARED_FLAGS } from "./shared-flags.ts";

const QUIET = {
  kind: "boolean",
  brief: "No progress, only the result",
  default: false,
  withNegated: false,
} as const;

const SANDBOX = {
  kind: "enum",
  values: ["auto", "namespace", "guarded"],
  brief: "Another isolation level",
  optional: true,
} as const;

export const resumeCommand: Command<CliContext> = buildCommand<
  ResumeCommandFlags,
  [string?],
  CliContext
>({
  loader: async () => (await import("./resume-action.ts")).runResume,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      ...MODEL_FLAGS,
      quiet: QUIET,
      testCommand: SETTING_FLAGS.testCommand,
      sandbox: SANDBOX,
    },
    positional: RUN_POSITIONAL,
  },
  docs: {
    brief: "Go on with a run that was killed, stopped or failed",
    fullDescription: [
      "Continues at the first step without a checkpoint, and inside a search from its last save. Settings are those of",
      "the run; time whose work was kept counts. A run that has ended well is only read, unless its models were not asked",
      "to the end: name one again, with a larger budget where that was the reason. Prints what `generate` prints.",
      "",
      "  regoose resume           the latest run of this project",
      "  regoose resume 20261124  a run by a unique prefix of its id",
    ].join("\n"),
  },
});

export const rerunCommand: Command<CliContext> = buildCommand<
  RerunCommandFlags,
  [string?],
  CliContext
>({
  loader: async () => (await import("./resume-action.ts")).runRerun,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      ...MODEL_FLAGS,
      quiet: QUIET,
      testCommand: SETTING_FLAGS.testCommand,
      from: {
        kind: "parsed",
        parse: (text: string): string => text,
        brief:
          "First step to do again: prepare, baseline, propose, admit, explore, combine or write [default = prepare]",
        optional: true,
        placeholder: "STEP",
      },
      replayModels: {
        kind: "boolean",
        brief: "Take every answer of a model from the old run and ask nobody; begins at explore",
        default: false,
        withNegated: false,
      },
      maxTime: {
        kind: "parsed",
        parse: parseDuration,
        brief: "Another bound on the whole run, steps taken over included",
        optional: true,
        placeholder: "TIME",
      },
      maxExecutions: {
        kind: "parsed",
        parse: createIntegerParser("max-executions", 1),
        brief: "Another number of executions for the search",
        optional: true,
        placeholder: "N",
      },
      seed: {
        kind: "parsed",
        parse: createIntegerParser("seed", 0),
        brief: "Another seed",
        optional: true,
        placeholder: "N",
      },
      workers: {
        kind: "parsed",
        parse: createIntegerParser("workers", 1),
        brief: "Another number of processes side by side",
        optional: true,
        placeholder: "N",
      },
      baseline: {
        kind: "enum",
        values: ["existing", "none"],
        brief: "Another baseline",
        optional: true,
      },
      sandbox: SANDBOX,
      reruns: {
        kind: "parsed",
        parse: createIntegerParser("reruns", 1),
        brief: "Another number of runs that a test must survive",
        optional: true,
        placeholder: "N",
      },
    },
    positional: RUN_POSITIONAL,
  },
  docs: {
    brief: "Begin a new run from a step of an old one, with settings changed where typed",
    fullDescription: [
      "Takes over the results of the steps before STEP and does the rest anew, as a run of its own.",
      "",
      "  regoose rerun latest --from admit --reruns 10   prove the same candidates harder",
      "  regoose rerun latest --from propose --seed 2    search once more, with another seed",
      "  regoose rerun latest --replay-models            agents and gate once more, without network",
    ].join("\n"),
  },
});
