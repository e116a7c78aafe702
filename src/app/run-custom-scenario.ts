import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import type { RunOutcome } from "../contract/envelope.ts";
import type { RunRecord } from "../contract/run-record.ts";
import { createDeadline, type Clock } from "../kernel/clock.ts";
import { DisposeStack } from "../kernel/dispose.ts";
import { toMessage } from "../kernel/errors.ts";
import { restoreResults, toStepResults, type Restored } from "../orchestration/checkpoints.ts";
import {
  runScenario,
  type ScenarioEnd,
  type ScenarioRun,
  type StepEvent,
} from "../orchestration/run-scenario.ts";
import { openRunWriter, type RunWriter } from "../orchestration/run-writer.ts";
import type { Scenario, StepResults } from "../orchestration/scenario.ts";
import type { RunStore } from "../ports/run-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { createNotResumable } from "./errors.ts";
import { observeOutcome } from "./generate/observe-outcome.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { openOutsideCalls } from "./outside-calls.ts";
import { openRunTelemetry } from "./run-telemetry.ts";
import { toStoredSteps } from "./stored-scenario.ts";
import { readKept, takeOver, type KeptResult } from "./take-over.ts";

/** How a Scenario of the caller's is run. */
export interface CustomRunOptions {
  /** Absolute folder under whose `.regoose/runs/` the run is kept. */
  readonly root: string;
  /** A run to go on with; null begins a new one. */
  readonly resume: string | null;
  /**
   * With `resume: null`: a run whose results before the step `from` the new run takes over; null for its first step.
   * @defaultValue none
   */
  readonly rerun?: { readonly run: string; readonly from: string | null };
  /** Limit of the whole run, ms; time whose work is kept counts. @defaultValue no limit */
  readonly maxTimeMs?: number;
  /** Steps side by side. @defaultValue 4 */
  readonly concurrency?: number;
  readonly signal: AbortSignal;
  readonly onStep?: (event: StepEvent) => void;
}

/** How it ended. Results are there for every step that is done. */
export interface CustomRunAnswer {
  readonly runId: string;
  /** `degraded` where it did all steps and an Action said that its result lacks something. */
  readonly outcome: RunOutcome;
  /** What Actions said that their results lack, in the order of the steps. */
  readonly degradations: readonly string[];
  readonly results: StepResults;
  /** What a step threw, else null; of a run that is read, an error with the message of that one. */
  readonly failure: unknown;
}

/**
 * Runs a Scenario of the caller's own on a checkpointed log, as `generate` runs its. `regoose runs`, `regoose why` and
 * `resetRun` work on such a run; only this function goes on with it, since only its caller has the code of the steps.
 * @throws RunFolderUnwritable (RGS-7010), RunNotFound (RGS-1010), RunBusy (RGS-1014), NoSuchStep (RGS-1020), NotResumable
 * (RGS-1022) when the run is of another Scenario
 */
export async function runCustomScenario(
  deps: { readonly clock: Clock },
  scenario: Scenario,
  options: CustomRunOptions,
): Promise<CustomRunAnswer> {
  const store = createRunFolderStore(deps, options.root);
  const { writer, restored } = await (options.resume === null
    ? begin(store, scenario, options.rerun ?? null)
    : goOn(store, scenario, options.resume));
  try {
    const answer = await runObserved(deps.clock, store, scenario, { ...options, writer, restored });
    const { outcome, degradations, failure } = answer;
    const said = outcome === "failed" ? { message: toMessage(failure) } : {};
    const data = { outcome, ...said, ...(degradations.length === 0 ? {} : { degradations }) };
    await writer.append({ name: "run-end", data }, { isDurable: true });
    return answer;
  } finally {
    await writer.release();
  }
}

/**
 * Rebuilds the results of a run of a Scenario of the caller's own from its log. Executes nothing and writes nothing.
 * @throws RunNotFound (RGS-1010), NotResumable (RGS-1022) when the run is of another Scenario or has not come to an end
 */
export async function replayCustomScenario(
  deps: { readonly clock: Clock },
  scenario: Scenario,
  options: { readonly root: string; readonly run: string },
): Promise<CustomRunAnswer> {
  const store = createRunFolderStore(deps, options.root);
  const runId = await store.resolve(options.run);
  const records = await readOwn(store, scenario, runId);
  const read = { withPartial: true };
  const restored = await restoreResults(store.artifacts, scenario, { runId, records }, read);
  const { history, results } = restored;
  const outcome = OUTCOMES.find((one) => one === history.outcome);
  const isDone = scenario.steps.every(({ id }) => results.has(id));
  if (outcome === undefined || (!isDone && (outcome === "succeeded" || outcome === "degraded"))) {
    throw createNotResumable(runId, "it has not come to an end, or a result of it is damaged");
  }
  const end = records.findLast(({ name }) => name === "run-end");
  const failure = outcome === "failed" ? new Error(String(end?.data["message"])) : null;
  const degradations = scenario.steps.flatMap(
    ({ id }) => history.checkpoints.get(id)?.degradations ?? [],
  );
  return { runId, outcome, degradations, results: toStepResults(results), failure };
}

const OUTCOMES: readonly RunOutcome[] = ["succeeded", "degraded", "failed", "cancelled"];

interface OwnRun {
  readonly writer: RunWriter;
  readonly restored: Restored;
}

async function begin(
  store: RunStore,
  scenario: Scenario,
  rerun: CustomRunOptions["rerun"] | null,
): Promise<OwnRun> {
  const old = rerun == null ? null : await readOrigin(store, scenario, rerun);
  const runId = await store.create({ spare: old === null ? [] : [old.origin.rerunOf] });
  return await owning(store, scenario, runId, async (writer) => {
    const data = {
      scenario: scenario.name,
      target: scenario.title,
      steps: toStoredSteps(scenario),
      ...old?.origin,
    };
    await writer.append({ name: "run-start", data }, { isDurable: true });
    if (old !== null) await takeOver(store, old.origin.rerunOf, writer, old.kept);
  });
}

/** Results that are taken over are read before the new run begins, which may make room by removing old ones. */
async function readOrigin(
  store: RunStore,
  scenario: Scenario,
  { run, from }: NonNullable<CustomRunOptions["rerun"]>,
): Promise<{
  readonly origin: { readonly rerunOf: string; readonly from: string };
  readonly kept: readonly KeptResult[];
}> {
  const runId = await store.resolve(run);
  const records = await readOwn(store, scenario, runId);
  const first = from ?? scenario.steps[0]?.id ?? "";
  const restored = await restoreResults(store.artifacts, scenario, { runId, records });
  const kept = await readKept({ store, runId, scenario }, first, restored);
  return { origin: { rerunOf: runId, from: first }, kept };
}

async function goOn(store: RunStore, scenario: Scenario, resume: string): Promise<OwnRun> {
  const runId = await store.resolve(resume);
  await readOwn(store, scenario, runId);
  return await owning(store, scenario, runId, async (writer, { results, damaged }) => {
    const data = { done: [...results.keys()], damaged: Object.fromEntries(damaged) };
    await writer.append({ name: "run-resume", data }, { isDurable: true });
  });
}

/** Claims a run and writes down what begins. What is done is read when nobody else writes. */
async function owning(
  store: RunStore,
  scenario: Scenario,
  runId: string,
  announce: (writer: RunWriter, found: Restored) => Promise<void>,
): Promise<OwnRun> {
  const writer = await openRunWriter(store.log, runId);
  const restore = async (): Promise<Restored> =>
    restoreResults(store.artifacts, scenario, { runId, records: await store.readRecords(runId) });
  try {
    await announce(writer, await restore());
    return { writer, restored: await restore() };
  } catch (failure) {
    await writer.release();
    throw failure;
  }
}

/** @throws NotResumable (RGS-1022) when the run is of another Scenario */
async function readOwn(
  store: RunStore,
  scenario: Scenario,
  runId: string,
): Promise<readonly RunRecord[]> {
  const records = await store.readRecords(runId);
  const start = records.find(({ name }) => name === "run-start");
  if (start?.data["scenario"] === scenario.name) return records;
  throw createNotResumable(runId, `it is no run of the Scenario "${scenario.name}"`);
}

type RunParts = CustomRunOptions & Pick<ScenarioRun, "writer" | "restored">;

/** With the telemetry, the sign of life and the count that every run has. */
async function runObserved(
  clock: Clock,
  store: RunStore,
  scenario: Scenario,
  run: RunParts,
): Promise<CustomRunAnswer> {
  const { runId } = run.writer;
  await using opened = await openRunTelemetry({ clock }, { runId, store });
  await using owned = new DisposeStack();
  owned.use(startHeartbeat(clock, store.folderOf(runId)));
  const { telemetry } = opened;
  const watched = { telemetry, clock, calls: openOutsideCalls(clock), signal: run.signal };
  const attributes = { "process.pid": process.pid, "regoose.scenario": scenario.name };
  const { data } = await observeOutcome(
    watched,
    async () => {
      const end = await telemetry.span("process", attributes, () =>
        runSteps({ clock, store, telemetry }, scenario, run),
      );
      return { data: { runId, ...toAnswer(end) } };
    },
    () => ({ scenario: scenario.name }),
  );
  return data;
}

function runSteps(
  deps: { readonly clock: Clock; readonly store: RunStore; readonly telemetry: Telemetry },
  scenario: Scenario,
  run: RunParts,
): Promise<ScenarioEnd> {
  const { clock, store, telemetry } = deps;
  const { usedMs } = run.restored;
  const startedMs = clock.monotonic();
  return runScenario(
    { clock, artifacts: store.artifacts, random: Math.random, telemetry },
    scenario,
    {
      ...run,
      deadline: createDeadline(clock, (run.maxTimeMs ?? Infinity) - usedMs),
      usedMs: () => usedMs + clock.monotonic() - startedMs,
    },
  );
}

function toAnswer({ ending, results, degradations }: ScenarioEnd): Omit<CustomRunAnswer, "runId"> {
  const failure = ending.kind === "failed" ? ending.failure : null;
  return { outcome: toOutcome(ending.kind, degradations), degradations, results, failure };
}

function toOutcome(
  ending: ScenarioEnd["ending"]["kind"],
  degradations: readonly string[],
): RunOutcome {
  if (ending !== "completed") return ending;
  return degradations.length === 0 ? "succeeded" : "degraded";
}
