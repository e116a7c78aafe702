import type { CliContext } from "../context.ts";
import type { RerunCommandFlags, ResumeCommandFlags } from "./resume-flags.ts";
import { toModelFlags } from "./model-flags.ts";
import { runGeneration } from "./run-generation.ts";
import { toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

/** `regoose resume RUN`. */
export async function runResume(
  this: CliContext,
  flags: ResumeCommandFlags,
  run?: string,
): Promise<void> {
  await runGeneration(this, toStyle(this, flags), async (options) => {
    const { resumeRun } = await import("../../app/resume.ts");
    const { testCommand } = flags;
    const models = toModelFlags(flags);
    const name = { run: run ?? "latest", cwd: toCwd(this, flags), models, testCommand };
    return resumeRun({ clock: this.clock, version: this.version }, name, options);
  });
}

/** `regoose rerun RUN --from STEP`. */
export async function runRerun(
  this: CliContext,
  flags: RerunCommandFlags,
  run?: string,
): Promise<void> {
  await runGeneration(this, toStyle(this, flags), async (options) => {
    const { rerunRun } = await import("../../app/resume.ts");
    const { from, maxTime, maxExecutions, seed, workers, baseline, sandbox, reruns } = flags;
    return rerunRun(
      { clock: this.clock, version: this.version },
      {
        run: run ?? "latest",
        cwd: toCwd(this, flags),
        from: from ?? null,
        models: toModelFlags(flags),
        testCommand: flags.testCommand,
        edits: { maxTimeMs: maxTime, maxExecutions, seed, workers, baseline, sandbox, reruns },
      },
      options,
    );
  });
}

/** `regoose runs replay RUN`. */
export async function runReplay(this: CliContext, flags: SharedFlags, run?: string): Promise<void> {
  await runGeneration(this, toStyle(this, flags), async () => {
    const { replayRun } = await import("../../app/resume.ts");
    return replayRun({ clock: this.clock }, { run: run ?? "latest", cwd: toCwd(this, flags) });
  });
}
