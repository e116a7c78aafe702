import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { RUN_POSITIONAL, SHARED_FLAGS, type SharedFlags } from "./shared-flags.ts";

export const whyCommand: Command<CliContext> = buildCommand<SharedFlags, [string?], CliContext>({
  loader: async () => (await import("./why-action.ts")).runWhy,
  parameters: { flags: { ...SHARED_FLAGS }, positional: RUN_POSITIONAL },
  docs: {
    brief: "Say why a run ended as it did, with evidence and what to type next",
    fullDescription: [
      "Ranks causes from the run's log and stored results, the likeliest first. Executes nothing.",
      "",
      "  regoose why            the latest run of this project",
      "  regoose why RUN --json the same for a script",
    ].join("\n"),
  },
});
