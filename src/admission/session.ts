import type { SourceOverlay } from "../contract/mutant.ts";
import type { SandboxIdentity } from "../ports/sandbox.ts";
import type { TestRunReport } from "../contract/test-run.ts";
import type { Deadline } from "../kernel/clock.ts";
import type { RunMode, TestRunner } from "../ports/runner.ts";

/** Thrown inside the gate when no time is left for another run; never leaves the folder. */
export class TimeEnded extends Error {
  constructor() {
    super("no time is left for another run of the tests");
    this.name = "TimeEnded";
  }
}

/** Under which circumstances tests run: order, zone and clock. */
export interface RunConditions {
  readonly shuffleSeed: number | null;
  /** IANA zone. */
  readonly timeZone: string;
  readonly clockShiftMs: number;
  readonly identity: SandboxIdentity;
}

/** The circumstances of every run that is not a re-run. */
export const STANDARD_CONDITIONS: RunConditions = {
  shuffleSeed: null,
  timeZone: "UTC",
  clockShiftMs: 0,
  identity: "first",
};

export interface SessionRequest {
  readonly files: Readonly<Record<string, string>>;
  /** Which of the files to run; all of them when left out. */
  readonly run?: readonly string[];
  readonly overlay?: SourceOverlay;
  readonly mode: RunMode;
  readonly conditions?: RunConditions;
  /** Limit of this run, ms, where that is less than the ordinary one. */
  readonly limitMs?: number;
  /** Added to the limit of the run, ms. */
  readonly extraTimeoutMs?: number;
}

/** Runs tests within one deadline, a few processes side by side. */
export interface Session {
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  readonly concurrency: number;
  /**
   * @throws TimeEnded when the deadline passed before the run or cut it short.
   * @throws `signal.reason` when aborted.
   */
  run(request: SessionRequest): Promise<TestRunReport>;
  /** The same slots under another deadline. */
  until(deadline: Deadline): Session;
}

export interface SessionOptions {
  /** Limit of one ordinary run, ms. */
  readonly runTimeoutMs: number;
  readonly concurrency: number;
}

export function createSession(
  deps: { readonly runner: TestRunner },
  options: SessionOptions & { readonly deadline: Deadline; readonly signal: AbortSignal },
): Session {
  const slots = createSlots(options.concurrency);
  const open = (deadline: Deadline): Session => ({
    deadline,
    signal: options.signal,
    concurrency: options.concurrency,
    run: (request) => slots(() => runOnce(deps.runner, request, deadline, options)),
    until: open,
  });
  return open(options.deadline);
}

async function runOnce(
  runner: TestRunner,
  request: SessionRequest,
  deadline: Deadline,
  options: SessionOptions & { readonly signal: AbortSignal },
): Promise<TestRunReport> {
  options.signal.throwIfAborted();
  const limitMs = Math.min(options.runTimeoutMs, request.limitMs ?? Infinity);
  const nominalMs = limitMs + (request.extraTimeoutMs ?? 0);
  const timeoutMs = Math.min(nominalMs, Math.floor(deadline.remainingMs()));
  if (timeoutMs <= 0) throw new TimeEnded();
  const conditions = request.conditions ?? STANDARD_CONDITIONS;
  const report = await runner.run(
    {
      testFiles: request.files,
      run: request.run ?? Object.keys(request.files),
      overlay: request.overlay ?? {},
      mode: request.mode,
      timeZone: conditions.timeZone,
      clockShiftMs: conditions.clockShiftMs,
      identity: conditions.identity,
      timeoutMs,
    },
    { signal: options.signal },
  );
  options.signal.throwIfAborted();
  // A run that only our own deadline cut short says nothing about its tests. What a `mutants` run
  // had finished by then is still true, so it is handed on.
  const wasCut = report.end.kind === "timed-out" && timeoutMs < nominalMs;
  if (wasCut && report.pairs.length === 0) throw new TimeEnded();
  return report;
}

/** At most `count` tasks at once, in the order they were asked for. */
function createSlots(count: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = Math.max(1, count);
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (task) => {
    if (free > 0) free -= 1;
    else {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    }
    try {
      return await task();
    } finally {
      release();
    }
  };
}
