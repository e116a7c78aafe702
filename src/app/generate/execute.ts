import type { SuiteFolder } from "../../adapters/workspace/suite-folder.ts";
import {
  type ExperimentOutcome,
  type FlagAssignment,
  OUTCOME_RECORD,
} from "../../contract/feature-flags.ts";
import type { GenerateData, RunOutcome, RunResult } from "../../contract/envelope.ts";
import type { Restored } from "../../orchestration/checkpoints.ts";
import type { AdmissionResult } from "../../contract/admission.ts";
import { toMessage } from "../../kernel/errors.ts";
import { runScenario, type ScenarioEnd } from "../../orchestration/run-scenario.ts";
import type { RunWriter } from "../../orchestration/run-writer.ts";
import type { RunStore } from "../../ports/run-store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { toDetected, totalMs } from "../../reporting/facts.ts";
import { REPORT_INPUT_FILE, serialiseReportInput } from "../../reporting/report-input.ts";
import { toRunFailure } from "../errors.ts";
import { openOutsideCalls } from "../outside-calls.ts";
import { runInProcess } from "../run-in-process.ts";
import type { GenerateAnswer } from "../generate-types.ts";
import type { ModelFlags } from "../models/open-models.ts";
import { toGenerateData } from "./conclude.ts";
import { GATE_RUNS_FILE } from "./kept-runs.ts";
import { isStopped, observeCall } from "./observe-outcome.ts";
import type { Plan } from "./plan.ts";
import type { PlanFacts } from "./stored-request.ts";
import type { GenerateDeps, GenerateOptions, RunScope } from "./run-scope.ts";
import { openGenerateScenario, type GenerateScenario } from "./scenario.ts";

/** What a run that begins has to build on. */
export const NOTHING_RESTORED: Restored = {
  history: { checkpoints: new Map(), attempts: new Map(), failures: new Map(), outcome: null },
  results: new Map(),
  usedMs: 0,
  damaged: new Map(),
};

/** A run that this process owns. */
export interface OwnedRun {
  readonly deps: GenerateDeps;
  readonly options: GenerateOptions;
  readonly plan: Plan;
  readonly assignment: FlagAssignment;
  readonly store: RunStore;
  readonly writer: RunWriter;
  readonly models?: ModelFlags | undefined;
  /** Answers of models come out of the run's recording alone. @defaultValue false */
  readonly replaysModels?: boolean | undefined;
  /** Null in a dry run. */
  readonly suite: SuiteFolder | null;
  readonly restored: Restored;
  /** Search time whose finds are saved, ms. @defaultValue 0 */
  readonly searchedMs?: number;
  /** Time of a gate whose test runs are kept, ms. @defaultValue 0 */
  readonly gatedMs?: number;
}

/**
 * Executes the steps that are not done, stores the result and ends the log.
 * @throws RunFailure the error that ended the run, with its id and what there was
 */
export async function executeRun(run: OwnedRun): Promise<GenerateAnswer> {
  return runInProcess(
    run,
    (telemetry) => executeSteps(run, telemetry),
    (answer, telemetry) => countTests(telemetry, answer),
  );
}

function countTests(
  telemetry: Telemetry,
  { data, result }: GenerateAnswer,
): Readonly<Record<string, unknown>> {
  const { tests } = data.suite;
  telemetry.count("regoose_tests_admitted_total", {}, tests);
  for (const { reason } of result.rejections) {
    telemetry.count("regoose_tests_rejected_total", { reason });
  }
  return { tests };
}

async function executeSteps(run: OwnedRun, telemetry: Telemetry): Promise<GenerateAnswer> {
  const { store, writer } = run;
  const { runId } = writer;
  let partial: GenerateData | null = null;
  try {
    const scope = toScope(run, telemetry);
    await using generation = openGenerateScenario(scope, run.suite);
    const end = await runSteps(run, scope, generation);
    if (end.ending.kind === "failed") {
      partial = toPartialData(scope, generation, end);
      throw end.ending.failure;
    }
    const answer = conclude(scope, generation, end);
    if (answer === null) throw run.options.signal.reason;
    await storeResult(store, answer);
    const { outcome, suite } = answer.data;
    await writeOutcome(run, answer.data);
    await writer.append(
      { name: "run-end", data: { outcome, tests: suite.tests, ...toStopped(run, outcome) } },
      { isDurable: true },
    );
    // The run has its results; how it came to them is needed no more, unless it was stopped and may go on.
    if (outcome !== "cancelled") await store.removeFile(runId, GATE_RUNS_FILE);
    return answer;
  } catch (failure) {
    const error = toRunFailure(failure, runId, partial);
    const isCancelled = isStopped(run.options.signal);
    const data = {
      outcome: isCancelled ? "cancelled" : "failed",
      code: error.code,
      message: error.message,
      hint: error.hint,
    };
    // Where the disk is full, this line has no room either; the error says so.
    await writer.append({ name: "run-end", data }).catch(() => undefined);
    throw error;
  }
}

/** What stopped a run that kept what it had. */
function toStopped({ options }: OwnedRun, outcome: RunOutcome): { readonly message?: string } {
  return outcome === "cancelled" ? { message: toMessage(options.signal.reason) } : {};
}

/** What experiments compare. A run that was stopped has nothing to compare; a resume may end it. */
async function writeOutcome({ writer, assignment }: OwnedRun, data: GenerateData): Promise<void> {
  if (assignment.exposures.length === 0 || data.outcome === "cancelled") return;
  const { covered, total } = toDetected(data.mutation.suite);
  const outcome: ExperimentOutcome = {
    mutationScore: total === 0 ? null : covered / total,
    executions: data.executions,
    usd: data.models === undefined ? 0 : toDollars(data.models.usd),
    durationMs: totalMs(data),
  };
  await writer.append({ name: OUTCOME_RECORD, data: { ...outcome } });
}

function toDollars(usd: string | null): number | null {
  return usd === null ? null : Number(usd);
}

function toScope(run: OwnedRun, telemetry: Telemetry): RunScope {
  const { deps, options, plan, store, writer } = run;
  const calls = openOutsideCalls(deps.clock).observed((event) => {
    observeCall(telemetry, event);
    // A log that cannot be written ends the run at its next checkpoint.
    writer.append(event).catch(() => undefined);
  });
  return {
    deps,
    telemetry,
    options,
    plan,
    flags: run.assignment.values,
    calls,
    store,
    runId: writer.runId,
    folder: store.folderOf(writer.runId),
    searchedMs: run.searchedMs ?? 0,
    gatedMs: run.gatedMs ?? 0,
    models: run.models ?? {},
    replaysModels: run.replaysModels ?? false,
  };
}

function runSteps(
  run: OwnedRun,
  scope: RunScope,
  { scenario }: GenerateScenario,
): Promise<ScenarioEnd> {
  const { deps, options, plan, store, writer, restored } = run;
  const startedMs = deps.clock.monotonic();
  const before = restored.usedMs + scope.searchedMs + scope.gatedMs;
  return runScenario(
    {
      clock: deps.clock,
      artifacts: store.artifacts,
      random: Math.random,
      telemetry: scope.telemetry,
    },
    scenario,
    {
      writer,
      restored,
      deadline: plan.deadline,
      usedMs: () => before + deps.clock.monotonic() - startedMs,
      signal: options.signal,
    },
  );
}

/** What the results of the steps amount to; null where the run was stopped before the ground was laid. */
export function conclude(
  scope: Pick<RunScope, "runId" | "folder"> & { readonly plan: PlanFacts },
  steps: GenerateScenario,
  end: ScenarioEnd,
): GenerateAnswer | null {
  const facts = end.results.find(steps.prepare);
  if (facts === undefined) return null;
  const admission = findAdmission(steps, end);
  const { plan } = scope;
  const data = toData(scope, steps, end);
  if (data === null) return null;
  const result: RunResult = {
    data,
    project: { name: plan.project.name, version: plan.project.version, target: plan.targetText },
    rejections: admission?.rejections ?? [],
  };
  return {
    data,
    result,
    report: admission === null ? null : { result, admission, sources: facts.sources },
    files: admission?.files ?? {},
    runFolder: scope.folder,
  };
}

/** What the gate decided last. */
function findAdmission(
  steps: GenerateScenario,
  { results }: Pick<ScenarioEnd, "results">,
): AdmissionResult | null {
  const combined = steps.models === null ? undefined : results.find(steps.models.combine);
  return combined ?? results.find(steps.admit) ?? null;
}

function toData(
  scope: Pick<RunScope, "runId"> & { readonly plan: PlanFacts },
  steps: GenerateScenario,
  { results, timings, ending }: ScenarioEnd,
): GenerateData | null {
  const facts = results.find(steps.prepare);
  if (facts === undefined) return null;
  const written = steps.write === null ? undefined : results.find(steps.write);
  return toGenerateData({
    plan: scope.plan,
    runId: scope.runId,
    probe: facts.probe,
    baseline: results.find(steps.baseline) ?? null,
    proposal: results.find(steps.propose) ?? null,
    admission: findAdmission(steps, { results }),
    exploration: steps.models === null ? null : (results.find(steps.models.explore) ?? null),
    unread: facts.degradations,
    isWritten: written?.isWritten === true,
    isCancelled: ending.kind === "cancelled",
    isFailed: ending.kind === "failed",
    timings,
  });
}

/** What a run that failed still can tell; null before there were candidates. */
function toPartialData(
  scope: RunScope,
  steps: GenerateScenario,
  end: ScenarioEnd,
): GenerateData | null {
  return end.results.find(steps.propose) === undefined ? null : toData(scope, steps, end);
}

/** What the log says next is built on it. */
const KEPT = { isDurable: true };

async function storeResult(store: RunStore, answer: GenerateAnswer): Promise<void> {
  const { runId } = answer.data;
  await store.writeFile(runId, "result.json", `${JSON.stringify(answer.result)}\n`, KEPT);
  if (answer.report === null) return;
  await store.writeFile(runId, REPORT_INPUT_FILE, serialiseReportInput(answer.report), KEPT);
}
