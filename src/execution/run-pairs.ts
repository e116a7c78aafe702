import type { HarnessConfig, HarnessPairs } from "../contract/harness.ts";
import { NO_MUTANT } from "../contract/mutant.ts";
import {
  toTestKey,
  type PairResult,
  type RunEnd,
  type TestResult,
  type TestRunReport,
} from "../contract/test-run.ts";
import type { Deadline } from "../kernel/clock.ts";
import type { RunMode, TestRunRequest } from "../ports/runner.ts";
import { readPairs, type Pair } from "./read-pairs.ts";
import type { ProcessOutcome, ProcessStarter } from "./runner-process.ts";
import { toRunEnd } from "./to-run-end.ts";

type MutantsMode = Extract<RunMode, { kind: "mutants" }>;

export interface PairRun {
  readonly starter: ProcessStarter;
  readonly takesManyFiles: boolean;
  /** Processes side by side; the result does not depend on it. */
  readonly concurrency: number;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

const CHUNK = 25;
/** Below this many pairs a second process costs more than it saves. */
const PAIRS_WORTH_SPLITTING = 200;
/** Processes that settle nothing before the rest is given up. */
const FUTILE_LIMIT = 3;

/** What `runPairs` gives of a report. */
export type PairReport = Pick<TestRunReport, "end" | "tests" | "pairs" | "output">;

/**
 * Runs each pair of the request, in as few processes as damage and hangs allow. Mutants are dealt to
 * the processes, so that which test first kills a mutant does not depend on how many there are.
 */
export async function runPairs(
  run: PairRun,
  request: TestRunRequest,
  mode: MutantsMode,
): Promise<PairReport> {
  const pairs = toPairs(request, mode);
  const lanes = deal(pairs, pairs.length < PAIRS_WORTH_SPLITTING ? 1 : run.concurrency);
  const parts = await Promise.all(lanes.map((lane) => runLane(run, request, mode, lane)));
  const results = new Map(parts.flatMap(({ results: part }) => [...part]));
  const tests = new Map(parts.flatMap((part) => part.tests.map((test) => [toTestKey(test), test])));
  return {
    end: parts.find(({ end }) => end.kind !== "finished")?.end ?? { kind: "finished" },
    tests: [...tests.values()],
    pairs: pairs.flatMap(({ number }) => results.get(number) ?? []),
    output: parts
      .map(({ output }) => output)
      .join("\n")
      .slice(-16_000),
  };
}

function toPairs(request: TestRunRequest, mode: MutantsMode): Pair[] {
  const pairs: Pair[] = [];
  for (const { file, fullTitle, switchIds } of mode.pairs) {
    if (!request.run.includes(file)) continue;
    for (const switchId of switchIds) {
      pairs.push({ number: pairs.length, file, fullTitle, switchId });
    }
  }
  return pairs;
}

function deal(pairs: readonly Pair[], lanes: number): Pair[][] {
  const ranks = new Map<string, number>();
  for (const { switchId } of pairs) if (!ranks.has(switchId)) ranks.set(switchId, ranks.size);
  return Array.from({ length: lanes }, (_none, lane) =>
    pairs.filter(({ switchId }) => (ranks.get(switchId) ?? 0) % lanes === lane),
  ).filter((lane) => lane.length > 0);
}

interface Lane {
  readonly results: ReadonlyMap<number, PairResult>;
  readonly tests: readonly TestResult[];
  readonly end: RunEnd;
  readonly output: string;
}

async function runLane(
  run: PairRun,
  request: TestRunRequest,
  mode: MutantsMode,
  pairs: readonly Pair[],
): Promise<Lane> {
  const progress = new LaneProgress(pairs, mode.stopAtFirstKill);
  const tests: TestResult[] = [];
  let end: RunEnd = { kind: "finished" };
  let output = "";
  let futile = 0;
  for (;;) {
    const batch = progress.nextBatch(run.takesManyFiles);
    if (batch.pairs.length === 0) break;
    const stop = toStop(run, request);
    if (stop !== null) {
      end = stop;
      break;
    }
    const harness = toHarness(request, mode, batch);
    const outcome = await run.starter.run(harness, run.deadline.remainingMs(), run.signal);
    const verdicts = readPairs(outcome, batch.pairs);
    tests.push(...verdicts.baselines);
    output = outcome.output;
    const isNew = progress.apply(verdicts);
    // A process has all the time that is left.
    if (outcome.end.kind === "timed-out" || outcome.end.kind === "cancelled") {
      end = toStop(run, request) ?? { kind: "timed-out", afterMs: request.timeoutMs };
      break;
    }
    if (isNew) continue;
    // The test that comes first ran into something before its first pair, such as an endless baseline.
    progress.giveUpFirst(batch.pairs);
    futile += 1;
    if (futile === FUTILE_LIMIT) {
      end = toFutileEnd(outcome);
      break;
    }
  }
  return { results: progress.results, tests, end, output };
}

function toStop(run: PairRun, request: TestRunRequest): RunEnd | null {
  if (run.signal.aborted) {
    return { kind: "killed", reason: "cancelled", detail: "the run was cancelled" };
  }
  return run.deadline.isOver() ? { kind: "timed-out", afterMs: request.timeoutMs } : null;
}

function toFutileEnd(outcome: ProcessOutcome): RunEnd {
  const end = toRunEnd(outcome);
  return end.kind === "finished"
    ? { kind: "broken", detail: "the runner ran none of the pairs that were asked for" }
    : end;
}

interface Batch {
  readonly pairs: readonly Pair[];
  readonly files: readonly string[];
  readonly chunkSize: number;
}

/** What of a lane is settled, and what comes next. */
class LaneProgress {
  readonly results = new Map<number, PairResult>();
  readonly #pairs: readonly Pair[];
  readonly #stopAtFirstKill: boolean;
  readonly #closed = new Set<number>();
  readonly #suspects = new Set<number>();
  readonly #dead = new Set<string>();

  constructor(pairs: readonly Pair[], stopAtFirstKill: boolean) {
    this.#pairs = pairs;
    this.#stopAtFirstKill = stopAtFirstKill;
  }

  /** Pairs to run next; suspects come last and are checked one by one. */
  nextBatch(takesManyFiles: boolean): Batch {
    const open = this.#pairs.filter(
      ({ number, switchId }) => !this.#closed.has(number) && !this.#dead.has(switchId),
    );
    const regular = open.filter(({ number }) => !this.#suspects.has(number));
    const batch = regular.length > 0 ? regular : open;
    const chunkSize = regular.length > 0 ? CHUNK : 1;
    const files = [...new Set(batch.map(({ file }) => file))];
    if (takesManyFiles) return { pairs: batch, files, chunkSize };
    return {
      pairs: batch.filter(({ file }) => file === files[0]),
      files: files.slice(0, 1),
      chunkSize,
    };
  }

  /** Takes in verdicts; answers whether anything was new. */
  apply({ settled, suspects, unjudged }: ReturnType<typeof readPairs>): boolean {
    const before = this.#closed.size + this.#suspects.size;
    for (const { pair, result } of settled) {
      this.#closed.add(pair.number);
      this.results.set(pair.number, result);
      const isDead = result.status !== "survived" && pair.switchId !== NO_MUTANT;
      if (isDead && this.#stopAtFirstKill) this.#dead.add(pair.switchId);
    }
    for (const { number } of suspects) this.#suspects.add(number);
    for (const { number } of unjudged) this.#closed.add(number);
    return this.#closed.size + this.#suspects.size > before;
  }

  /** Leaves out the pairs of the test that is next. */
  giveUpFirst(pairs: readonly Pair[]): void {
    for (const pair of pairs) {
      if (pair.file === pairs[0]?.file && pair.fullTitle === pairs[0].fullTitle) {
        this.#closed.add(pair.number);
      }
    }
  }
}

function toHarness(
  request: TestRunRequest,
  mode: MutantsMode,
  batch: Batch,
): Omit<HarnessConfig, "workPath"> {
  return {
    mode: "mutants",
    files: batch.files,
    clockShiftMs: request.clockShiftMs,
    shuffleSeed: null,
    settles: false,
    bodyLimitMs: null,
    pairs: toHarnessPairs(batch),
    stopAtFirstKill: mode.stopAtFirstKill,
    pairTimeoutMs: mode.pairTimeoutMs,
  };
}

function toHarnessPairs({ pairs, chunkSize }: Batch): HarnessPairs[] {
  const byTest = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const key = toTestKey(pair);
    const group = byTest.get(key) ?? [];
    group.push(pair);
    byTest.set(key, group);
  }
  return [...byTest.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const chunks: [number, string][][] = [];
    for (let start = 0; start < group.length; start += chunkSize) {
      const chunk = group.slice(start, start + chunkSize);
      chunks.push(chunk.map(({ number, switchId }) => [number, switchId]));
    }
    return [{ file: first.file, fullTitle: first.fullTitle, chunks }];
  });
}
