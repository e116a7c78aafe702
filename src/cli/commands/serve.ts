import { buildCommand, type Command } from "@stricli/core";
import { SERVER_SETTINGS, type ServerKey } from "../../config/server/server-keys.ts";
import type { CliContext } from "../context.ts";
import type { ServeCommandFlags } from "./serve-flags.ts";
import { createIntegerParser, SHARED_FLAGS, STATE_FLAG } from "./shared-flags.ts";

/** The meaning of a key, as the reference has it, with its default where one says something. */
function toServerBrief(key: ServerKey): string {
  const { description, defaultText } = SERVER_SETTINGS[key];
  return defaultText === "null" ? description : `${description} [default = ${defaultText}]`;
}

const toText = (text: string): string => text;

export const serveCommand: Command<CliContext> = buildCommand<ServeCommandFlags, [], CliContext>({
  loader: async () => (await import("./serve-action.ts")).runServe,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      quiet: {
        kind: "boolean",
        brief: "Say nothing on stderr about the configuration",
        default: false,
        withNegated: false,
      },
      host: {
        kind: "parsed",
        parse: toText,
        brief: toServerBrief("host"),
        optional: true,
        placeholder: "ADDRESS",
      },
      port: {
        kind: "parsed",
        parse: createIntegerParser("port", 0),
        brief: toServerBrief("port"),
        optional: true,
        placeholder: "N",
      },
      concurrency: {
        kind: "parsed",
        parse: createIntegerParser("concurrency", 1),
        brief: toServerBrief("concurrency"),
        optional: true,
        placeholder: "N",
      },
      queue: {
        kind: "parsed",
        parse: createIntegerParser("queue", 0),
        brief: toServerBrief("queue"),
        optional: true,
        placeholder: "N",
      },
      state: STATE_FLAG,
    },
  },
  docs: {
    brief: "Take runs over HTTP on this machine, and do them one after the other",
    fullDescription: [
      "Prints its address and a token, and works until Ctrl-C or TERM. What was accepted survives a restart: runs that",
      "waited are queued again, runs that were cut short are resumed. docs/server.md shows the requests.",
      "Follows its configuration: a changed file counts at once, for the next run or after a restart, by key; one that",
      "cannot be used is refused, and the last good one stays.",
      "",
      "Exit codes: 0 stopped as asked, 2 usage, 7 the address is taken, 129/130/143 a second signal.",
    ].join("\n"),
  },
});
