import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { ReportCommandFlags } from "./report-flags.ts";
import { SHARED_FLAGS } from "./shared-flags.ts";

export const reportCommand: Command<CliContext> = buildCommand<
  ReportCommandFlags,
  [string?],
  CliContext
>({
  loader: async () => (await import("./report-action.ts")).runReport,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      format: {
        kind: "enum",
        values: ["terminal", "markdown", "html", "json", "lcov", "cobertura", "junit"],
        brief: "What to print on stdout",
        default: "terminal",
      },
    },
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
  docs: {
    brief: "Print the report of a run",
    fullDescription: "Example: regoose report latest --format html > report.html",
  },
});
