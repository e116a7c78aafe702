import { RUN_FOLDER, COVERAGE_FILE, RESULT_FILE } from "../../../contract/run-folder.ts";
import {
  toTestKey,
  type RunEnd,
  type TestFailure,
  type TestResult,
} from "../../../contract/test-run.ts";
import { toCutEnd } from "../../to-run-end.ts";
import type {
  BoxResult,
  LanguageDriver,
  MutantOutcome,
  MutantsRun,
  RunBox,
  TestsOutcome,
  TestsRun,
} from "../driver.ts";
import { toOutput } from "../../to-output.ts";
import { PYTEST_HARNESS } from "./harness.ts";
import { readMeasured, readPytestLines, type PytestLine } from "./result-lines.ts";
import { toPytestCoverage } from "./to-coverage.ts";
import { toPytestName } from "./to-name.ts";

/** Which Python runs the tests, as the sandbox sees it. */
export interface PythonSetup {
  /** Absolute path inside. */
  readonly interpreter: string;
  /** Absolute paths inside of installed packages beside the interpreter's own. */
  readonly packages: readonly string[];
  /** Work-relative folders that imports start from, beside the root. */
  readonly paths: readonly string[];
  /** Work-relative sources that are measured. */
  readonly sources: readonly string[];
}

const INSTALL =
  "install it: `apt-get install python3-pytest python3-coverage`, or `pip install pytest coverage` in the project's .venv";

/** A program that is no Python 3 does not say so much, whatever its exit code. */
const ANSWER = "python 3";
const PROBE = `import sys; print("python", sys.version_info[0], flush=True); import pytest`;

/** Drives pytest, with coverage.py where that is there. */
export function createPytestDriver(setup: PythonSetup): LanguageDriver {
  const start = (
    box: RunBox,
    request: object,
    files: Readonly<Record<string, string>>,
    ms: number,
  ) =>
    box({
      files: {
        ...files,
        [`${RUN_FOLDER}/harness.py`]: PYTEST_HARNESS,
        [`${RUN_FOLDER}/request.json`]: JSON.stringify({ ...BLANK, ...setup, ...request }),
      },
      argv: [setup.interpreter, "-B", `${RUN_FOLDER}/harness.py`],
      env: {
        PYTHONPATH: setup.packages.join(":"),
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONHASHSEED: "0",
      },
      timeoutMs: ms,
      collect: [RESULT_FILE, COVERAGE_FILE],
    });
  return {
    runner: "pytest",
    findMissing: (box) => findMissing(box, setup),
    async findUnfit(box, mutants) {
      const jobs = mutants.map(({ switchId, file, text }) => ({ id: switchId, file, text }));
      const result = await start(box, { mode: "check", mutants: jobs }, {}, 60_000);
      const lines = readPytestLines(result.files.get(RESULT_FILE)?.content);
      return new Set(lines.flatMap((line) => (line.type === "unfit" ? [line.mutant] : [])));
    },
    async runTests(box, run) {
      const { shuffleSeed, clockShiftMs, hasCoverage } = run;
      const request = { mode: "tests", run: run.run, shuffleSeed, clockShiftMs };
      const result = await start(
        box,
        { ...request, coverage: hasCoverage },
        run.files,
        run.timeoutMs,
      );
      return toOutcome(result, run);
    },
    async runMutants(box, run) {
      const mutants = run.jobs.map(({ switchId, file, text, tests }) => ({
        ...{ id: switchId, file, text },
        tests: tests.map((test) => [test.file, ...test.fullTitle.split(" > ")].join("::")),
      }));
      const request = { mode: "mutants", mutants, mutantMs: run.mutantMs };
      const result = await start(box, request, run.files, run.timeoutMs);
      return toMutantOutcomes(result, run);
    },
  };
}

async function findMissing(
  box: RunBox,
  { interpreter, packages }: PythonSetup,
): ReturnType<LanguageDriver["findMissing"]> {
  const argv = [interpreter, "-c", PROBE];
  const env = { PYTHONPATH: packages.join(":") };
  const result = await box({ files: {}, argv, env, timeoutMs: 30_000, collect: [] });
  const { end, stdout, stderr } = result;
  const isPython = stdout.startsWith(`${ANSWER}\n`);
  if (isPython && end.kind === "exited" && end.code === 0) return null;
  const why = stderr.trim().split("\n").at(-1) ?? "";
  return {
    what: `pytest cannot be loaded by ${interpreter} (${why === "" ? `it ${end.kind} without a word` : why})`,
    ...{ hint: INSTALL, isWrong: !isPython },
  };
}

const BLANK = {
  ...{ mode: "tests", run: [], shuffleSeed: null, clockShiftMs: 0, coverage: false },
  ...{ mutants: [], mutantMs: 0 },
};

type TestLine = Extract<PytestLine, { type: "test" }>;

function toOutcome(result: BoxResult, { hasCoverage }: TestsRun): TestsOutcome {
  const lines = readPytestLines(result.files.get(RESULT_FILE)?.content);
  const measured = hasCoverage ? readMeasured(result.files.get(COVERAGE_FILE)?.content) : null;
  const output = toOutput(result);
  return {
    end: toEnd(result, lines, output),
    tests: toResults(
      lines.filter((line): line is TestLine => line.type === "test"),
      result.workPath,
    ),
    strayErrors: lines.flatMap((line) => (line.type === "stray" ? [line.text] : [])),
    coverage: measured === null ? null : toPytestCoverage(measured),
    output,
  };
}

function toEnd(result: BoxResult, lines: readonly PytestLine[], output: string): RunEnd {
  if (result.end.kind !== "exited") return toCutEnd(result.end, output);
  const failed = lines.find((line) => line.type === "load-failure");
  if (failed !== undefined) {
    return { kind: "broken", detail: `${failed.id} could not be loaded: ${failed.text}` };
  }
  const end = lines.find((line) => line.type === "end");
  // 1: tests failed; 5: there are none, which the caller sees.
  if (end !== undefined && [0, 1, 5].includes(end.code)) return { kind: "finished" };
  const code = String(end?.code ?? result.end.code);
  return {
    kind: "broken",
    detail: `pytest ended with exit code ${code}\n${output}`.slice(0, 2_000),
  };
}

/** One result a test: red where one of its cases, its set-up or its tear-down is. */
function toResults(lines: readonly TestLine[], workPath: string): readonly TestResult[] {
  const tests = new Map<string, TestResult>();
  for (const line of lines) {
    const name = toPytestName(line.id);
    const key = toTestKey(name);
    const before = tests.get(key);
    const durationMs = (before?.durationMs ?? 0) + line.ms;
    const isWorse = before === undefined || RANK[line.status] > RANK[before.status];
    tests.set(key, {
      ...(isWorse ? { ...name, status: line.status, failure: toFailure(line, workPath) } : before),
      durationMs,
    });
  }
  return [...tests.values()];
}

const RANK = { passed: 0, skipped: 1, failed: 2 } as const;

function toFailure({ failure }: TestLine, workPath: string): TestFailure | null {
  if (failure === undefined) return null;
  const { name, message, assertion, stack } = failure;
  const inside = (text: string): string => text.replaceAll(`${workPath}/`, "");
  return {
    ...{ name, code: null, isAssertion: assertion },
    ...{ message: inside(message), stack: inside(stack) },
  };
}

function toMutantOutcomes(result: BoxResult, { jobs }: MutantsRun): readonly MutantOutcome[] {
  const lines = readPytestLines(result.files.get(RESULT_FILE)?.content);
  const asked = new Set(jobs.map(({ switchId }) => switchId));
  return lines.flatMap((line): MutantOutcome[] => {
    if (line.type !== "mutant-end" || !asked.has(line.mutant)) return [];
    const own = lines.filter(
      (one): one is TestLine => one.type === "test" && one.mutant === line.mutant,
    );
    const results = toResults(own, result.workPath).map(({ file, fullTitle, status, failure }) => ({
      ...{ file, fullTitle },
      failure: status === "failed" ? (failure ?? UNKNOWN) : null,
    }));
    return [{ switchId: line.mutant, results, end: line.end }];
  });
}

const UNKNOWN: TestFailure = {
  ...{ name: "Error", message: "failed", code: null },
  ...{ isAssertion: false, stack: "" },
};
