import { NO_MUTANT, type Mutant } from "../../contract/mutant.ts";
import { applyPatch, type PatchMutant } from "../../contract/patch-mutant.ts";
import {
  toTestKey,
  type PairResult,
  type TestFailure,
  type TestRunReport,
} from "../../contract/test-run.ts";
import { sha256, toCanonicalJson } from "../../kernel/hash.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";
import type { RunMode, TestRunner, TestRunRequest } from "../../ports/runner.ts";
import type {
  BoxConditions,
  LanguageDriver,
  MutantJob,
  MutantOutcome,
  RunBox,
  TestsOutcome,
} from "./driver.ts";

export interface LanguageRunnerDeps {
  readonly clock: Clock;
  readonly driver: LanguageDriver;
  /** Opens sandboxes on the private copy. */
  readonly openBox: (conditions: BoxConditions, signal: AbortSignal) => RunBox;
}

export interface LanguageRunnerOptions {
  readonly sources: readonly SourceText[];
  /** What mutants change, by switch id. */
  readonly patches: ReadonlyMap<string, PatchMutant>;
  /** The same mutants as reports know them. */
  readonly mutants: readonly Mutant[];
}

type Pairs = Extract<RunMode, { kind: "mutants" }>["pairs"];

/** A mutant gets this much longer than all tests together took without one; within bounds, ms. */
const PATIENCE = 5;
const LEAST_MUTANT_MS = 3_000;
const MOST_MUTANT_MS = 20_000;

/**
 * Runs tests of a language whose mutants are patches: each in a process of its own, on sources with the patch in
 * them. The gate sees the same port as for any other runner.
 */
export function createLanguageRunner(
  deps: LanguageRunnerDeps,
  options: LanguageRunnerOptions,
): TestRunner {
  const { driver, clock } = deps;
  const plain = new Map<string, Promise<Control>>();
  return {
    runner: driver.runner,
    async run(request, { signal }) {
      const startedMs = clock.monotonic();
      const conditions = { timeZone: request.timeZone, identity: request.identity ?? "first" };
      const box = deps.openBox(conditions, signal);
      const scope: Scope = { ...deps, ...options, request, box, plain };
      const report =
        request.mode.kind === "mutants"
          ? await runPairs(scope, request.mode.pairs)
          : toReport(scope, await runFiles(scope, request.mode));
      return { ...report, durationMs: clock.monotonic() - startedMs };
    },
  };
}

/** How the tests of some files behave on the code as it is. */
interface Control {
  readonly outcome: TestsOutcome;
  readonly durationMs: number;
}

interface Scope extends LanguageRunnerDeps, LanguageRunnerOptions {
  readonly request: TestRunRequest;
  readonly box: RunBox;
  /** Runs without a mutant that were made, by the content of their files. */
  readonly plain: Map<string, Promise<Control>>;
}

function runFiles(
  scope: Scope,
  mode: Exclude<RunMode, { kind: "mutants" }>,
): Promise<TestsOutcome> {
  const { request, driver, box } = scope;
  const patched =
    mode.kind === "plain" && mode.mutant !== undefined ? toJob(scope, mode.mutant) : null;
  return driver.runTests(box, {
    files: {
      ...request.overlay,
      ...request.testFiles,
      ...(patched === null ? {} : { [patched.file]: patched.text }),
    },
    run: request.run,
    shuffleSeed: mode.kind === "plain" ? mode.shuffleSeed : null,
    clockShiftMs: request.clockShiftMs,
    hasCoverage: mode.kind !== "plain",
    timeoutMs: request.timeoutMs,
  });
}

function toReport(
  { request, mutants }: Scope,
  outcome: TestsOutcome,
): Omit<TestRunReport, "durationMs"> {
  const { kind } = request.mode;
  const { coverage, tests, strayErrors, output } = outcome;
  const reach = (key: string): readonly string[] =>
    mutants
      .filter(({ file, range }) => coverage?.reaches(key, file, range.start.line) ?? true)
      .map(({ switchId }) => switchId);
  const isEmpty = outcome.end.kind === "finished" && tests.length === 0;
  return {
    end: isEmpty ? { kind: "broken", detail: "the runner found no test" } : outcome.end,
    ...{ tests, strayErrors, output },
    coverage: kind === "coverage" ? (coverage?.map ?? {}) : null,
    perTest: kind === "coverage" ? (coverage?.perTest ?? {}) : null,
    mutantsByTest:
      kind === "mutant-coverage"
        ? Object.fromEntries(tests.map((test) => [toTestKey(test), reach(toTestKey(test))]))
        : null,
    mutantsAtLoad: kind === "mutant-coverage" ? [] : null,
    pairs: [],
  };
}

async function runPairs(scope: Scope, pairs: Pairs): Promise<Omit<TestRunReport, "durationMs">> {
  const { request, driver, box, clock } = scope;
  const until = clock.monotonic() + request.timeoutMs;
  const control = await findControl(scope);
  const jobs = toJobs(scope, pairs);
  const outcomes = await driver.runMutants(box, {
    files: request.testFiles,
    jobs,
    mutantMs: Math.min(MOST_MUTANT_MS, Math.max(LEAST_MUTANT_MS, control.durationMs * PATIENCE)),
    timeoutMs: Math.max(1, until - clock.monotonic()),
  });
  const isCut = outcomes.length < jobs.length;
  return {
    end: isCut ? { kind: "timed-out", afterMs: request.timeoutMs } : { kind: "finished" },
    ...{ tests: [], strayErrors: [], coverage: null, perTest: null },
    ...{ mutantsByTest: null, mutantsAtLoad: null, output: "" },
    pairs: toPairs(pairs, control, new Map(outcomes.map((one) => [one.switchId, one]))),
  };
}

/** The same files were run before more often than not. */
function findControl(scope: Scope): Promise<Control> {
  const { request, plain, driver, box, clock } = scope;
  const key = sha256(toCanonicalJson([request.testFiles, request.run]));
  const known = plain.get(key);
  if (known !== undefined) return known;
  const startedMs = clock.monotonic();
  const control = driver
    .runTests(box, {
      ...{ files: request.testFiles, run: request.run, shuffleSeed: null, clockShiftMs: 0 },
      ...{ hasCoverage: false, timeoutMs: request.timeoutMs },
    })
    .then((outcome) => ({ outcome, durationMs: clock.monotonic() - startedMs }));
  plain.set(key, control);
  control.catch(() => plain.delete(key));
  return control;
}

/** One run a mutant, with all tests that are asked about, in the order of the asking. */
function toJobs(scope: Scope, pairs: Pairs): readonly MutantJob[] {
  const tests = new Map<string, { readonly file: string; readonly fullTitle: string }[]>();
  const longest = Math.max(0, ...pairs.map(({ switchIds }) => switchIds.length));
  // Test by test in turn, so that a run that is cut short has something on each.
  for (let at = 0; at < longest; at += 1) {
    for (const { file, fullTitle, switchIds } of pairs) {
      const switchId = switchIds[at];
      if (switchId === undefined || switchId === NO_MUTANT) continue;
      const known = tests.get(switchId) ?? [];
      if (!known.some((test) => test.file === file && test.fullTitle === fullTitle))
        known.push({ file, fullTitle });
      tests.set(switchId, known);
    }
  }
  return [...tests].flatMap(([switchId, own]) => {
    const job = toJob(scope, switchId);
    return job === null ? [] : [{ ...job, tests: own }];
  });
}

function toJob(
  { patches, sources }: LanguageRunnerOptions,
  switchId: string,
): Omit<MutantJob, "tests"> | null {
  const patch = patches.get(switchId);
  const source = sources.find(({ path }) => path === patch?.file);
  const text =
    patch === undefined || source === undefined ? null : applyPatch(source.content, patch);
  return patch === undefined || text === null ? null : { switchId, file: patch.file, text };
}

/** Answers in the order of the asking; what was not reached is left out. */
function toPairs(
  pairs: Pairs,
  { outcome }: Control,
  outcomes: ReadonlyMap<string, MutantOutcome>,
): readonly PairResult[] {
  const green = new Map(outcome.tests.map((test) => [toTestKey(test), test]));
  return pairs.flatMap(({ file, fullTitle, switchIds }) => {
    const key = toTestKey({ file, fullTitle });
    const alone = green.get(key);
    return switchIds.flatMap((switchId): PairResult[] => {
      if (switchId === NO_MUTANT) {
        const isGreen = alone?.status === "passed" && outcome.strayErrors.length === 0;
        return [
          {
            ...{ file, fullTitle, switchId },
            status: isGreen ? "survived" : "killed",
            failure: alone?.failure ?? null,
          },
        ];
      }
      const seen = outcomes.get(switchId);
      return seen === undefined ? [] : [toPair({ file, fullTitle, switchId }, seen)];
    });
  });
}

function toPair(
  pair: Pick<PairResult, "file" | "fullTitle" | "switchId">,
  { results, end }: MutantOutcome,
): PairResult {
  const own = results.find(
    ({ file, fullTitle }) => toTestKey({ file, fullTitle }) === toTestKey(pair),
  );
  if (own !== undefined) {
    return { ...pair, status: own.failure === null ? "survived" : "killed", failure: own.failure };
  }
  return { ...pair, status: end === "timed-out" ? "timed-out" : "killed", failure: SILENT };
}

/** The mutant took the test with it before it could say anything. */
const SILENT: TestFailure = {
  ...{ name: "Error", message: "the test gave no result", code: null },
  ...{ isAssertion: false, stack: "" },
};
