import type { CliContext } from "../context.ts";
import type { RerunCommandFlags, ResumeCommandFlags } from "./resume-flags.ts";
import { toModelFlags } from "./model-flags.ts";
import { runImprovement } from "./improve-action.ts";
import { runGeneration } from "./run-generation.ts";
import { toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

/** `regoose resume RUN`. */
export async function runResume(
  this: CliContext,
  flags: ResumeCommandFlags,
  run?: string,
): Promise<void> {
  const { testCommand, sandbox } = flags;
  const name = { run: run ?? "latest", cwd: toCwd(this, flags), testCommand, sandbox };
  if (await isImprovement(this, name)) {
    await runImprovement(this, toStyle(this, flags), ASK_FIRST, async (options) => {
      const { resumeImprovement } = await import("../../app/improve.ts");
      const models = await toModelFlags(flags);
      const deps = { clock: this.clock, version: this.version };
      return resumeImprovement(deps, { ...name, models }, options);
    });
    return;
  }
  await runGeneration(this, toStyle(this, flags), async (options) => {
    const { resumeRun } = await import("../../app/resume.ts");
    const models = await toModelFlags(flags);
    return resumeRun({ clock: this.clock, version: this.version }, { ...name, models }, options);
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
        replaysModels: flags.replayModels,
        models: await toModelFlags(flags),
        testCommand: flags.testCommand,
        edits: { maxTimeMs: maxTime, maxExecutions, seed, workers, baseline, sandbox, reruns },
      },
      options,
    );
  });
}

/** `regoose runs replay RUN`. */
export async function runReplay(this: CliContext, flags: SharedFlags, run?: string): Promise<void> {
  const name = { run: run ?? "latest", cwd: toCwd(this, flags) };
  if (await isImprovement(this, name)) {
    await runImprovement(this, toStyle(this, flags), ONLY_SHOW, async () => {
      const { replayImprovement } = await import("../../app/improve.ts");
      return replayImprovement({ clock: this.clock }, name);
    });
    return;
  }
  await runGeneration(this, toStyle(this, flags), async () => {
    const { replayRun } = await import("../../app/resume.ts");
    return replayRun({ clock: this.clock }, name);
  });
}

const ASK_FIRST = { dryRun: false, yes: false } as const;
const ONLY_SHOW = { dryRun: true, yes: false } as const;

/** A run that cannot be read says so where it is taken up. */
async function isImprovement(
  context: CliContext,
  name: { readonly run: string; readonly cwd: string },
): Promise<boolean> {
  const { readCommand } = await import("../../app/stored-scenario.ts");
  return readCommand({ clock: context.clock }, name).then(
    (command) => command === "improve",
    () => false,
  );
}
