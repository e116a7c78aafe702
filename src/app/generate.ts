import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import {
  openSuiteFolder,
  PROOF_FILE,
  type SuiteFolder,
} from "../adapters/workspace/suite-folder.ts";
import type { AdmissionResult, Baseline } from "../contract/admission.ts";
import type { GenerateData, RunResult } from "../contract/envelope.ts";
import type { Clock } from "../kernel/clock.ts";
import { DisposeStack } from "../kernel/dispose.ts";
import type { ProposeResult } from "../ports/proposer.ts";
import type { RunHandle } from "../ports/run-store.ts";
import { createNothingLoads, toRunFailure } from "./errors.ts";
import { admitCandidates } from "./generate/admit.ts";
import { measureBaseline } from "./generate/baseline.ts";
import { toGenerateData } from "./generate/conclude.ts";
import { planRun, type Plan } from "./generate/plan.ts";
import { prepareGround, type Ground } from "./generate/prepare.ts";
import { proposeCandidates } from "./generate/propose.ts";
import type { GenerateDeps, GenerateOptions, RunScope } from "./generate/run-scope.ts";
import type { GenerateAnswer, GenerateRequest } from "./generate-types.ts";
import { makeSnippetProject } from "./generate/snippet.ts";
import { createRunJournal } from "./run-journal.ts";
import { REPORT_INPUT_FILE, serialiseReportInput } from "../reporting/report-input.ts";

/**
 * The main job: plan → prepare → baseline → propose → admit → write → conclude. Writes into the
 * project only at the end, in one rename; an interrupted run leaves the project as it was.
 * @throws RunFailure once the run exists: the error that ended it, with its id and what there was
 */
export async function generate(
  deps: GenerateDeps,
  request: GenerateRequest,
  options: GenerateOptions,
): Promise<GenerateAnswer> {
  if (request.code === null) return generateForProject(deps, request, options);
  await using snippet = await makeSnippetProject(request);
  return await generateForProject(deps, snippet.request, options);
}

async function generateForProject(
  deps: GenerateDeps,
  request: GenerateRequest,
  options: GenerateOptions,
): Promise<GenerateAnswer> {
  const plan = await planRun(deps.clock, request);
  await using owned = new DisposeStack();
  const suite = plan.isDryRun ? null : owned.use(await openSuiteFolder(plan.outFolder));
  const run = await openRun(deps.clock, plan, owned);
  const journal = createRunJournal(deps.clock, run);
  const scope: RunScope = { deps, options, plan, run, journal };
  const done: Progressed = {
    ground: null,
    baseline: null,
    proposal: null,
    admission: null,
    isWritten: false,
    isCancelled: false,
  };
  try {
    const answer = await work(scope, suite, done);
    const { outcome } = answer.data;
    await run.append(
      { name: "run-end", data: { outcome, tests: answer.data.suite.tests } },
      { isCheckpoint: true },
    );
    return answer;
  } catch (failure) {
    const error = toRunFailure(failure, run.id, toPartialData(scope, done));
    // Where the disk is full, this line has no room either; the error says so.
    await run
      .append({
        name: "run-end",
        data: { outcome: "failed", code: error.code, message: error.message },
      })
      .catch(() => undefined);
    throw error;
  }
}

async function openRun(clock: Clock, plan: Plan, owned: DisposeStack): Promise<RunHandle> {
  if (!plan.isDryRun)
    return createRunFolderStore({ clock }, plan.project.root).create(plan.targetText);
  // A dry run writes nothing into the project, so its log lives and dies elsewhere.
  const folder = await mkdtemp(join(tmpdir(), "regoose-dry-run-"));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  return createRunFolderStore({ clock }, folder).create(plan.targetText);
}

/** What the phases have left so far. */
interface Progressed {
  ground: Pick<Ground, "probe" | "degradations"> | null;
  baseline: Baseline | null;
  proposal: ProposeResult | null;
  admission: AdmissionResult | null;
  isWritten: boolean;
  isCancelled: boolean;
}

async function work(
  scope: RunScope,
  suite: SuiteFolder | null,
  done: Progressed,
): Promise<GenerateAnswer> {
  const { deps, plan, journal } = scope;
  const ground = await journal.phase("prepare", () =>
    prepareGround(deps, { ...plan, sandbox: plan.settings.sandbox }),
  );
  await using owned = new DisposeStack();
  owned.use(ground);
  done.ground = ground;
  try {
    await proveSuite(scope, ground, done);
    if (suite !== null) await writeSuite(scope, suite, done);
  } catch (failure) {
    if (!scope.options.signal.aborted) throw failure;
    done.isCancelled = true;
  }
  return await conclude(scope, ground, done);
}

async function proveSuite(scope: RunScope, ground: Ground, done: Progressed): Promise<void> {
  const { journal } = scope;
  done.baseline = await journal.phase(
    "baseline",
    () => measureBaseline(scope, ground),
    (baseline) => ({ problem: baseline?.problem ?? null }),
  );
  const proposal = await journal.phase(
    "propose",
    () => proposeCandidates(scope, ground),
    ({ candidates, executions, findings }) => ({
      candidates: candidates.length,
      executions,
      findings: findings.length,
    }),
  );
  rejectUnloadable(proposal);
  done.proposal = proposal;
  done.admission = await journal.phase(
    "admit",
    () => admitCandidates(scope, ground, { baseline: done.baseline, proposal }),
    ({ proof, mutation, lostInWriting }) => ({
      tests: proof.cards.length,
      mutation,
      lostInWriting,
    }),
  );
  if (done.admission.isCancelled === true) done.isCancelled = true;
}

/** A module that does not load is a note as long as another one does. */
function rejectUnloadable({ candidates, findings, loadFailures }: ProposeResult): void {
  const isEmpty = candidates.length === 0 && findings.length === 0;
  if (isEmpty && Object.keys(loadFailures).length > 0) throw createNothingLoads(loadFailures);
}

async function writeSuite(scope: RunScope, suite: SuiteFolder, done: Progressed): Promise<void> {
  const files = done.admission?.files ?? {};
  // An empty result never replaces a suite that stands.
  if (done.admission === null || Object.keys(files).length === 0) return;
  const proof = `${JSON.stringify(done.admission.proof, null, 2)}\n`;
  const relative = Object.entries(files).map(([path, content]) => [
    path.slice(scope.plan.outDir.length + 1),
    content,
  ]);
  await scope.journal.phase("write", () =>
    suite.replace({
      ...(Object.fromEntries(relative) as Record<string, string>),
      [PROOF_FILE]: proof,
    }),
  );
  done.isWritten = true;
}

async function conclude(
  scope: RunScope,
  ground: Ground,
  done: Progressed,
): Promise<GenerateAnswer> {
  const { plan, run } = scope;
  const data = toData(scope, ground, { ...done, isFailed: false });
  const result: RunResult = {
    data,
    project: { name: plan.project.name, version: plan.project.version, target: plan.targetText },
    rejections: done.admission?.rejections ?? [],
  };
  await run.writeArtifact("result.json", `${JSON.stringify(result)}\n`);
  const { admission } = done;
  const report = admission === null ? null : { result, admission, sources: ground.sources };
  if (report !== null) await run.writeArtifact(REPORT_INPUT_FILE, serialiseReportInput(report));
  return { data, result, report, files: admission?.files ?? {}, runFolder: run.folder };
}

function toData(
  { plan, run, journal }: RunScope,
  ground: Pick<Ground, "probe" | "degradations">,
  done: Omit<Progressed, "ground"> & { readonly isFailed: boolean },
): GenerateData {
  return toGenerateData({
    ...done,
    plan,
    runId: run.id,
    probe: ground.probe,
    unread: ground.degradations,
    timings: journal.timings,
  });
}

/** What a run that failed still can tell; null before there were candidates. */
function toPartialData(scope: RunScope, done: Progressed): GenerateData | null {
  const { ground, proposal } = done;
  if (ground === null || proposal === null) return null;
  return toData(scope, ground, { ...done, isFailed: true });
}
