import { toTestKey, type PairResult, type TestResult } from "../contract/test-run.ts";
import type { HarnessLine } from "../contract/harness.ts";
import type { ProcessOutcome } from "./runner-process.ts";
import { toTestResult } from "./to-report.ts";

/** One (test, mutant) pair of a request; `number` names it in result lines. */
export interface Pair {
  readonly number: number;
  readonly file: string;
  readonly fullTitle: string;
  readonly switchId: string;
}

/** What one process settled. Pairs in none of the lists are still to be run. */
export interface PairVerdicts {
  readonly settled: readonly { readonly pair: Pair; readonly result: PairResult }[];
  /** Seen red or green in a process whose state was damaged: to be run again, each on its own. */
  readonly suspects: readonly Pair[];
  /** Their test is red without any mutant, so nothing can be said. */
  readonly unjudged: readonly Pair[];
  readonly baselines: readonly TestResult[];
}

/**
 * Reads the verdicts off the lines of one process, in the order they were written. A verdict counts
 * once the check after it was green, when its pair was the first that this process ran, or when it
 * followed a green check of its own test at once.
 */
export function readPairs(outcome: ProcessOutcome, pairs: readonly Pair[]): PairVerdicts {
  const reader = new PairReader(outcome, pairs);
  for (const line of outcome.lines) reader.read(line);
  return reader.finish();
}

class PairReader {
  readonly #outcome: ProcessOutcome;
  readonly #byNumber: ReadonlyMap<number, Pair>;
  readonly #started = new Set<number>();
  readonly #timedOut = new Set<number>();
  readonly #settled = new Map<Pair, PairResult>();
  readonly #suspects: Pair[] = [];
  readonly #unjudged: Pair[] = [];
  readonly #baselines: TestResult[] = [];
  #open = new Map<Pair, PairResult>();
  #isFirst = true;
  /** The test whose check was green just now. */
  #checked: string | null = null;
  /** Pairs before which nothing can have done damage. */
  readonly #trusted = new Set<number>();
  #current: number | null = null;

  constructor(outcome: ProcessOutcome, pairs: readonly Pair[]) {
    this.#outcome = outcome;
    this.#byNumber = new Map(pairs.map((pair) => [pair.number, pair]));
  }

  read(line: HarnessLine): void {
    if (line.type === "pair-start") {
      this.#started.add(line.pair);
      this.#begin(line.pair);
    } else if (line.type === "pair-timeout") {
      this.#timedOut.add(line.pair);
    } else if (line.type === "test" && line.clone !== null) {
      this.#readClone(line, line.clone);
    }
  }

  finish(): PairVerdicts {
    this.#settleCurrent();
    // The process ended before a check: what is red waits for another process.
    for (const [pair, result] of this.#open) {
      if (result.status !== "killed") this.#settled.set(pair, result);
    }
    return {
      settled: [...this.#settled].map(([pair, result]) => ({ pair, result })),
      suspects: this.#suspects,
      unjudged: this.#unjudged,
      baselines: this.#baselines,
    };
  }

  #readClone(line: Extract<HarnessLine, { type: "test" }>, clone: string): void {
    const number = Number(clone.slice(1));
    const result = toTestResult(line, this.#outcome.workPath);
    if (clone.startsWith("p")) {
      const pair = this.#byNumber.get(number);
      if (pair === undefined || !this.#started.has(number) || this.#settled.has(pair)) return;
      if (this.#current === number) this.#current = null;
      const status = this.#timedOut.has(number)
        ? "timed-out"
        : result.status === "failed"
          ? "killed"
          : "survived";
      this.#keep(pair, toPairResult(pair, status, result.failure));
    } else if (clone.startsWith("c")) {
      const isGreen = line.status !== "failed";
      this.#checked = isGreen ? toTestKey(line) : null;
      this.#closeChunk(isGreen);
    } else {
      this.#readBaseline(result);
    }
  }

  #begin(number: number): void {
    const pair = this.#byNumber.get(number);
    const isChecked = pair !== undefined && toTestKey(pair) === this.#checked;
    if (this.#isFirst || isChecked) this.#trusted.add(number);
    this.#isFirst = false;
    this.#checked = null;
    this.#current = number;
  }

  #keep(pair: Pair, result: PairResult): void {
    if (this.#trusted.has(pair.number)) this.#settled.set(pair, result);
    else this.#open.set(pair, result);
  }

  #closeChunk(isGreen: boolean): void {
    for (const [pair, result] of this.#open) {
      if (isGreen) this.#settled.set(pair, result);
      else this.#suspects.push(pair);
    }
    this.#open = new Map();
  }

  #readBaseline(result: TestResult): void {
    this.#baselines.push(result);
    // Red after pairs of other tests may be their doing; a fresh process will tell.
    if (result.status !== "failed" || !this.#isFirst) return;
    for (const pair of this.#byNumber.values()) {
      if (pair.file === result.file && pair.fullTitle === result.fullTitle) {
        this.#unjudged.push(pair);
      }
    }
  }

  /** The pair during which the process came to its end. */
  #settleCurrent(): void {
    const pair = this.#current === null ? undefined : this.#byNumber.get(this.#current);
    if (pair === undefined) return;
    const { end } = this.#outcome;
    if (end.kind === "cancelled" || end.kind === "timed-out") return;
    // The watchdog leaves a line before it ends a blocked process.
    const isHang = this.#timedOut.has(pair.number);
    const message = `the process ended while this mutant was on (${end.kind})`;
    const failure = { name: "ProcessEnded", message, code: null, isAssertion: false, stack: "" };
    this.#settled.set(pair, toPairResult(pair, isHang ? "timed-out" : "killed", failure));
  }
}

function toPairResult(
  { file, fullTitle, switchId }: Pair,
  status: PairResult["status"],
  failure: PairResult["failure"],
): PairResult {
  return { file, fullTitle, switchId, status, failure: status === "survived" ? null : failure };
}
