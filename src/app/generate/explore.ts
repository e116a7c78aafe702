import { join } from "node:path";

import { readFixes } from "../../adapters/git/read-fixes.ts";
import type { Budget } from "../../adapters/llm/money/budget.ts";
import { formatDollars } from "../../adapters/llm/money/prices.ts";
import type { AdmissionResult } from "../../contract/admission.ts";
import type { WrittenCandidate } from "../../contract/candidate.ts";
import type { FileCoverage } from "../../contract/coverage.ts";
import type { PatchBuild } from "../../contract/mutant.ts";
import { cutFile } from "../../emission/written/cut-file.ts";
import { readTests } from "../../emission/written/read-tests.ts";
import { createDeadline, type Deadline } from "../../kernel/clock.ts";
import { DisposeStack } from "../../kernel/dispose.ts";
import { RegooseError } from "../../kernel/errors.ts";
import { toOutline } from "../../languages/outline.ts";
import { cutTests } from "../../languages/written/cut.ts";
import type { FileHistory } from "../../model/agents/mutant.ts";
import { findGaps } from "../../model/gaps.ts";
import { runAgents, type Exploration } from "../../model/model-engine.ts";
import type { ModelPort } from "../../ports/model.ts";
import { createEngineUnavailable } from "../errors.ts";
import { mayRunModelCode } from "../model-code-level.ts";
import { createMeter, type Meter, type Spent } from "../models/meter.ts";
import { boundCalls } from "../models/bound-calls.ts";
import { openAgentJournal } from "../models/agent-journal.ts";
import { createChangeNotes } from "../models/note-changes.ts";
import { openModels, type OpenModels } from "../models/open-models.ts";
import { recordModels, replayModels, type RecordedModels } from "../models/recording.ts";
import { readStagedFile } from "./admit.ts";
import { describeWork, noModel } from "./describe-work.ts";
import { ANSWERS_FOLDER } from "./model-files.ts";
import { readLanguageContext } from "../languages/language-context.ts";
import { readModelContext } from "./model-context.ts";
import type { Ground } from "./prepare.ts";
import { toModelMs } from "./propose.ts";
import type { RunScope } from "./run-scope.ts";
import type { ModelWork } from "./step-schemas.ts";
import { openFaultsTrial } from "./try-faults.ts";
import { openTrial, toHeld, type Searched } from "./trial.ts";
import { openInputsTrial } from "./try-inputs.ts";

const NAME_ANEW =
  "the log of a run does not say whom to ask; name the provider again, such as --provider NAME";

/** Of the models' time, what the last proof gets. */
const PROOF_SHARE = 0.4;
/** The written files are proven in full later; a trial only tells good from bad. */
const TRIAL_RERUNS = 2;

/**
 * Asks models for what the suite lacks. Whatever they answer, only what the gate admits comes out.
 * @throws EngineUnavailable (RGS-2020) where models are the only engine and none may be asked
 */
export async function exploreGaps(
  scope: RunScope,
  ground: Ground,
  searched: Searched,
): Promise<ModelWork> {
  const { plan, options } = scope;
  if (!mayRunModelCode(ground.probe.level, plan.settings)) return noModel("unsafe", "");
  if (!plan.mayAskModels && !scope.replaysModels) {
    if (plan.engine === "auto") return noModel("none", NAME_ANEW);
    throw createEngineUnavailable("model", NAME_ANEW);
  }
  await using owned = new DisposeStack();
  let models: AskedModels;
  try {
    models = await open(scope, owned);
  } catch (failure) {
    if (!(failure instanceof RegooseError) || failure.code !== "RGS-4002") throw failure;
    if (plan.engine === "auto") return noModel("none", failure.message);
    throw createEngineUnavailable("model", failure.message);
  }
  const noted = createChangeNotes(models.port);
  const meter = createMeter(boundCalls(scope.deps.clock, noted.port, toAskingEnd(scope)));
  const work = await askAgents(scope, ground, { ...searched, models, port: meter.port });
  const failure = meter.failure();
  const isEmpty = work.candidates.length + work.findings.length === 0;
  if (plan.engine === "model" && isEmpty && failure !== null) throw failure;
  const { retryAfterMs } = work;
  const retryMs = retryAfterMs === null ? null : scope.deps.clock.now() + retryAfterMs;
  const spent = {
    ...(await sumSpent(meter, models.budget)),
    retryAt: retryMs === null ? null : new Date(retryMs).toISOString(),
  };
  const changes = noted.take();
  return {
    ...{ ...work, ...spent, changes },
    ...describeWork(work, spent, scope.runId, { changes, odd: models.odd() }),
    ...(options.signal.aborted ? { ended: "time-over" } : {}),
  };
}

/** When the last question has to be answered, so that what came of it can be proven. */
function toAskingEnd({ deps, plan }: RunScope): Deadline {
  const proofMs = toModelMs(plan) * PROOF_SHARE;
  return createDeadline(deps.clock, Math.max(0, plan.deadline.remainingMs() - proofMs));
}

/** What the run has spent in all its processes; in this one, where there is no book of it. */
async function sumSpent(meter: Meter, budget: Budget | null): Promise<Spent> {
  const own = meter.spent();
  const all = (await budget?.spent().catch(() => null)) ?? null;
  if (all === null) return own;
  return { ...own, tokens: all.tokens, usd: all.isPriced ? formatDollars(all.cost) : null };
}

interface AskedModels extends RecordedModels {
  /** Null in a replay, which spends nothing. */
  readonly budget: Budget | null;
}

/** Models on the wire, whose answers are recorded; in a replay those answers alone. */
async function open(scope: RunScope, owned: DisposeStack): Promise<AskedModels> {
  const { deps, telemetry, plan, models: flags, options, runId } = scope;
  const folder = join(scope.folder, ANSWERS_FOLDER);
  if (scope.replaysModels) return { ...(await replayModels(folder)), budget: null };
  const opened = owned.use(
    await openModels(
      { ...deps, telemetry },
      { cwd: plan.project.root, flags, run: runId, recording: { folder, mode: "record" } },
      { signal: options.signal },
    ),
  );
  const recorded = await recordModels(opened.port, folder, toName(opened));
  return { ...recorded, budget: opened.budget };
}

async function askAgents(
  scope: RunScope,
  ground: Ground,
  input: Searched & { readonly models: RecordedModels; readonly port: ModelPort },
): Promise<Exploration> {
  const { plan, options } = scope;
  const { models, admission } = input;
  const proofMs = toModelMs(plan) * PROOF_SHARE;
  const journal = await openAgentJournal(scope.folder);
  const held = toHeld(input.baseline, admission);
  const living: PatchBuild[] = [];
  const limits = {
    ...{ laterMs: proofMs, patches: living },
    reruns: Math.min(TRIAL_RERUNS, plan.settings.reruns),
  };
  const exploration = await runAgents(
    {
      model: input.port,
      read: ground.language?.read ?? readTests,
      tryCandidates: openTrial(scope, ground, held, limits),
      tryFaults: openFaultsTrial(scope, ground, input, living),
      // Inputs are the search's, which knows JavaScript only.
      ...(ground.language === null
        ? {
            tryInputs: openInputsTrial(scope, ground, held, limits, input.proposal.findings),
          }
        : {}),
      isolate: (candidate) => isolateTest(candidate, plan, ground),
      ...journal,
      onStep: (step) => {
        options.onProgress({
          phase: step,
          ...{ statements: null, branches: null, mutants: null, testsKept: null },
          timeLeftMs: plan.deadline.remainingMs(),
        });
      },
    },
    {
      project:
        ground.language === null
          ? await readModelContext(plan, ground, input.baseline?.red)
          : await readLanguageContext(plan, ground, ground.language, input.baseline?.red),
      sources: ground.sources,
      gaps: findGaps(withOutlines(admission, ground), ground.sources),
      mutants: admission.mutation.total,
      histories: await readHistories(scope, ground),
      maxRepairs: plan.settings.maxIterations,
      modelName: models.name,
      isOver: () =>
        options.signal.aborted || models.isOver(() => plan.deadline.remainingMs() <= proofMs),
    },
    { signal: options.signal },
  );
  await journal.flush();
  return exploration;
}

/** Functions of another language are found in its text where no coverage names them. */
function withOutlines(
  admission: AdmissionResult,
  { language, sources }: Pick<Ground, "language" | "sources">,
): Pick<AdmissionResult, "mutants" | "coverage"> {
  if (language === null) return admission;
  const outlines = sources.map(({ path, content }): [string, FileCoverage] => [
    path,
    toOutline(path, content, language.language),
  ]);
  const map = { ...Object.fromEntries(outlines), ...admission.coverage.map };
  return { ...admission, coverage: { ...admission.coverage, map } };
}

/** What was mended in the sources under test. A history that cannot be read is none. */
async function readHistories(
  { plan, options }: RunScope,
  { sandbox, sources }: Ground,
): Promise<readonly FileHistory[]> {
  const { root } = plan.project;
  const goals = sources.filter(
    ({ path }) => plan.onlyFiles.length === 0 || plan.onlyFiles.includes(path),
  );
  const files = goals.map(({ path }) => path);
  const found = await readFixes(sandbox, { root, files }, { signal: options.signal }).catch(
    (failure: unknown) => {
      options.signal.throwIfAborted();
      if (failure instanceof RegooseError) return [];
      throw failure;
    },
  );
  return found.map(({ file, fixes }) => ({
    ...{ file, fixes },
    source: goals.find(({ path }) => path === file)?.content ?? "",
  }));
}

function toName(opened: OpenModels): string {
  const [first] = opened.candidatesOf("explorer");
  return first === undefined ? "unknown" : `${first.provider}/${first.model}`;
}

/** The file of a candidate without the other tests, as it would stand in the suite's folder. */
export async function isolateTest(
  { text, path, fullTitle, module }: WrittenCandidate,
  { outDir }: Pick<RunScope["plan"], "outDir">,
  ground: Pick<Ground, "staged" | "language">,
): Promise<string> {
  if (ground.language !== null) {
    return cutTests(text, new Set([fullTitle]), ground.language.language);
  }
  const cut = await cutFile(text, new Set([fullTitle]), {
    ...{ path, outDir, isTypeScript: /ts$/u.test(module) },
    readProjectFile: (file) => readStagedFile(ground.staged.folder, file),
  });
  return cut.text;
}
