import type { RejectionReason } from "../contract/candidate.ts";
import type { CounterId } from "../contract/coverage.ts";
import type { SourceOverlay } from "../contract/mutant.ts";
import type { TestFailure, TestRunReport } from "../contract/test-run.ts";
import { toTestKey } from "../contract/test-run.ts";
import type { RunMode } from "../ports/runner.ts";
import { TimeEnded } from "./session.ts";
import type { RunConditions, Session } from "./session.ts";
import { settleAll } from "./settle-all.ts";
import { toSplit } from "./split.ts";
import type { PrintSuite, Suite, SuiteTest } from "./suite.ts";

/** What a test did in a run whose other tests left it in peace. */
export type Sighting =
  | { readonly kind: "passed"; readonly durationMs: number }
  | {
      readonly kind: "red";
      readonly reason: RejectionReason;
      readonly detail: string;
      /** The test's own code threw, no assertion of it and nothing that it calls. */
      readonly isSetup?: true;
    };

export interface Observation {
  /** Candidate id → what it did. One entry for each test of the suite. */
  readonly sightings: ReadonlyMap<string, Sighting>;
  /** Candidate id → counters it moved, where the mode records them. */
  readonly counters: ReadonlyMap<string, readonly CounterId[]>;
  /** Candidate id → switch ids of mutants it executed, where the mode records them. */
  readonly executed: ReadonlyMap<string, readonly string[]>;
  /** The run of the suite as a whole; null when there was no time for it. */
  readonly whole: TestRunReport | null;
  /** Every run that was made, in no particular order. */
  readonly reports: readonly TestRunReport[];
  /** The groups of candidates that ran clean together, as ids. */
  readonly cleanGroups: readonly (readonly string[])[];
  /** Candidates without a verdict that passed in company; time or allowance ended before more was known. */
  readonly unsure: ReadonlySet<string>;
  /** True when the suite as a whole could not be read and was taken apart. */
  readonly wasSplit: boolean;
}

export interface ObserveDeps {
  readonly session: Session;
  readonly print: PrintSuite;
  /** How many more runs may be spent on finding culprits; shared over the whole gate. */
  readonly allowance: { left: number };
}

export interface ObserveOptions {
  readonly mode: RunMode;
  readonly overlay?: SourceOverlay;
  readonly conditions: RunConditions;
  /** Limit of each run, ms, where that is less than the ordinary one. */
  readonly limitMs?: number;
}

/**
 * Runs a suite and says of each test what it did. Where the run as a whole cannot be trusted (a file
 * does not load, the process dies, an error escapes outside any test) the suite is printed again in
 * parts until the test behind it stands alone, so that nobody pays for a neighbour.
 */
export async function observe(
  deps: ObserveDeps,
  suite: Suite,
  options: ObserveOptions,
  known?: TestRunReport,
): Promise<Observation> {
  const found: Findings = {
    sightings: new Map(),
    counters: new Map(),
    executed: new Map(),
    whole: null,
    reports: [],
    cleanGroups: [],
    unsure: new Set(),
    wasSplit: false,
  };
  await observeGroup(deps, suite, options, found, known);
  return found;
}

interface Findings {
  readonly sightings: Map<string, Sighting>;
  readonly counters: Map<string, readonly CounterId[]>;
  readonly executed: Map<string, readonly string[]>;
  whole: TestRunReport | null;
  readonly reports: TestRunReport[];
  readonly cleanGroups: string[][];
  /** Passed in a run that was not clean, and has no verdict yet. */
  readonly unsure: Set<string>;
  wasSplit: boolean;
}

async function observeGroup(
  deps: ObserveDeps,
  suite: Suite,
  options: ObserveOptions,
  found: Findings,
  known?: TestRunReport,
): Promise<void> {
  if (suite.tests.length === 0) return;
  const report = known ?? (await tryRun(deps, suite, options));
  if (report === null) {
    for (const test of suite.tests) found.sightings.set(test.candidate.id, NOT_TRIED);
    return;
  }
  if (found.reports.length === 0) found.whole = report;
  found.reports.push(report);
  const read = readReport(suite, report);
  for (const test of suite.tests) found.unsure.delete(test.candidate.id);
  for (const test of read.passed.keys()) found.unsure.add(test.candidate.id);
  for (const [test, failure] of read.failed) {
    found.sightings.set(test.candidate.id, { kind: "red", ...toRed(failure, test) });
  }
  if (read.isClean) {
    recordClean(read, report, found);
    return;
  }
  const open = suite.tests.filter((test) => !read.failed.has(test));
  const [alone] = open;
  if (open.length === 1 && alone !== undefined && suite.tests.length === 1) {
    found.unsure.delete(alone.candidate.id);
    found.sightings.set(alone.candidate.id, toLoneSighting(report, read.passed.has(alone)));
    return;
  }
  if (report.end.kind === "held-open" && report.end.isFromLoading) {
    // No test is to blame, so taking the suite apart would find the same in each part.
    for (const test of open) found.unsure.delete(test.candidate.id);
    for (const test of open) found.sightings.set(test.candidate.id, toLoneSighting(report, true));
    return;
  }
  found.wasSplit = true;
  const groups = read.failed.size > 0 ? [open] : toSplit(open, new Set(read.passed.keys()), report);
  await settleAll(groups.map((group) => observePart(deps, group, options, found)));
}

function recordClean(read: ReadReport, report: TestRunReport, found: Findings): void {
  for (const [test, durationMs] of read.passed) {
    const { id } = test.candidate;
    found.unsure.delete(id);
    found.sightings.set(id, { kind: "passed", durationMs });
    found.counters.set(id, report.perTest?.[test.key] ?? []);
    found.executed.set(id, report.mutantsByTest?.[test.key] ?? []);
  }
  found.cleanGroups.push([...read.passed.keys()].map((test) => test.candidate.id));
}

const NOT_TRIED: Sighting = { kind: "red", reason: "not-tried", detail: "the time ended first" };

/** Prints one part of a suite on its own and observes it. */
async function observePart(
  deps: ObserveDeps,
  group: readonly SuiteTest[],
  options: ObserveOptions,
  found: Findings,
): Promise<void> {
  if (group.length === 0) return;
  if (deps.allowance.left <= 0) {
    const detail = "too many runs were spent on telling tests of a broken file apart";
    for (const test of group) {
      found.sightings.set(test.candidate.id, { kind: "red", reason: "not-tried", detail });
    }
    return;
  }
  deps.allowance.left -= 1;
  const part = await deps.print(
    group.map((test) => test.candidate),
    true,
  );
  for (const entry of part.unprintable) {
    found.sightings.set(entry.candidateId, {
      kind: "red",
      reason: "build-failed",
      detail: entry.reason,
    });
  }
  await observeGroup(deps, part, options, found);
}

async function tryRun(
  deps: ObserveDeps,
  suite: Suite,
  options: ObserveOptions,
): Promise<TestRunReport | null> {
  try {
    return await deps.session.run({ files: suite.files, ...options });
  } catch (thrown) {
    if (thrown instanceof TimeEnded) return null;
    throw thrown;
  }
}

/** A report, sorted by the tests that were asked about. */
export interface ReadReport {
  readonly passed: ReadonlyMap<SuiteTest, number>;
  readonly failed: ReadonlyMap<SuiteTest, TestFailure>;
  readonly missing: readonly SuiteTest[];
  /** Finished, every test answered, and nothing escaped outside a test. */
  readonly isClean: boolean;
}

export function readReport(suite: Suite, report: TestRunReport): ReadReport {
  const results = new Map(report.tests.map((result) => [toTestKey(result), result]));
  const passed = new Map<SuiteTest, number>();
  const failed = new Map<SuiteTest, TestFailure>();
  const missing: SuiteTest[] = [];
  for (const test of suite.tests) {
    const result = results.get(test.key);
    if (result === undefined) missing.push(test);
    else if (result.status === "passed") passed.set(test, result.durationMs);
    else failed.set(test, result.failure ?? toPlainFailure(result.status));
  }
  const isClean =
    report.end.kind === "finished" && report.strayErrors.length === 0 && missing.length === 0;
  return { passed, failed, missing, isClean };
}

function toPlainFailure(status: string): TestFailure {
  return {
    name: "Error",
    message: `reported as ${status}`,
    code: null,
    isAssertion: false,
    stack: "",
  };
}

function toRed(failure: TestFailure, test: SuiteTest): Omit<Red, "kind"> {
  const detail = `${failure.name}: ${failure.message}`;
  const isTimeout = !failure.isAssertion && /\btimed? ?-?out\b|timeout\b/i.test(detail);
  if (isTimeout) return { reason: "timed-out", detail };
  return { reason: "failed", detail, ...(isThrownBy(failure, test) ? { isSetup: true } : {}) };
}

type Red = Extract<Sighting, { readonly kind: "red" }>;

/** Whether the first frame of the project's own is one of the test's file. */
function isThrownBy({ isAssertion, stack }: TestFailure, { key }: SuiteTest): boolean {
  if (isAssertion) return false;
  const frames = stack.split("\n").filter((line) => /^\s*at /u.test(line));
  const own = frames.find((line) => !/\bnode:|node_modules\//u.test(line));
  return own?.includes(`${key.slice(0, key.indexOf("::"))}:`) === true;
}

/** What Node says of a file whose imports or syntax are wrong; some runners pass it on as a stray error. */
const DOES_NOT_LOAD =
  /ERR_MODULE_NOT_FOUND|Cannot find (?:module|package)|does not provide an export named|\bSyntaxError\b|ERR_UNSUPPORTED_DIR_IMPORT|ERR_PACKAGE_PATH_NOT_EXPORTED|is not exported from package|require is not defined in ES module|Cannot use import statement outside/;

/** What to make of a test that is alone in its run, when the run is not clean. */
function toLoneSighting(report: TestRunReport, hasPassed: boolean): Sighting {
  const [stray] = report.strayErrors;
  const { end } = report;
  if (end.kind === "timed-out") {
    const detail = `did not end within ${String(end.afterMs)} ms`;
    return { kind: "red", reason: "timed-out", detail };
  }
  if (end.kind === "held-open") return { kind: "red", reason: "timed-out", detail: end.detail };
  if (end.kind === "killed") {
    return { kind: "red", reason: "failed", detail: `killed (${end.reason}): ${end.detail}` };
  }
  if (stray !== undefined) {
    const isUnloaded = !hasPassed && DOES_NOT_LOAD.test(stray);
    return {
      kind: "red",
      reason: isUnloaded ? "build-failed" : "unhandled-rejection",
      detail: stray,
    };
  }
  const detail = end.kind === "broken" ? end.detail : "the runner did not report it";
  // A test that passed cannot have failed to load: what broke the run escaped outside it.
  return { kind: "red", reason: hasPassed ? "unhandled-rejection" : "build-failed", detail };
}
