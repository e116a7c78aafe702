import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { GenerateOptions } from "../../app/generate/run-scope.ts";
import type { ImproveAnswer, ImproveRequest } from "../../app/improve/improve-types.ts";
import type { ImproveData } from "../../contract/improve.ts";
import type { RegooseError } from "../../kernel/errors.ts";
import type { CliContext } from "../context.ts";
import { createUsageError } from "../errors.ts";
import type { OutputStyle } from "../output.ts";
import type { ApplyFlags, ImproveCommandFlags } from "./improve-flags.ts";
import { toModelFlags } from "./model-flags.ts";
import { printDiff, printImprovement } from "./print-improvement.ts";
import { runCommand } from "./run-command.ts";
import { openRunOptions } from "./run-options.ts";
import { toCwd, toStyle } from "./shared-flags.ts";

/** `regoose improve`. */
export async function runImprove(this: CliContext, flags: ImproveCommandFlags): Promise<void> {
  if (flags.apply !== undefined || flags.undo !== undefined) {
    await runSwap(this, flags);
    return;
  }
  await runImprovement(this, toStyle(this, flags), flags, async (options) => {
    const request = await toRequest(this, flags);
    const { improve } = await import("../../app/improve.ts");
    return improve({ clock: this.clock, version: this.version }, request, options);
  });
}

async function toRequest(context: CliContext, flags: ImproveCommandFlags): Promise<ImproveRequest> {
  const { goal, directory = ".", maxTime, maxExecutions, seed, workers, framework } = flags;
  const { sandbox, reruns, maxIterations, mayChangeBehaviour, mayChangeTests, profile } = flags;
  if (goal === undefined || goal.trim() === "") {
    throw createUsageError("improve needs --goal TEXT, or a run after --apply or --undo");
  }
  return {
    goal: goal.trim(),
    directory,
    cwd: toCwd(context, flags),
    models: await toModelFlags(flags),
    flags: {
      ...{ profile, maxTimeMs: maxTime, maxExecutions, seed, workers, framework, sandbox, reruns },
      ...{ maxIterations, mayChangeBehaviour, mayChangeTests },
    },
  };
}

/** Runs what ends in an improvement, shows it, and writes it where that was said. */
export async function runImprovement(
  context: CliContext,
  style: OutputStyle,
  flags: ApplyFlags,
  work: (options: GenerateOptions) => Promise<ImproveAnswer>,
): Promise<void> {
  await runCommand<ImproveData>(context, style, async () => {
    const opened = openRunOptions(context, style);
    let answer: ImproveAnswer;
    try {
      answer = await work(opened.options);
    } finally {
      opened.end();
    }
    const { isApplied, failure } = await settle(context, style, flags, answer);
    const data = { ...answer.data, isApplied };
    return {
      data,
      failure,
      print: () => {
        printImprovement(context.process, style, data, answer.runFolder);
      },
    };
  });
}

interface Settled {
  readonly isApplied: boolean;
  readonly failure: RegooseError | null;
}

async function settle(
  context: CliContext,
  style: OutputStyle,
  flags: ApplyFlags,
  { data, root, changes }: ImproveAnswer,
): Promise<Settled> {
  const { createGoalNotReached, createNotConfirmed } = await import("../../app/improve/errors.ts");
  const { explainEnd } = await import("../../app/improve/explain-end.ts");
  const kept = { isApplied: data.isApplied, failure: null };
  if (context.signal.aborted) throw context.signal.reason;
  if (changes.length === 0) {
    return { ...kept, failure: createGoalNotReached(data.runId, explainEnd(data)) };
  }
  if (flags.patch !== undefined && flags.patch !== "") {
    await writeFile(resolve(context.cwd, flags.patch), data.diff);
    return kept;
  }
  // Exact bytes: somebody pipes it into `git apply`.
  if (flags.patch !== undefined && !style.json) context.process.stdout.write(data.diff);
  if (flags.patch !== undefined) return kept;
  if (!style.json) printDiff(context.process, style, data.diff);
  if (flags.dryRun || data.isApplied) return kept;
  if (!flags.yes && !(await isWanted(context, style, changes.length))) {
    return { isApplied: false, failure: createNotConfirmed(data.runId, changes.length) };
  }
  const { applyChanges } = await import("../../app/improve/apply-changes.ts");
  await applyChanges({ clock: context.clock }, { run: data.runId, cwd: root });
  return { isApplied: true, failure: null };
}

async function isWanted(context: CliContext, style: OutputStyle, files: number): Promise<boolean> {
  if (style.json || !context.canAsk) return false;
  const { openPrompts } = await import("../prompts/open-prompts.ts");
  const prompts = openPrompts(context);
  return prompts.confirm(
    `Write these changes to ${files === 1 ? "1 file" : `${files} files`}?`,
    false,
  );
}

/** `regoose improve --apply RUN` and `--undo RUN`. */
async function runSwap(context: CliContext, flags: ImproveCommandFlags): Promise<void> {
  const style = toStyle(context, flags);
  await runCommand(context, style, async () => {
    const { apply, undo } = flags;
    if (apply !== undefined && undo !== undefined) {
      throw createUsageError("--apply and --undo exclude each other");
    }
    const name = { run: apply ?? undo ?? "", cwd: toCwd(context, flags) };
    const { applyChanges, readChanges, undoChanges } =
      await import("../../app/improve/apply-changes.ts");
    const deps = { clock: context.clock };
    if (apply !== undefined && !flags.yes) {
      const { runId, changes } = await readChanges(deps, name);
      const { toUnifiedDiff } = await import("../../kernel/unified-diff.ts");
      if (!style.json) printDiff(context.process, style, toUnifiedDiff(changes));
      if (!(await isWanted(context, style, changes.length))) {
        const { createNotConfirmed } = await import("../../app/improve/errors.ts");
        throw createNotConfirmed(runId, changes.length);
      }
    }
    const data = await (apply === undefined ? undoChanges(deps, name) : applyChanges(deps, name));
    return {
      data,
      failure: null,
      print: () => {
        const what = data.state === "applied" ? "written" : "put back";
        for (const file of data.files) context.process.stderr.write(`${what}: ${file}\n`);
        if (data.files.length === 0) {
          context.process.stderr.write("all files stand as they should already\n");
        }
      },
    };
  });
}
