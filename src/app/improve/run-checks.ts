import type { ChangedVerdict } from "../../contract/improve.ts";
import { toTestKey, type TestResult, type TestRunReport } from "../../contract/test-run.ts";
import { createTypeChecker } from "../../execution/type-checker.ts";
import { readStagedFile } from "../generate/admit.ts";
import { createProjectRunner } from "../generate/project-runner.ts";
import { findCompiler } from "../generate/project-tools.ts";
import type { Stage } from "../generate/prepare.ts";
import type { ImproveScope } from "./improve-scope.ts";

type Files = Readonly<Record<string, string>>;

/** One run of tests gets at most this share of the time that is left. */
const TESTS_SHARE = 0.5;
const TYPES_SHARE = 0.25;
const LONGEST_DETAIL = 600;
/** Where nothing may be left to the run: every complaint that was not there before counts. */
const NOTHING: ReadonlySet<number> = new Set();

/**
 * Runs test files of the work copy in the sandbox. `overlay`: files that differ from the user's; `added`: test files that stand beside.
 */
export async function runTests(
  scope: ImproveScope,
  stage: Stage,
  input: { readonly run: readonly string[]; readonly overlay: Files; readonly added: Files },
): Promise<TestRunReport> {
  const { deps, telemetry, plan, options } = scope;
  const runner = await createProjectRunner({ ...deps, telemetry }, stage, {
    ...plan,
    concurrency: plan.settings.workers,
  });
  return await runner.run(
    {
      testFiles: input.added,
      run: input.run,
      overlay: input.overlay,
      mode: { kind: "plain", shuffleSeed: null },
      timeZone: "UTC",
      clockShiftMs: 0,
      timeoutMs: Math.max(1, plan.deadline.remainingMs() * TESTS_SHARE),
    },
    { signal: options.signal },
  );
}

/** Keys of tests that were green. */
export function listGreen({ tests }: TestRunReport): readonly string[] {
  return tests.filter(({ status }) => status === "passed").map(toTestKey);
}

/** Why tests that have to be green are not, a sentence each. */
export function findRedTests(
  report: TestRunReport,
  green: readonly string[],
  what: string,
): readonly string[] {
  return findChanged(report, green).map(({ file, fullTitle, verdict, detail }) =>
    verdict === "gone"
      ? `${what} "${fullTitle}" of ${file} does not run any more: ${detail}`
      : `${what} "${fullTitle}" of ${file} fails: ${detail}`,
  );
}

/** Tests that were green and are not. */
export function findChanged(
  report: TestRunReport,
  green: readonly string[],
): readonly ChangedVerdict[] {
  const results = new Map(report.tests.map((test) => [toTestKey(test), test]));
  return green.flatMap((key): ChangedVerdict[] => {
    const result = results.get(key);
    if (result?.status === "passed") return [];
    const [file = "", fullTitle = ""] = cut(key);
    if (result === undefined || result.status === "skipped") {
      return [{ file, fullTitle, verdict: "gone", detail: describeEnd(report) }];
    }
    return [{ file, fullTitle, verdict: "failed", detail: describeFailure(result) }];
  });
}

function cut(key: string): readonly string[] {
  const at = key.indexOf("::");
  return [key.slice(0, at), key.slice(at + 2)];
}

function describeFailure({ failure }: TestResult): string {
  const text = [failure?.name ?? "", failure?.message ?? ""].filter(Boolean).join(": ");
  return clean(text === "" ? "it said nothing" : text);
}

function describeEnd(report: TestRunReport): string {
  const { end } = report;
  const [stray] = report.strayErrors;
  switch (end.kind) {
    case "finished":
      return clean(stray ?? "it is not reported");
    case "timed-out":
      return `the tests took longer than ${(end.afterMs / 1000).toFixed(0)} s`;
    case "killed":
      return clean(`the tests were stopped (${end.reason}): ${end.detail}`);
    case "held-open":
    case "broken":
      return clean(stray === undefined ? end.detail : `${end.detail}: ${stray}`);
  }
}

/** What code of others printed goes to a model, a terminal and a file: no control characters, and short. */
function clean(text: string): string {
  return text
    .replaceAll(/\n\s*at .*/gu, "")
    .replaceAll(/[^\S\n]+/gu, " ")
    .replaceAll(/(?!\n)\p{Cc}/gu, "")
    .trim()
    .slice(0, LONGEST_DETAIL);
}

/** What the project's type check says about its sources, as `file: message`; null where it has none, or it does not work. */
export async function checkTypes(
  scope: ImproveScope,
  stage: Stage,
  files: Files,
): Promise<{ readonly complaints: readonly string[] | null; readonly notes: readonly string[] }> {
  const { plan, options } = scope;
  const compiler = await findCompiler(stage, plan.project);
  if (compiler === null) return { complaints: null, notes: [] };
  const notes: string[] = [];
  const check = createTypeChecker(
    {
      sandboxes: stage.sandbox,
      project: plan.project,
      baseLayer: stage.staged.folder,
      scratchFolder: await stage.staged.createLayer("tools"),
    },
    {
      ...compiler,
      limitMs: () => plan.deadline.remainingMs() * TYPES_SHARE,
      onNote: (sentence) => void notes.push(sentence),
      leftToTheRun: NOTHING,
    },
  );
  const found = await check(
    { ...(await readSources(scope, stage)), ...files },
    { signal: options.signal },
  );
  if (notes.length > 0) return { complaints: null, notes };
  return { complaints: found.map(({ file, message }) => `${file}: ${message}`), notes };
}

/** All sources, those that may not be changed too: a change here may be wrong for them. */
async function readSources({ plan }: ImproveScope, { staged }: Stage): Promise<Files> {
  const texts = plan.project.sourceFiles.map(async (path): Promise<[string, string]> => {
    return [path, (await readStagedFile(staged.folder, path)) ?? ""];
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** Complaints that were not there before. Lines may have moved, so that each counts by its words, as often as it stands. */
export function findNewComplaints(
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  const left = new Map<string, number>();
  for (const one of before) left.set(one, (left.get(one) ?? 0) + 1);
  return after.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}
