import type { CounterId, CoverageMap } from "../contract/coverage.ts";
import type { HarnessLine } from "../contract/harness.ts";
import {
  toTestKey,
  type RunEnd,
  type TestResult,
  type TestRunReport,
} from "../contract/test-run.ts";
import type { TestRunRequest } from "../ports/runner.ts";
import { addCoverage, readCoverage } from "./read-coverage.ts";
import type { ProcessOutcome } from "./runner-process.ts";
import { toFailure } from "./to-failure.ts";
import { toRunEnd } from "./to-run-end.ts";

/** Joins what the processes of one request left into one report. The first end that is not good decides. */
export function toReport(
  request: TestRunRequest,
  outcomes: readonly ProcessOutcome[],
  durationMs: number,
): TestRunReport {
  const { kind } = request.mode;
  const tests = outcomes.flatMap(toTests);
  return {
    end: toEnd(outcomes, tests),
    tests,
    strayErrors: outcomes.flatMap(({ lines }) =>
      lines.flatMap((line) => (line.type === "stray" ? [line.text] : [])),
    ),
    coverage: kind === "coverage" ? sumCoverage(request, outcomes) : null,
    perTest: kind === "coverage" ? toPerTest(request, outcomes) : null,
    mutantsByTest: kind === "mutant-coverage" ? toMutantsByTest(outcomes) : null,
    mutantsAtLoad: kind === "mutant-coverage" ? toMutantsAtLoad(outcomes) : null,
    pairs: [],
    durationMs,
    output: outcomes
      .map(({ output }) => output)
      .join("\n")
      .slice(-16_000),
  };
}

function toEnd(outcomes: readonly ProcessOutcome[], tests: readonly TestResult[]): RunEnd {
  for (const outcome of outcomes) {
    const end = toRunEnd(outcome);
    if (end.kind !== "finished") return end;
  }
  return tests.length > 0
    ? { kind: "finished" }
    : { kind: "broken", detail: "the runner found no test" };
}

/** One result a test: a runner that says passed and then failed, for a late error, means failed. */
function toTests(outcome: ProcessOutcome): TestResult[] {
  const tests = new Map<string, TestResult>();
  for (const line of outcome.lines) {
    if (line.type !== "test" || line.clone !== null) continue;
    const key = toTestKey(line);
    if (tests.get(key)?.status === "failed") continue;
    tests.set(key, toTestResult(line, outcome.workPath));
  }
  return [...tests.values()];
}

/** A test line as callers see it. */
export function toTestResult(
  line: Extract<HarnessLine, { type: "test" }>,
  workPath: string,
): TestResult {
  return {
    file: line.file,
    fullTitle: line.fullTitle,
    status: line.status,
    failure: line.failure === null ? null : toFailure(line.failure, line.file, workPath),
    durationMs: line.durationMs,
  };
}

function sumCoverage(
  request: TestRunRequest,
  outcomes: readonly ProcessOutcome[],
): CoverageMap | null {
  const known = new Set(Object.keys(request.overlay));
  return outcomes
    .map(({ coverage }) => readCoverage(coverage, known))
    .reduce<CoverageMap | null>(addCoverage, null);
}

function toPerTest(
  request: TestRunRequest,
  outcomes: readonly ProcessOutcome[],
): Record<string, readonly CounterId[]> {
  const perTest = new Map<string, Set<CounterId>>();
  for (const line of outcomes.flatMap(({ lines }) => lines)) {
    if (line.type !== "covered") continue;
    const counters = getOrCreate(perTest, toTestKey(line));
    for (const [file, names] of Object.entries(line.counters)) {
      if (!Object.hasOwn(request.overlay, file)) continue;
      for (const name of names) counters.add(`${file}#${name}`);
    }
  }
  return toRecord(perTest);
}

function toMutantsByTest(outcomes: readonly ProcessOutcome[]): Record<string, readonly string[]> {
  const byTest = new Map<string, Set<string>>();
  for (const line of outcomes.flatMap(({ lines }) => lines)) {
    if (line.type !== "mutants") continue;
    const mutants = getOrCreate(byTest, toTestKey(line));
    for (const switchId of line.switchIds) mutants.add(switchId);
  }
  return toRecord(byTest);
}

function toMutantsAtLoad(outcomes: readonly ProcessOutcome[]): readonly string[] {
  const lines = outcomes.flatMap(({ lines: all }) => all);
  const ids = lines.flatMap((line) => (line.type === "load-mutants" ? line.switchIds : []));
  return [...new Set(ids)].sort((left, right) => Number(left) - Number(right));
}

function getOrCreate<T>(map: Map<string, Set<T>>, key: string): Set<T> {
  const known = map.get(key) ?? new Set<T>();
  map.set(key, known);
  return known;
}

function toRecord<T>(map: ReadonlyMap<string, ReadonlySet<T>>): Record<string, readonly T[]> {
  return Object.fromEntries([...map].map(([key, values]) => [key, [...values]]));
}
