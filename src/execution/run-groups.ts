import type { Deadline } from "../kernel/clock.ts";
import type { TestRunRequest } from "../ports/runner.ts";
import type { RunnerAdapter } from "../ports/runner-adapter.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import type { ProcessOutcome } from "./runner-process.ts";
import { toRunEnd } from "./to-run-end.ts";

export interface GroupRun {
  /** Runs files in one process. */
  readonly run: (files: readonly string[], limitMs: number) => Promise<ProcessOutcome>;
  readonly deadline: Deadline;
  readonly concurrency: number;
  readonly adapter: Pick<RunnerAdapter, "takesManyFiles" | "joinsFiles">;
}

/** Most files that share a process: what goes wrong there is run again one by one. */
const MAX_JOINED = 24;
/** So that two processors have work. */
const LEAST_GROUPS = 2;

/** Whether files may share a process where the runner gives each its own: only ours, never the user's. */
export function canJoin(
  adapter: Pick<RunnerAdapter, "joinsFiles">,
  request: Pick<TestRunRequest, "run" | "testFiles">,
): boolean {
  return adapter.joinsFiles && request.run.every((file) => Object.hasOwn(request.testFiles, file));
}

/**
 * Runs the files of a request in as few processes as the runner allows. Files that share a process
 * only to save its start are believed when all went well; else each of them runs again alone, as the
 * runner would have it, so that no file pays for another.
 */
export async function runGroups(
  run: GroupRun,
  request: Pick<TestRunRequest, "run" | "testFiles">,
): Promise<readonly ProcessOutcome[]> {
  if (run.adapter.takesManyFiles) return [await run.run(request.run, run.deadline.remainingMs())];
  const groups = canJoin(run.adapter, request)
    ? toGroups(request.run)
    : request.run.map((file) => [file]);
  const outcomes = await mapConcurrently(groups, run.concurrency, (files) => runGroup(run, files));
  return outcomes.flat();
}

/** The same files meet in each run, however many processes run side by side. */
function toGroups(files: readonly string[]): readonly (readonly string[])[] {
  const count = Math.max(LEAST_GROUPS, Math.ceil(files.length / MAX_JOINED));
  const size = Math.ceil(files.length / count);
  return Array.from({ length: Math.ceil(files.length / size) }, (_none, index) =>
    files.slice(index * size, (index + 1) * size),
  );
}

async function runGroup(
  run: GroupRun,
  files: readonly string[],
): Promise<readonly ProcessOutcome[]> {
  const limitMs = run.deadline.remainingMs();
  if (files.length === 1) return [await run.run(files, limitMs)];
  // A file that never ends must leave the others the time to run without it.
  const joined = await run.run(files, limitMs / 2);
  if (isGreen(joined)) return [joined];
  return mapConcurrently(files, 1, (file) => run.run([file], run.deadline.remainingMs()));
}

function isGreen(outcome: ProcessOutcome): boolean {
  if (toRunEnd(outcome).kind !== "finished") return false;
  return outcome.lines.every((line) => line.type !== "test" || line.status !== "failed");
}
