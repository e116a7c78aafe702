import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { ImproveCommandFlags } from "./improve-flags.ts";
import { MODEL_FLAGS } from "./model-flags.ts";
import { SETTING_FLAGS } from "./setting-flags.ts";
import { createIntegerParser, SHARED_FLAGS } from "./shared-flags.ts";

const toText = (text: string): string => text;

const { maxExecutions, seed, workers, framework, sandbox, reruns } = SETTING_FLAGS;

const off = (brief: string) =>
  ({ kind: "boolean", brief, default: false, withNegated: false }) as const;

const run = (brief: string) =>
  ({ kind: "parsed", parse: toText, brief, optional: true, placeholder: "RUN" }) as const;

export const improveCommand: Command<CliContext> = buildCommand<
  ImproveCommandFlags,
  [],
  CliContext
>({
  loader: async () => (await import("./improve-action.ts")).runImprove,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      goal: {
        kind: "parsed",
        parse: toText,
        brief: "What is to be better afterwards, in your words",
        optional: true,
        placeholder: "TEXT",
      },
      directory: {
        kind: "parsed",
        parse: toText,
        brief: "Package folder, folder or file whose sources may be changed [default = .]",
        optional: true,
        placeholder: "DIR",
      },
      ...MODEL_FLAGS,
      ...{ maxExecutions, seed, workers, framework, sandbox, reruns },
      maxTime: {
        ...SETTING_FLAGS.maxTime,
        brief: "Bound on the whole command, such as 5m or 1h [default = 10m]",
      },
      maxIterations: {
        kind: "parsed",
        parse: createIntegerParser("max-iterations", 1),
        brief: "Rounds of editing and checking, 20 at most [default = 3]",
        optional: true,
        placeholder: "N",
      },
      mayChangeBehaviour: off(
        "Let tests of what the code did before turn red; existing tests still have to be green",
      ),
      mayChangeTests: off("Let the model edit test files; it can never remove one"),
      dryRun: off("Show the changes and write none of them"),
      patch: {
        kind: "parsed",
        parse: toText,
        brief:
          "Write the changes as a unified diff to FILE, or to standard output, and nowhere else",
        optional: true,
        inferEmpty: true,
        placeholder: "FILE",
      },
      yes: off("Write changes that hold without asking"),
      apply: run("Write the changes of a run that ended without a yes"),
      undo: run("Put back what stood there before the changes of a run, to the byte"),
      quiet: off("No progress, only the result"),
    },
  },
  docs: {
    brief: "Let a model change code for a goal, and hold the changes to tests",
    fullDescription: [
      "Works in a copy: a model plans and edits, the project's type check, its existing tests, and tests of what the code",
      "did before (written for this run by the search of `generate`, and not kept) say whether the changes hold. Your",
      "files change only at the end, after the changes were shown and you said yes, or with --yes. `--undo RUN` puts",
      "everything back. Tests that were green have to stay green; --may-change-behaviour takes that back for tests of",
      "what the code did before, --may-change-tests lets test files be edited. The wording of a goal takes back nothing.",
      "",
      '  regoose improve --goal "make parse() linear" --directory src --provider openai --budget-usd 0.50',
      "  regoose improve --apply latest --yes     write what an earlier run came to",
      "  regoose improve --undo latest            take it back",
      "",
      "Exit codes: 0 done, 2 usage or no model named, 3 nothing came out or nobody said yes, 4/5 models, 6 budget (resumable),",
      "7 sandbox or environment, 129/130/143 signals.",
    ].join("\n"),
  },
});
