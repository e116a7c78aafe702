import { buildCommand, buildRouteMap, type RouteMap } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { RunsResetFlags, RunsShowFlags } from "./runs-flags.ts";
import { RUN_POSITIONAL, SHARED_FLAGS, type SharedFlags } from "./shared-flags.ts";

const listCommand = buildCommand<SharedFlags, [], CliContext>({
  loader: async () => (await import("./runs-action.ts")).runRunsList,
  parameters: { flags: { ...SHARED_FLAGS } },
  docs: { brief: "List the runs of this project, newest first" },
});

const showCommand = buildCommand<RunsShowFlags, [string?], CliContext>({
  loader: async () => (await import("./runs-action.ts")).runRunsShow,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      trace: {
        kind: "boolean",
        brief: "Draw where the time went: the spans of the run as a waterfall",
        default: false,
        withNegated: false,
      },
    },
    positional: RUN_POSITIONAL,
  },
  docs: {
    brief: "Show what one run did, step by step",
    fullDescription: [
      "Prints the log of a run, one line an event.",
      "",
      "  regoose runs show latest --trace          a waterfall of its spans",
      "  regoose runs show latest --trace --json   the same as a tree",
    ].join("\n"),
  },
});

const replayCommand = buildCommand<SharedFlags, [string?], CliContext>({
  loader: async () => (await import("./resume-action.ts")).runReplay,
  parameters: { flags: { ...SHARED_FLAGS }, positional: RUN_POSITIONAL },
  docs: {
    brief: "Rebuild the result of a run from its log; executes and writes nothing",
  },
});

const resetCommand = buildCommand<RunsResetFlags, [string?], CliContext>({
  loader: async () => (await import("./runs-action.ts")).runRunsReset,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      from: {
        kind: "parsed",
        parse: (text: string): string => text,
        brief: "First step to forget [default = the first of all]",
        optional: true,
        placeholder: "STEP",
      },
    },
    positional: RUN_POSITIONAL,
  },
  docs: { brief: "Forget results of a run from a step on, so that `resume` does them again" },
});

const logLevelCommand = buildCommand<SharedFlags, [string, string], CliContext>({
  loader: async () => (await import("./runs-action.ts")).runRunsLogLevel,
  parameters: {
    flags: { ...SHARED_FLAGS },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Run id, the beginning of one, or latest",
          parse: (text: string): string => text,
          placeholder: "RUN",
        },
        {
          brief: "A level for all, then exceptions: info,search=debug",
          parse: (text: string): string => text,
          placeholder: "LEVELS",
        },
      ],
    },
  },
  docs: {
    brief: "Change what a run writes into its log, while it goes on",
    fullDescription: [
      "Levels are debug, info, warn, error and silent, as in REGOOSE_LOG. They count within a second or two,",
      "and again where the run is resumed.",
      "",
      "  regoose runs log-level latest warn,search=debug",
    ].join("\n"),
  },
});

export const runsRoutes: RouteMap<CliContext> = buildRouteMap<
  "list" | "show" | "replay" | "reset" | "log-level",
  CliContext
>({
  routes: {
    list: listCommand,
    show: showCommand,
    replay: replayCommand,
    reset: resetCommand,
    "log-level": logLevelCommand,
  },
  docs: { brief: "Look at past runs, rebuild or reset them" },
});
