import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { createNotReady } from "../errors.ts";
import { printChecks } from "./print-checks.ts";
import { runCommand } from "./run-command.ts";
import { SHARED_FLAGS, toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

async function runDoctor(this: CliContext, flags: SharedFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { inspect } = await import("../../app/doctor.ts");
    const checks = await inspect({ clock: this.clock }, toCwd(this, flags));
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

export const doctorCommand: Command<CliContext> = buildCommand<SharedFlags, [], CliContext>({
  func: runDoctor,
  parameters: { flags: { ...SHARED_FLAGS } },
  docs: {
    brief: "Check that this machine and project are ready, with a fix for each problem",
    fullDescription:
      "Measures the sandbox by trying it, and looks at Node, the runner, the package manager, disk,\nwrite access and the configuration.",
  },
});
