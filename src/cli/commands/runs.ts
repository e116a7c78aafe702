import { buildCommand, buildRouteMap, type RouteMap } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { SHARED_FLAGS, type SharedFlags } from "./shared-flags.ts";

const listCommand = buildCommand<SharedFlags, [], CliContext>({
  loader: async () => (await import("./runs-action.ts")).runRunsList,
  parameters: { flags: { ...SHARED_FLAGS } },
  docs: { brief: "List the runs of this project, newest first" },
});

const showCommand = buildCommand<SharedFlags, [string?], CliContext>({
  loader: async () => (await import("./runs-action.ts")).runRunsShow,
  parameters: {
    flags: { ...SHARED_FLAGS },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Run id, a unique prefix of one, or latest [default = latest]",
          parse: (text: string): string => text,
          optional: true,
          placeholder: "RUN",
        },
      ],
    },
  },
  docs: { brief: "Show what one run did, step by step" },
});

export const runsRoutes: RouteMap<CliContext> = buildRouteMap<"list" | "show", CliContext>({
  routes: { list: listCommand, show: showCommand },
  docs: { brief: "Look at past runs" },
});
