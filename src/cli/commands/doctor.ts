import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { createNotReady } from "../errors.ts";
import { runCommand } from "./run-command.ts";
import { SHARED_FLAGS, toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

const MARKS = { ok: "ok  ", warning: "warn", problem: "FAIL" } as const;

async function runDoctor(this: CliContext, flags: SharedFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { inspect } = await import("../../app/doctor.ts");
    const checks = await inspect({ clock: this.clock }, toCwd(this, flags));
    const problems = checks.filter(({ status }) => status === "problem").map(({ name }) => name);
    return {
      data: { ready: problems.length === 0, checks },
      failure: problems.length === 0 ? null : createNotReady(problems),
      print: () => {
        for (const check of checks) {
          this.process.stdout.write(`${MARKS[check.status]}  ${check.name}: ${check.detail}\n`);
          if (check.fix !== null) this.process.stdout.write(`      fix: ${check.fix}\n`);
        }
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
      "Measures the sandbox by trying it, and looks at Node, the runner, the package manager, disk and write access.",
  },
});
