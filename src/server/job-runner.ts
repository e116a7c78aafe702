import type { HandedConfig, HandOver } from "../app/serve/hand-over.ts";
import { isEnded, type Job, type JobError } from "../contract/job.ts";
import type { Clock } from "../kernel/clock.ts";
import type { JobJournal } from "../ports/job-journal.ts";
import type { RunProcess, RunProcesses } from "../ports/run-processes.ts";
import type { EventFeed } from "./event-feed.ts";
import type { JobObserver } from "./job-observer.ts";
import { toCommandLine, toJobEnding, toJobError, type JobEnding } from "./run-command.ts";

export interface JobRunnerDeps {
  readonly clock: Clock;
  readonly journal: Pick<JobJournal, "putAnswer">;
  readonly processes: RunProcesses;
  readonly handOver: HandOver;
  /** Levels that the logs of runs are to have now. */
  readonly logLevels: () => string;
  readonly observer?: JobObserver | undefined;
}

/** A run as the runner sees it: its state can be read and changed, and each change is kept. */
export interface JobHandle {
  readonly job: () => Job;
  readonly update: (change: Partial<Job>) => Promise<void>;
  readonly feed: EventFeed;
  /** Aborted when the run is to stop, by its user or by the server. */
  readonly stop: AbortSignal;
  /** True where it stops only because the server does: its run goes on after a restart. */
  readonly isSuspending: () => boolean;
  /** Holds the process while there is one, so that others may end it. */
  readonly hold: (child: RunProcess | null) => void;
  /** What to do about a process that left no answer: asked once for each. */
  readonly onLoss: () => Loss;
}

/** `restart`: it was ended so that its run is taken up again. `given-up`: that was done too often. */
export type Loss =
  { readonly kind: "restart" | "none" } | { readonly kind: "given-up"; readonly error: JobError };

/** After SIGINT a run has this long to come to its end, ms; a server that stops has 25 s in all, and checkpoints stand. */
const STOP_LIMIT_MS = 18_000;
const POLL_MS = 250;
/** A resume ends with these where the run was killed before it could be taken up again. */
const NOT_RESUMABLE: ReadonlySet<string> = new Set(["RGS-1010", "RGS-1022"]);

/** Does a run in a process of its own, to the end. Never rejects for what the process does. */
export async function runJob(deps: JobRunnerDeps, handle: JobHandle): Promise<void> {
  const ending = await runToAnswer(deps, handle);
  if (ending === null) return;
  const { answer, status, error } = ending;
  const runId = ending.runId ?? handle.job().runId;
  // Before the end is told, so that who looks at the numbers then finds the run in them.
  await deps.observer?.measure(handle.job().request.project, runId);
  if (answer !== null) await deps.journal.putAnswer(handle.job().id, answer);
  await handle.update({
    status,
    error,
    owner: null,
    runId,
    endedAt: new Date(deps.clock.now()).toISOString(),
  });
}

/** As many processes as it takes. @returns null where the run is to go on after a restart of the server */
async function runToAnswer(deps: JobRunnerDeps, handle: JobHandle): Promise<JobEnding | null> {
  for (;;) {
    const isResumed = handle.job().runId !== null;
    const ending = await runProcess(deps, handle);
    if (ending === null) return null;
    if (isResumed && NOT_RESUMABLE.has(ending.error?.code ?? "")) {
      await handle.update({ runId: null });
      continue;
    }
    if (ending.answer !== null || handle.stop.aborted) return ending;
    const loss = handle.onLoss();
    if (loss.kind === "given-up") return { ...ending, error: loss.error };
    if (loss.kind === "none") return ending;
  }
}

async function runProcess(deps: JobRunnerDeps, handle: JobHandle): Promise<JobEnding | null> {
  if (handle.stop.aborted && handle.isSuspending()) return null;
  let child: RunProcess;
  let config: HandedConfig | null = null;
  try {
    const { id, request } = handle.job();
    config = await deps.handOver(id, request.project);
    const line = toCommandLine(handle.job());
    child = await deps.processes.start(line, request.project, config.environment);
  } catch (failure) {
    await config?.[Symbol.asyncDispose]();
    return { status: "failed", runId: null, error: toJobError(failure), answer: null };
  }
  const stopping = stopOnAbort(deps.clock, handle.stop, child);
  const following = new AbortController();
  try {
    handle.hold(child);
    await handle.update({ owner: child.owner });
    const followed = follow(deps, handle, { owner: child.owner, ...config }, following.signal);
    const raw = await child.ended;
    following.abort();
    await followed;
    const ending = toJobEnding(raw, handle.job().isCancelAsked);
    const isCut = ending.answer === null || ending.status === "cancelled";
    return handle.isSuspending() && isCut && !handle.job().isCancelAsked ? null : ending;
  } finally {
    handle.hold(null);
    following.abort();
    child.kill();
    await child.ended;
    await stopping.end();
    await config[Symbol.asyncDispose]();
  }
}

/** SIGINT when the run is to stop, SIGKILL for its group where it takes too long over that. */
function stopOnAbort(
  clock: Clock,
  stop: AbortSignal,
  child: RunProcess,
): { readonly end: () => Promise<void> } {
  const waiting = new AbortController();
  let stopping: Promise<void> = Promise.resolve();
  const onStop = (): void => {
    child.interrupt();
    stopping = clock.sleep(STOP_LIMIT_MS, waiting.signal).then(
      () => {
        child.kill();
      },
      () => undefined,
    );
  };
  if (stop.aborted) onStop();
  else stop.addEventListener("abort", onStop, { once: true });
  return {
    async end() {
      stop.removeEventListener("abort", onStop);
      waiting.abort();
      await stopping;
    },
  };
}

/** Hands the records of the run's own log on as events, until told to stop; what a reader cannot read costs no run. */
async function follow(
  deps: JobRunnerDeps,
  handle: JobHandle,
  { owner, logLevels }: Pick<RunProcess, "owner"> & Pick<HandedConfig, "logLevels">,
  signal: AbortSignal,
): Promise<void> {
  const { clock, processes } = deps;
  const levels = followLevels(deps, handle.job(), logLevels);
  // A resumed run goes on in the same log: what it held before was told before.
  let seen: number | null = handle.job().runId === null ? 0 : null;
  const pass = async (): Promise<void> => {
    const { request, runId } = handle.job();
    const progress = await processes.readProgress(request.project, owner, runId);
    if (progress === null) return;
    if (progress.runId !== runId && !isEnded(handle.job().status)) {
      await handle.update({ runId: progress.runId });
    }
    await levels(progress.runId);
    seen ??= progress.records.length;
    for (const { sequence, at, name, data } of progress.records) {
      if (sequence > seen)
        handle.feed.push("run-record", { sequence, at, name, data: toShort(data) });
    }
    seen = Math.max(seen, progress.records.at(-1)?.sequence ?? 0);
  };
  for (;;) {
    const isLast = signal.aborted;
    await pass().catch(() => undefined);
    if (isLast) return;
    await clock.sleep(POLL_MS, signal).catch(() => undefined);
  }
}

/** Hands changed levels on to a run that goes on. */
function followLevels(
  { processes, logLevels }: Pick<JobRunnerDeps, "processes" | "logLevels">,
  { request, runId: resumed }: Job,
  handed: string,
): (runId: string) => Promise<void> {
  // In the folder of a resumed run may lie what was handed on in an earlier life.
  let told = resumed === null ? handed : null;
  return async (runId) => {
    const wanted = logLevels();
    if (wanted === told) return;
    await processes.setLogLevels(request.project, runId, wanted);
    told = wanted;
  };
}

/** Most characters of a record's data in an event: the log itself holds the rest. */
const LONGEST_DATA = 4_000;

function toShort(data: Readonly<Record<string, unknown>>): object {
  return JSON.stringify(data).length <= LONGEST_DATA ? data : { isLeftOut: true };
}
