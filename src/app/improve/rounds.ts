import { RegooseError } from "../../kernel/errors.ts";
import { shortHash, toCanonicalJson } from "../../kernel/hash.ts";
import { editFiles, type Edited } from "../../model/improve/editor.ts";
import { tell } from "./analyse.ts";
import { createChangePolicy, findLinks, restrictTo } from "./change-policy.ts";
import type { ImproveScope } from "./improve-scope.ts";
import {
  checkTypes,
  findChanged,
  findNewComplaints,
  findRedTests,
  runTests,
} from "./run-checks.ts";
import type { Analysis, Characterisation, PlanWork, Round, Verdict } from "./step-schemas.ts";

/** A round that is over. */
export interface PastRound {
  readonly round: Round;
  readonly verdict: Verdict;
}

/** What every round stands on. */
export interface RoundGround {
  readonly analysis: Analysis;
  readonly planWork: PlanWork;
  readonly characterisation: Characterisation;
  /** Oldest first. */
  readonly past: readonly PastRound[];
}

/** What was not asked. */
export const NO_COST = { calls: 0, tokens: 0, usd: "0", known: { calls: 0, tokens: 0 } } as const;

/** Below this an answer and its checks do not fit any more, ms. */
const LEAST_MS = 1_000;

/** One round of editing: asks until the edits apply. */
export async function editRound(
  scope: ImproveScope,
  number: number,
  { analysis, planWork, past }: RoundGround,
): Promise<Round> {
  const last = past.at(-1);
  const files = last?.round.files ?? {};
  const isOver = (): boolean => scope.plan.deadline.remainingMs() < LEAST_MS;
  const skipped: Round = {
    ...{ files, edits: 0, isDone: false, refused: [], isSkipped: true, spent: NO_COST },
  };
  const isEnded = last !== undefined && last.verdict.ended !== null;
  if (isEnded || planWork.plan.files.length === 0 || isOver()) return skipped;
  const stage = await scope.openStage(analysis, scope.options.signal);
  const paths = planWork.plan.files.map(({ path }) => path);
  const links = await findLinks(stage.staged.folder, paths);
  const refuse = restrictTo(paths, createChangePolicy(scope.plan, links));
  tell(scope, `asking for edits (round ${String(number)} of ${String(scope.plan.rounds)})`);
  const desk = await scope.openDesk();
  let edited: Edited;
  try {
    edited = await editFiles(
      desk.agent("editor"),
      {
        goal: scope.plan.goal,
        plan: planWork.plan,
        round: number,
        read: (path) => files[path] ?? analysis.files[path] ?? null,
        failures: last?.verdict.failures ?? null,
      },
      { refuse, signal: scope.options.signal },
    );
  } catch (failure) {
    if (failure instanceof RegooseError && failure.code === "RGS-4009" && isOver()) return skipped;
    throw failure;
  }
  const spent = await desk.close();
  switch (edited.kind) {
    case "done":
      return { ...skipped, isDone: true, isSkipped: false, spent };
    case "refused":
      return { ...skipped, refused: edited.reasons, isSkipped: false, spent };
    case "edited":
      return {
        files: withoutOriginals({ ...files, ...edited.files }, analysis),
        edits: edited.edits,
        isDone: edited.isDone,
        refused: [],
        isSkipped: false,
        spent,
      };
  }
}

/** A file that is as it was is no change. */
function withoutOriginals(
  files: Readonly<Record<string, string>>,
  { files: originals }: Analysis,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files).filter(([path, text]) => originals[path] !== text),
  );
}

/** Lets the checks say whether the changes of a round hold, and whether another round makes sense. */
export async function judgeRound(
  scope: ImproveScope,
  ground: RoundGround,
  round: Round,
): Promise<Verdict> {
  const { past } = ground;
  const last = past.at(-1)?.verdict;
  const repeat = (ended: Verdict["ended"]): Verdict => ({
    isPassed: last?.isPassed ?? false,
    failures: last?.failures ?? [],
    changedVerdicts: last?.changedVerdicts ?? [],
    changedTests: last?.changedTests ?? [],
    ended,
  });
  if (last !== undefined && last.ended !== null) return repeat(last.ended);
  if (ground.planWork.plan.files.length === 0) return repeat("nothing-to-change");
  if (round.isSkipped) return repeat("time-over");
  const failures = round.refused.map((reason) => `the edits cannot be applied: ${reason}`);
  if (failures.length > 0) {
    const refused: Verdict = { ...repeat(null), isPassed: false, failures };
    return { ...refused, ended: isSameFailure(last, refused) ? "no-progress" : null };
  }
  if (round.edits === 0) {
    // The model sees nothing left to do: so it is where the checks agree, or where it has done nothing at all.
    if (past.length === 0) return repeat("nothing-to-change");
    return repeat(last?.isPassed === true ? "converged" : "no-progress");
  }
  if (isRepeated(round, past)) return repeat("no-progress");
  const verdict = await check(scope, ground, round);
  if (verdict.isPassed) return { ...verdict, ended: round.isDone ? "converged" : null };
  return { ...verdict, ended: isSameFailure(last, verdict) ? "no-progress" : null };
}

/** The files stand as they did before some round: the edits go round in circles. */
function isRepeated({ files }: Round, past: readonly PastRound[]): boolean {
  const toKey = (one: Round["files"]): string => shortHash(toCanonicalJson(one));
  return [{}, ...past.map(({ round }) => round.files)].some((one) => toKey(one) === toKey(files));
}

function isSameFailure(last: Verdict | undefined, now: Verdict): boolean {
  return (
    last !== undefined && last.failures.length > 0 && last.failures.join() === now.failures.join()
  );
}

async function check(
  scope: ImproveScope,
  { analysis, characterisation }: RoundGround,
  { files }: Round,
): Promise<Verdict> {
  const { plan } = scope;
  const stage = await scope.openStage(analysis, scope.options.signal);
  tell(scope, "checking the changes");
  const failures: string[] = [];
  if (analysis.complaints !== null) {
    const { complaints, notes } = await checkTypes(scope, stage, { ...analysis.files, ...files });
    if (complaints === null)
      failures.push(`the type check does not work any more: ${notes.join("; ")}`);
    const found = findNewComplaints(analysis.complaints, complaints ?? []);
    failures.push(...found.map((one) => `the type check complains: ${one}`));
  }
  const existing = await checkExisting(scope, { analysis, files });
  failures.push(...existing.failures);
  const changedVerdicts = await checkCharacterisation(scope, { analysis, characterisation, files });
  if (!plan.goal.mayChangeBehaviour) {
    failures.push(
      ...changedVerdicts.map(
        ({ fullTitle, verdict, detail }) =>
          `a test of what the code did before, "${fullTitle}", ${verdict === "gone" ? "does not run any more" : "fails"}: ${detail}`,
      ),
    );
  }
  const { changedTests } = existing;
  return { isPassed: failures.length === 0, failures, changedVerdicts, changedTests, ended: null };
}

interface Changed {
  readonly analysis: Analysis;
  readonly files: Round["files"];
}

async function checkExisting(
  scope: ImproveScope,
  { analysis, files }: Changed,
): Promise<Pick<Verdict, "failures" | "changedTests">> {
  const tests = new Set(scope.plan.project.testFiles);
  const edited = Object.keys(files).filter((path) => tests.has(path) || isNewTest(scope, path));
  const run = [...new Set([...tests, ...edited])];
  if (run.length === 0 || (analysis.green.length === 0 && edited.length === 0)) {
    return { failures: [], changedTests: [] };
  }
  const stage = await scope.openStage(analysis, scope.options.signal);
  const report = await runTests(scope, stage, { run, overlay: files, added: {} });
  const isEdited = (file: string): boolean => edited.includes(file);
  const isOf = (file: string) => (key: string) => key.startsWith(`${file}::`);
  const held = analysis.green.filter((key) => !edited.some((file) => isOf(file)(key)));
  const red = report.tests.filter(({ file, status }) => isEdited(file) && status === "failed");
  const silent = edited.filter((path) => !report.tests.some(({ file }) => file === path));
  return {
    failures: [
      ...findRedTests(report, held, "the existing test"),
      ...red.map(
        ({ file, fullTitle, failure }) =>
          `the edited test "${fullTitle}" of ${file} fails: ${failure?.message ?? ""}`,
      ),
      ...silent.map((path) => `the edited file ${path} holds no test that runs`),
    ],
    changedTests: edited.map((file) => ({
      file,
      kind: Object.hasOwn(analysis.files, file) ? "modified" : "added",
      gone: findChanged(report, analysis.green.filter(isOf(file)))
        .filter(({ verdict }) => verdict === "gone")
        .map(({ fullTitle }) => fullTitle),
    })),
  };
}

function isNewTest({ plan }: ImproveScope, path: string): boolean {
  return (
    plan.goal.mayChangeTests &&
    !plan.sources.includes(path) &&
    /[./_-](?:test|spec)s?[./_-]/u.test(path)
  );
}

async function checkCharacterisation(
  scope: ImproveScope,
  { analysis, characterisation, files }: Changed & { readonly characterisation: Characterisation },
): Promise<Verdict["changedVerdicts"]> {
  if (characterisation.green.length === 0) return [];
  const run = Object.keys(characterisation.files);
  const stage = await scope.openStage(analysis, scope.options.signal);
  const added = characterisation.files;
  const after = await runTests(scope, stage, { run, overlay: files, added });
  return findChanged(after, characterisation.green);
}
