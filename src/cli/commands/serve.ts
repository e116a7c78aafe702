import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { ServeCommandFlags } from "./serve-flags.ts";
import { createIntegerParser, SHARED_FLAGS, STATE_FLAG } from "./shared-flags.ts";

const toText = (text: string): string => text;

export const serveCommand: Command<CliContext> = buildCommand<ServeCommandFlags, [], CliContext>({
  loader: async () => (await import("./serve-action.ts")).runServe,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      host: {
        kind: "parsed",
        parse: toText,
        brief: "Address of this machine alone: 127.0.0.1, ::1 or localhost",
        default: "127.0.0.1",
        placeholder: "ADDRESS",
      },
      port: {
        kind: "parsed",
        parse: createIntegerParser("port", 0),
        brief: "Port; 0 takes any that is free",
        default: "0",
        placeholder: "N",
      },
      concurrency: {
        kind: "parsed",
        parse: createIntegerParser("concurrency", 1),
        brief: "Runs at a time [default = half of the processors]",
        optional: true,
        placeholder: "N",
      },
      queue: {
        kind: "parsed",
        parse: createIntegerParser("queue", 0),
        brief: "Runs that may wait beside them",
        default: "100",
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
      "",
      "Exit codes: 0 stopped as asked, 2 usage, 7 the address is taken, 130/143 a second signal.",
    ].join("\n"),
  },
});
