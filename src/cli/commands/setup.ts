import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { SHARED_FLAGS, type SharedFlags } from "./shared-flags.ts";

export const setupCommand: Command<CliContext> = buildCommand<SharedFlags, [], CliContext>({
  loader: async () => (await import("./setup-action.ts")).runSetup,
  parameters: { flags: { ...SHARED_FLAGS } },
  docs: {
    brief: "Set Regoose up by a few questions, in a terminal",
    fullDescription: [
      "Looks at the project, the sandbox and the names of keys in the environment, asks what it cannot know, and shows each file",
      "before it is written. Keys are written as references (`env:NAME`), never as text. Without a terminal: `regoose init`,",
      "`regoose config`.",
    ].join("\n"),
  },
});
