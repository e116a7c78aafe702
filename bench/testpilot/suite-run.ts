import { constants } from "node:fs";
import { cp, mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";

import { copyProject } from "./install.ts";
import { createBoxFolder, removeBoxFolder, runInBox } from "./sandbox.ts";

/** A written suite in a copy of its project. */
export interface WrittenSuite {
  /** Host folder of the project with the suite in it. */
  readonly project: string;
  /** Project-relative test files. */
  readonly testFiles: readonly string[];
}

/** One run of a suite with node:test in the bench's box. */
export interface SuiteRun {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: number;
  /** Why there is no result of the runner; null when there is one. */
  readonly problem: string | null;
  /** Istanbul data of each process, as parsed from its dump. */
  readonly coverage: readonly unknown[];
  readonly durationMs: number;
}

export interface SuiteRunOptions {
  readonly timeZone?: string;
  readonly clockShiftMs?: number;
  /** Random order with this seed; written order without it. */
  readonly shuffleSeed?: number;
  /** Changes the work copy before the run, for instance to instrument it. */
  readonly prepare?: (workFolder: string) => Promise<void>;
  readonly timeoutMs?: number;
}

const INSIDE = join(import.meta.dirname, "inside");
const DUMP_LIMIT_BYTES = 64 * 1024 * 1024;

/** Runs the suite once, on a fresh copy, in fresh processes. */
export async function runSuite(
  suite: WrittenSuite,
  options: SuiteRunOptions = {},
): Promise<SuiteRun> {
  const { timeZone = "UTC", clockShiftMs = 0, shuffleSeed, timeoutMs = 180_000 } = options;
  const shuffle =
    shuffleSeed === undefined
      ? []
      : ["--test-randomize", `--test-random-seed=${String(shuffleSeed)}`];
  return inWorkCopy(suite.project, async (folder, workFolder) => {
    await options.prepare?.(workFolder);
    const outcome = await runInBox({
      workFolder,
      readOnly: { "/bench": join(folder, "inside") },
      nodeArgs: [
        "--no-warnings",
        "--test",
        ...shuffle,
        "--test-concurrency=1",
        "--test-reporter=/bench/count-reporter.mjs",
        "--test-reporter-destination=/work/.bench-out/tests.json",
        ...suite.testFiles,
      ],
      env: {
        TZ: timeZone,
        BENCH_SHIFT_MS: String(clockShiftMs),
        NODE_OPTIONS: "--require /bench/shift-clock.cjs --require /bench/dump-coverage.cjs",
      },
      timeoutMs,
    });
    const results = await readResults(join(workFolder, ".bench-out"));
    const problem = toProblem(outcome, results.tests);
    const { passed, failed, skipped } = results.tests ?? { passed: 0, failed: [], skipped: 0 };
    const { coverage } = results;
    return { passed, failed, skipped, problem, coverage, durationMs: outcome.durationMs };
  });
}

/** Counters of a process that only loads the package's main entry. */
export async function loadMain(
  project: string,
  prepare: (workFolder: string) => Promise<void>,
): Promise<readonly unknown[]> {
  return inWorkCopy(project, async (folder, workFolder) => {
    await prepare(workFolder);
    await runInBox({
      workFolder,
      readOnly: { "/bench": join(folder, "inside") },
      nodeArgs: [
        "--no-warnings",
        "--require",
        "/bench/dump-coverage.cjs",
        "-e",
        `require("/work")`,
      ],
      timeoutMs: 30_000,
    });
    return (await readResults(join(workFolder, ".bench-out"))).coverage;
  });
}

async function inWorkCopy<T>(
  project: string,
  use: (folder: string, workFolder: string) => Promise<T>,
): Promise<T> {
  const folder = await createBoxFolder();
  try {
    const workFolder = join(folder, "work");
    await copyProject(project, workFolder);
    await mkdir(join(workFolder, ".bench-out"));
    await cp(INSIDE, join(folder, "inside"), { recursive: true });
    return await use(folder, workFolder);
  } finally {
    await removeBoxFolder(folder);
  }
}

interface TestCounts {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: number;
}

async function readResults(
  folder: string,
): Promise<{ tests: TestCounts | null; coverage: unknown[] }> {
  const coverage: unknown[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (/^coverage-\d+\.json$/.test(name)) coverage.push(await readJson(join(folder, name)));
  }
  const tests = await readJson(join(folder, "tests.json"));
  return {
    tests: isTestCounts(tests) ? tests : null,
    coverage: coverage.filter((each) => each !== null),
  };
}

/** What a measured process left behind is hostile input: no links, a size limit, null when it is no JSON. */
async function readJson(path: string): Promise<unknown> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await file.stat();
      if (size > DUMP_LIMIT_BYTES) return null;
      return JSON.parse(await file.readFile("utf8")) as unknown;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

function isTestCounts(value: unknown): value is TestCounts {
  return (
    typeof value === "object" &&
    value !== null &&
    "passed" in value &&
    typeof value.passed === "number" &&
    "skipped" in value &&
    typeof value.skipped === "number" &&
    "failed" in value &&
    Array.isArray(value.failed)
  );
}

function toProblem(
  outcome: { code: number | null; isTimedOut: boolean; stderr: string },
  tests: TestCounts | null,
): string | null {
  if (outcome.isTimedOut) return "the suite did not end in time";
  if (tests === null) {
    return `no result (exit ${String(outcome.code)}): ${outcome.stderr.slice(-300).trim()}`;
  }
  if (outcome.code !== 0 && tests.failed.length === 0) return `exit ${String(outcome.code)}`;
  return null;
}
