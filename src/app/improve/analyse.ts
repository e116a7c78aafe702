import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { toTestKey, type TestRunReport } from "../../contract/test-run.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import { sha256 } from "../../kernel/hash.ts";
import type { Stage } from "../generate/prepare.ts";
import type { ImproveScope } from "./improve-scope.ts";
import { checkTypes, listGreen, runTests } from "./run-checks.ts";
import type { Analysis } from "./step-schemas.ts";

/**
 * Reads what may be changed, and lets the project's own checks say what is green before anything is.
 * @throws ModelCodeNeedsNamespace (RGS-7104) where the code of a model may not run here
 */
export async function analyseCode(scope: ImproveScope): Promise<Analysis> {
  const { options, plan } = scope;
  const stage = await scope.openStage(null, options.signal);
  const { level, backend } = stage.probe;
  const read = await readFiles(stage, listEditable(scope));
  options.signal.throwIfAborted();
  tell(scope, "running the existing tests");
  const { testFiles } = plan.project;
  const runs =
    testFiles.length === 0
      ? []
      : [await runAll(scope, stage, testFiles), await runAll(scope, stage, testFiles)];
  tell(scope, "checking types");
  const types = await checkTypes(scope, stage, read.files);
  const { green, tests } = compareRuns(runs);
  return {
    probe: { level, backend },
    files: read.files,
    hashes: Object.fromEntries(
      Object.entries(read.files).map(([path, text]) => [path, sha256(text)]),
    ),
    green,
    complaints: types.complaints,
    ...describeChecks({ green: green.length, tests, unread: read.unread, notes: types.notes }),
  };
}

/** A test that is green once and red once says nothing about a change. */
function compareRuns(runs: readonly TestRunReport[]): {
  readonly green: readonly string[];
  readonly tests: number;
} {
  const [first = [], second = []] = runs.map(listGreen);
  const again = new Set(second);
  const all = new Set(
    runs.flatMap((run) => run.tests.filter(({ status }) => status !== "skipped").map(toTestKey)),
  );
  return { green: first.filter((key) => again.has(key)), tests: all.size };
}

/** What the report says of the checks before any change. A suite that does not even run has no test that could be counted. */
export function describeChecks(found: {
  readonly green: number;
  readonly tests: number;
  readonly unread: readonly string[];
  readonly notes: readonly string[];
}): Pick<Analysis, "degradations" | "notes"> {
  const { green, tests, unread, notes } = found;
  return {
    degradations: green === tests ? [] : [toSentence("improve-red", { green, tests })],
    notes: [
      ...notes,
      ...(unread.length === 0
        ? []
        : [toSentence("improve-unread", { files: unread.slice(0, 3).join(", ") })]),
    ],
  };
}

function listEditable({ plan }: ImproveScope): readonly string[] {
  return [...plan.sources, ...(plan.goal.mayChangeTests ? plan.project.testFiles : [])];
}

function runAll(
  scope: ImproveScope,
  stage: Stage,
  run: readonly string[],
): ReturnType<typeof runTests> {
  return runTests(scope, stage, { run, overlay: {}, added: {} });
}

/** What is no UTF-8 cannot be given back to the byte, so it is left alone. */
async function readFiles(
  stage: Stage,
  paths: readonly string[],
): Promise<{
  readonly files: Readonly<Record<string, string>>;
  readonly unread: readonly string[];
}> {
  const files: Record<string, string> = {};
  const unread: string[] = [];
  for (const path of paths) {
    const bytes = await readFile(join(stage.staged.folder, path)).catch(() => null);
    const text = bytes?.toString("utf8");
    if (bytes !== null && text !== undefined && Buffer.from(text).equals(bytes)) files[path] = text;
    else unread.push(path);
  }
  return { files, unread };
}

/** A line of progress. */
export function tell({ options, plan }: ImproveScope, phase: string): void {
  options.onProgress({
    phase,
    ...{ statements: null, branches: null, mutants: null, testsKept: null },
    timeLeftMs: plan.deadline.remainingMs(),
  });
}
