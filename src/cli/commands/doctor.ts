import { resolve } from "node:path";
import { buildCommand, type Command } from "@stricli/core";
import type { DoctorCheck } from "../../app/check.ts";
import type { CliContext } from "../context.ts";
import { createNotReady } from "../errors.ts";
import { printChecks } from "./print-checks.ts";
import { runCommand } from "./run-command.ts";
import { SHARED_FLAGS, STATE_FLAG, toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

const toText = (text: string): string => text;

interface DoctorFlags extends SharedFlags {
  readonly url?: string;
  readonly state?: string;
  readonly online: boolean;
}

/** `regoose doctor`. */
export async function runDoctor(this: CliContext, flags: DoctorFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const checks = await check(this, flags);
    const problems = checks.filter(({ status }) => status === "problem").map(({ name }) => name);
    return {
      data: { ready: problems.length === 0, checks },
      failure: problems.length === 0 ? null : createNotReady(problems),
      print: () => {
        printChecks(this.process, checks);
      },
    };
  });
}

async function check(context: CliContext, flags: DoctorFlags): Promise<readonly DoctorCheck[]> {
  const cwd = toCwd(context, flags);
  if (flags.url === undefined) {
    const { inspect } = await import("../../app/doctor.ts");
    const { clock, signal } = context;
    return inspect({ clock }, cwd, { online: flags.online, signal });
  }
  const { askHealth } = await import("../../server/ask-health.ts");
  const stateFolder = flags.state === undefined ? null : resolve(cwd, flags.state);
  return askHealth(flags.url, { stateFolder, signal: context.signal });
}

export const doctorCommand: Command<CliContext> = buildCommand<DoctorFlags, [], CliContext>({
  func: runDoctor,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      url: {
        kind: "parsed",
        parse: toText,
        brief: "Ask the server at URL instead of looking at this machine and project",
        optional: true,
        placeholder: "URL",
      },
      state: STATE_FLAG,
      online: {
        kind: "boolean",
        brief: "Ask the addresses of model providers as well, without a key",
        default: false,
        withNegated: false,
      },
    },
  },
  docs: {
    brief: "Check that this machine and project are ready, with a fix for each problem",
    fullDescription:
      "Measures the sandbox by trying it, and looks at Node, the runner, the package manager, disk,\nwrite access, the configuration and the model providers that it names.",
  },
});
