import { buildCommand, buildRouteMap, type RouteMap } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { ExperimentFlags } from "./experiment-flags.ts";
import { SHARED_FLAGS } from "./shared-flags.ts";

const FLAGS = {
  ...SHARED_FLAGS,
  project: {
    kind: "parsed",
    parse: (text: string): string => text,
    brief: "Folder of another project whose runs count too; may be given again",
    optional: true,
    variadic: true,
    placeholder: "DIR",
  },
} as const;

const listCommand = buildCommand<ExperimentFlags, [], CliContext>({
  loader: async () => (await import("./experiment-action.ts")).runExperimentList,
  parameters: { flags: FLAGS },
  docs: { brief: "List the experiments that are configured here or that runs know" },
});

const reportCommand = buildCommand<ExperimentFlags, [string], CliContext>({
  loader: async () => (await import("./experiment-action.ts")).runExperimentReport,
  parameters: {
    flags: FLAGS,
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Name of the experiment",
          parse: (text: string): string => text,
          placeholder: "NAME",
        },
      ],
    },
  },
  docs: {
    brief: "Compare the variants of an experiment, with intervals and a sample ratio check",
    fullDescription: [
      "Reads what runs have recorded; executes nothing. Each outcome says how many units it rests on.",
      "",
      "  regoose experiment report balance",
      "  regoose experiment report balance --project ../shop --project ../cart --json",
      "",
      "Exit codes: 0 compared, 2 no such experiment, 3 too few runs to compare.",
    ].join("\n"),
  },
});

export const experimentRoutes: RouteMap<CliContext> = buildRouteMap<"list" | "report", CliContext>({
  routes: { list: listCommand, report: reportCommand },
  docs: { brief: "Compare ways of working that runs were dealt out to" },
});
