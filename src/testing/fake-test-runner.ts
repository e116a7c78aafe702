import type { CoverageMap } from "../contract/coverage.ts";
import type { RunnerName } from "../contract/project.ts";
import type { RunEnd, TestFailure, TestResult, TestRunReport } from "../contract/test-run.ts";
import { toTestKey } from "../contract/test-run.ts";
import type { TestRunRequest, TestRunner } from "../ports/runner.ts";
import type { FakeClock } from "./fake-clock.ts";
import { FAKE_ASSERTION, FAKE_ERROR, toOutcome, toReaction } from "./fake-behaviour.ts";
import type {
  FakeBehaviour,
  FakeMoment,
  FakeOutcome,
  FakeReaction,
  FoundTest,
} from "./fake-behaviour.ts";
import { runFakePairs } from "./fake-pairs.ts";

export interface FakeRunnerOptions {
  /** Candidate id → what its test does. Tests that are not listed pass and do nothing else. */
  readonly table: Readonly<Record<string, FakeBehaviour>>;
  readonly runner?: RunnerName;
  /** Answered by coverage runs. @defaultValue no file */
  readonly coverage?: CoverageMap;
  readonly mutantsAtLoad?: readonly string[];
  /** Moved on by what runs cost. */
  readonly clock?: FakeClock;
  /** @defaultValue 100 ms a process, nothing a test or pair */
  readonly costs?: {
    readonly startMs?: number;
    readonly testMs?: number;
    readonly pairMs?: number;
  };
  /** Called before each run is answered; may throw or abort. */
  readonly onRun?: (moment: Omit<FakeMoment, "company">) => void;
}

export interface FakeTestRunner extends TestRunner {
  /** Every request so far, in order. */
  readonly requests: readonly TestRunRequest[];
}

/** A runner that reads tests off files of the fake printer and answers from a truth table. */
export function createFakeTestRunner(options: FakeRunnerOptions): FakeTestRunner {
  const requests: TestRunRequest[] = [];
  return {
    runner: options.runner ?? "node",
    requests,
    async run(request, { signal }) {
      const runIndex = requests.length;
      requests.push(request);
      await Promise.resolve();
      options.onRun?.({ request, runIndex });
      signal.throwIfAborted();
      const tests = findTests(request, options.table);
      const company = tests.map((test) => test.id);
      return answer(options, tests, { request, runIndex, company });
    },
  };
}

function findTests(
  request: TestRunRequest,
  table: FakeRunnerOptions["table"],
): readonly FoundTest[] {
  const pattern = /test\(("(?:[^"\\]|\\.)*"), (?:async )?\(\) => \{\s*\/\* candidate (\S+) \*\//g;
  return [...request.run].sort().flatMap((file) =>
    [...(request.testFiles[file] ?? "").matchAll(pattern)].map((match) => {
      const id = match[2] ?? "";
      const fullTitle: unknown = JSON.parse(match[1] ?? '""');
      return { id, file, fullTitle: String(fullTitle), behaviour: table[id] ?? {} };
    }),
  );
}

function answer(
  options: FakeRunnerOptions,
  tests: readonly FoundTest[],
  moment: FakeMoment,
): TestRunReport {
  const { mode } = moment.request;
  const told =
    mode.kind === "mutants"
      ? { ...runFakePairs(tests, mode.pairs, moment), tests: [], strayErrors: [] }
      : { ...runTests(tests, moment), pairs: [] };
  const durationMs = toDuration(options, told.end, told.tests.length, told.pairs.length);
  options.clock?.advance(durationMs);
  const seen = tests.filter((test) =>
    told.tests.some((result) => toTestKey(result) === toTestKey(test)),
  );
  return {
    ...told,
    coverage: mode.kind === "coverage" ? (options.coverage ?? {}) : null,
    perTest: mode.kind === "coverage" ? record(seen, (one) => one.covers ?? []) : null,
    mutantsByTest: mode.kind === "mutant-coverage" ? record(seen, toExecuted) : null,
    mutantsAtLoad: mode.kind === "mutant-coverage" ? (options.mutantsAtLoad ?? []) : null,
    durationMs,
    output: "",
  };
}

function record<T>(
  tests: readonly FoundTest[],
  of: (behaviour: FakeBehaviour) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(tests.map((test) => [toTestKey(test), of(test.behaviour)]));
}

function toExecuted(behaviour: FakeBehaviour): readonly string[] {
  return [...Object.keys(behaviour.reactions ?? {}), ...(behaviour.executes ?? [])];
}

function toDuration(options: FakeRunnerOptions, end: RunEnd, tests: number, pairs: number): number {
  if (end.kind === "timed-out") return end.afterMs;
  const { startMs = 100, testMs = 0, pairMs = 0 } = options.costs ?? {};
  return startMs + tests * testMs + pairs * pairMs;
}

interface TestsTold {
  end: RunEnd;
  readonly tests: TestResult[];
  readonly strayErrors: string[];
}

function runTests(tests: readonly FoundTest[], moment: FakeMoment): TestsTold {
  const told: TestsTold = { end: { kind: "finished" }, tests: [], strayErrors: [] };
  const broken = new Set(
    tests.filter((test) => toOutcome(test, moment) === "breaks-file").map((test) => test.file),
  );
  if (broken.size > 0) told.end = { kind: "broken", detail: `cannot load ${[...broken].join()}` };
  for (const test of tests) {
    if (broken.has(test.file)) continue;
    const end = runTest(test, toPlainOutcome(test, moment), moment, told);
    if (end === null) continue;
    told.end = end;
    break;
  }
  return told;
}

/** The mutant that stands switched on in the text of a source file. */
function toActiveMutant(moment: FakeMoment): string | null {
  const sources = Object.values(moment.request.overlay).join("\n");
  return /activeMutant = "([^"]*)"/.exec(sources)?.[1] ?? null;
}

const UNDER_MUTANT: Readonly<Record<FakeReaction, FakeOutcome>> = {
  assertion: "failed",
  dirty: "failed",
  error: FAKE_ERROR,
  "timed-out": "hangs",
  crash: "crashes",
};

/** What a test does in a run of its file, where a mutant may be on from the start. */
function toPlainOutcome(test: FoundTest, moment: FakeMoment): FakeOutcome {
  const outcome = toOutcome(test, moment);
  if (outcome !== "passed") return outcome;
  const reaction = toReaction(test, toActiveMutant(moment) ?? "", moment);
  return reaction === null ? outcome : UNDER_MUTANT[reaction];
}

/** Adds what one test did; answers how the run ended when it ends here. */
function runTest(
  test: FoundTest,
  outcome: FakeOutcome,
  moment: FakeMoment,
  told: TestsTold,
): RunEnd | null {
  const { file, fullTitle } = test;
  const add = (status: TestResult["status"], failure: TestFailure | null): void => {
    told.tests.push({ file, fullTitle, status, failure, durationMs: 1 });
  };
  if (typeof outcome === "object") add("failed", outcome);
  else if (outcome === "failed") add("failed", FAKE_ASSERTION);
  else if (outcome === "skipped") add("skipped", null);
  else if (outcome === "hangs") return { kind: "timed-out", afterMs: moment.request.timeoutMs };
  else if (outcome === "crashes") return { kind: "killed", reason: "signal", detail: "SIGSEGV" };
  else if (outcome !== "missing") add("passed", null);
  if (outcome === "stray") told.strayErrors.push("Error: unhandled rejection");
  return null;
}
