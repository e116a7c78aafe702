import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { VerifyCommandFlags } from "./verify-flags.ts";
import { SETTING_FLAGS } from "./setting-flags.ts";
import { SHARED_FLAGS } from "./shared-flags.ts";

export const verifyCommand: Command<CliContext> = buildCommand<
  VerifyCommandFlags,
  [string?],
  CliContext
>({
  loader: async () => (await import("./verify-action.ts")).runVerify,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      sandbox: SETTING_FLAGS.sandbox,
      testCommand: SETTING_FLAGS.testCommand,
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Suite folder, or a project that holds one [default = .]",
          parse: (text: string): string => text,
          optional: true,
          placeholder: "DIR",
        },
      ],
    },
  },
  docs: {
    brief: "Re-prove every test of a suite, with no model and no network",
    fullDescription:
      "Runs each written test again, in a sandbox, and checks that it still passes and is still red on the mutants that\nits proof card names. Exit 0 when every card holds, 3 otherwise; a changed source makes a card stale.",
  },
});
