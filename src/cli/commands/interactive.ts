import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { SHARED_FLAGS, type SharedFlags } from "./shared-flags.ts";

export const interactiveCommand: Command<CliContext> = buildCommand<SharedFlags, [], CliContext>({
  loader: async () => (await import("./interactive-action.ts")).runInteractive,
  parameters: { flags: { ...SHARED_FLAGS } },
  docs: {
    brief: "Choose what to do from a menu, in a terminal",
    fullDescription:
      "Asks what a command needs and runs it: generate, verify, improve, report, why, doctor, setup and runs. Ctrl-C leaves.",
  },
});
