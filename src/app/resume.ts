import { cp } from "node:fs/promises";
import { join } from "node:path";
import { sweepOwnedFolders } from "../adapters/owned-folder.ts";
import { sweepSandboxes } from "../adapters/sandbox/select-sandbox.ts";
import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import { openSuiteFolder } from "../adapters/workspace/suite-folder.ts";
import type { SandboxLevel } from "../contract/envelope.ts";
import type { RunRecord } from "../contract/run-record.ts";
import type { Clock } from "../kernel/clock.ts";
import { DisposeStack } from "../kernel/dispose.ts";
import { toErrno } from "../kernel/errors.ts";
import { restoreResults, toStepResults, type Restored } from "../orchestration/checkpoints.ts";
import { openRunWriter, type RunWriter } from "../orchestration/run-writer.ts";
import { listFrom, type Scenario } from "../orchestration/scenario.ts";
import type { RunStore } from "../ports/run-store.ts";
import { readSavedMs } from "../search/saved/saved-state.ts";
import { detectRoot } from "./detect-root.ts";
import { createNotOurScenario, createNotResumable } from "./errors.ts";
import { startRun } from "./generate.ts";
import { readAssignment, withFlags } from "./generate/assign-flags.ts";
import { toUnfinished } from "./generate/conclude.ts";
import { conclude, executeRun } from "./generate/execute.ts";
import { readGateMs } from "./generate/kept-runs.ts";
import { ANSWERS_FOLDER } from "./generate/model-files.ts";
import { planRun } from "./generate/plan.ts";
import type { GenerateDeps, GenerateOptions } from "./generate/run-scope.ts";
import { EXPLORE_STEP, readGenerateScenario, type GenerateScenario } from "./generate/scenario.ts";
import { isImprovement } from "./improve/stored-improvement.ts";
import {
  readBudget,
  readPlanFacts,
  readRequest,
  type PlanFacts,
} from "./generate/stored-request.ts";
import type { GenerateAnswer, GenerateFlags, GenerateRequest } from "./generate-types.ts";
import type { ModelFlags } from "./models/open-models.ts";
import { readCustomName } from "./stored-scenario.ts";
import { readKept, takeOver } from "./take-over.ts";

/** A stored run of the project around `cwd`. */
export interface RunName {
  /** Id, a unique prefix of one, or `latest`. */
  readonly run: string;
  readonly cwd: string;
  /** Which models to ask from here on; the log of a run does not say. */
  readonly models?: ModelFlags | undefined;
  /** Runs tests in a language that Regoose knows no runner for; the log does not say either. */
  readonly testCommand?: string | undefined;
  /** Level of the sandbox from here on. @defaultValue that of the run; the log may raise it and never lower it */
  readonly sandbox?: "auto" | SandboxLevel | undefined;
}

/**
 * Goes on with a run that was killed, stopped or failed, at the first step without a checkpoint; a search goes on
 * from its last save. A run that has ended well is only read, unless its models were not asked to the end (budget, patience,
 * outage) and may be asked now: those steps are done again, with every answer that there is already.
 * @throws RunNotFound (RGS-1010), NotResumable (RGS-1022), RunBusy (RGS-1014), SourcesChanged (RGS-1023), and
 * RunFailure as `generate` does
 */
export async function resumeRun(
  deps: GenerateDeps,
  name: RunName,
  options: GenerateOptions,
): Promise<GenerateAnswer> {
  // Only a run that stages the project sweeps by itself, and what is left to do may need no stage.
  await Promise.allSettled([sweepSandboxes(deps), sweepOwnedFolders()]);
  const stored = await readStored(deps.clock, name);
  const { store, runId } = stored;
  const readable = await restore(stored, stored.records);
  const { outcome } = readable.history;
  const isEnded = outcome === "succeeded" || outcome === "degraded";
  if (isEnded && !isUnfinished(stored, readable)) return await replay(stored);
  const request = readRequestOf(stored, name);
  await using owned = new DisposeStack();
  const { outFolder, mayAskModels } = await planRun(deps.clock, request);
  if (isEnded && !mayAskModels) return await replay(stored);
  // The lock of the suite comes first, as in `generate`: whoever holds it may hold the run too.
  const suite = owned.use(await openSuiteFolder(outFolder));
  const writer = await openRunWriter(store.log, runId);
  owned.defer(() => writer.release());
  if (isEnded) await forgetModelSteps(stored, writer);
  // Read again, now that nobody else writes.
  const restored = await restore(stored, await store.readRecords(runId));
  const isSearched = restored.results.has(stored.steps.propose.id);
  const folder = store.folderOf(runId);
  const searchedMs = isSearched ? 0 : await readSavedMs(folder);
  const isInGate = isSearched && !restored.results.has(stored.steps.admit.id);
  const gatedMs = isInGate ? await readGateMs(folder) : 0;
  const usedMs = restored.usedMs + searchedMs + gatedMs;
  const assignment = readAssignment(stored.records);
  const plan = withFlags(await planRun(deps.clock, request, usedMs), assignment);
  await writer.append(
    {
      name: "run-resume",
      data: {
        version: deps.version,
        usedMs: Math.round(usedMs),
        done: [...restored.results.keys()],
        damaged: Object.fromEntries(restored.damaged),
      },
    },
    { isDurable: true },
  );
  return await executeRun({
    ...{ deps, options, plan, assignment, store, writer, suite, restored, searchedMs, gatedMs },
    models: request.models,
    replaysModels: isReplay(stored.records),
  });
}

/** Whether models were stopped before they were asked everything. */
function isUnfinished({ steps }: StoredRun, { results }: Restored): boolean {
  const work =
    steps.models === null ? undefined : toStepResults(results).find(steps.models.explore);
  return work !== undefined && toUnfinished(work) !== null;
}

/** The answers stay, and so does what the search and the gate came to. */
async function forgetModelSteps({ scenario, steps }: StoredRun, writer: RunWriter): Promise<void> {
  const again = [...listFrom(scenario, steps.models?.explore.id ?? "")];
  await writer.append({ name: "run-reset", data: { steps: again } }, { isDurable: true });
}

/** What the log says, and what only whoever types may say. */
function readRequestOf(
  { runId, records }: Awaited<ReturnType<typeof readStored>>,
  { models, testCommand, sandbox }: RunName,
): GenerateRequest {
  const request = readRequest(runId, records);
  const flags = { ...request.flags, ...toGiven({ sandbox }) };
  const begunWith = readBudget(records);
  return { ...request, models: { ...models, begunWith }, flags: { ...flags, testCommand } };
}

/**
 * Rebuilds every result of a run from its log. Executes nothing and writes nothing.
 * @throws RunNotFound (RGS-1010), NotResumable (RGS-1022) when the run has not come to an end
 */
export async function replayRun(
  deps: { readonly clock: Clock },
  name: RunName,
): Promise<GenerateAnswer> {
  return replay(await readStored(deps.clock, name));
}

/** What to do again of a run, and how. */
export interface RerunChoices {
  /** First step to do again. @defaultValue the first of all; `explore` with `replaysModels` */
  readonly from: string | null;
  readonly edits: GenerateFlags;
  /** Takes every answer of a model from the recording of the old run, and asks nobody. @defaultValue false */
  readonly replaysModels?: boolean | undefined;
}

/**
 * Begins a new run from a step of an old one: results of the steps before it are taken over, settings are those of
 * the old run but for `edits`.
 * @throws RunNotFound (RGS-1010), NoSuchStep (RGS-1020), NotResumable (RGS-1022), NotRecorded (RGS-4019) where a replay comes to a
 * question that the old run did not ask, and what `generate` throws
 */
export async function rerunRun(
  deps: GenerateDeps,
  name: RunName & RerunChoices,
  options: GenerateOptions,
): Promise<GenerateAnswer> {
  const stored = await readStored(deps.clock, name);
  const { store, scenario } = stored;
  const { replaysModels = false } = name;
  const from = name.from ?? (replaysModels ? EXPLORE_STEP : scenario.steps[0]?.id) ?? "";
  const old = await restore(stored, stored.records);
  const kept = await readKept(stored, from, old);
  const before = readRequestOf(stored, name);
  const request = {
    ...before,
    flags: { ...before.flags, ...toGiven(name.edits) },
  };
  const usedMs = Math.max(0, ...kept.map(({ checkpoint }) => checkpoint.usedMs));
  const planned = await planRun(deps.clock, request, usedMs);
  await using owned = new DisposeStack();
  const suite = owned.use(await openSuiteFolder(planned.outFolder));
  const { writer, assignment, plan } = await startRun(deps, store, {
    request,
    plan: planned,
    again: {
      flags: readAssignment(stored.records),
      origin: { rerunOf: stored.runId, from, ...(replaysModels ? { replaysModels } : {}) },
    },
  });
  owned.defer(() => writer.release());
  await takeOver(store, stored.runId, writer, kept);
  if (replaysModels) await copyAnswers(store, stored.runId, writer.runId);
  const restored = await restore(
    { ...stored, runId: writer.runId },
    await store.readRecords(writer.runId),
  );
  const { models } = request;
  return await executeRun({
    ...{ deps, options, plan, assignment, store, writer, suite, restored, models, replaysModels },
  });
}

/** A run that replays another has the answers of its own, so that it can go on after a kill, and be replayed in its turn. */
async function copyAnswers(store: RunStore, from: string, to: string): Promise<void> {
  const [source, target] = [from, to].map((id) => join(store.folderOf(id), ANSWERS_FOLDER));
  await cp(source ?? "", target ?? "", { recursive: true }).catch((failure: unknown) => {
    // A run that asked nothing has none.
    if (toErrno(failure) !== "ENOENT") throw failure;
  });
}

/** Whether a run takes its answers from a recording alone. The log may come from anybody: it may keep models from being asked. */
function isReplay(records: readonly RunRecord[]): boolean {
  return records.find(({ name }) => name === "run-start")?.data["replaysModels"] === true;
}

interface StoredRun {
  readonly store: RunStore;
  readonly runId: string;
  readonly records: readonly RunRecord[];
  readonly facts: PlanFacts;
  readonly scenario: Scenario;
  readonly steps: GenerateScenario;
}

async function readStored(clock: Clock, { run, cwd }: RunName): Promise<StoredRun> {
  const store = createRunFolderStore({ clock }, detectRoot(cwd));
  const runId = await store.resolve(run);
  const records = await store.readRecords(runId);
  if (isImprovement(records)) {
    throw createNotResumable(runId, "it is one of `regoose improve`; begin a new one");
  }
  const custom = readCustomName(records);
  if (custom !== null) throw createNotOurScenario(runId, custom);
  const facts = readPlanFacts(runId, records);
  const steps = readGenerateScenario(facts.engine);
  return { store, runId, records, facts, scenario: steps.scenario, steps };
}

function restore(
  { store, scenario, runId }: Pick<StoredRun, "store" | "scenario" | "runId">,
  records: readonly RunRecord[],
  withPartial = false,
): Promise<Restored> {
  return restoreResults(store.artifacts, scenario, { runId, records }, { withPartial });
}

async function replay(stored: StoredRun): Promise<GenerateAnswer> {
  const { store, runId, facts, steps, scenario } = stored;
  const { history, results } = await restore(stored, stored.records, true);
  const timings = Object.fromEntries(
    [...history.checkpoints].map(([step, { durationMs }]) => [step, durationMs]),
  );
  const isDone = scenario.steps.every((step) => results.has(step.id));
  const isCancelled = history.outcome === "cancelled";
  if (history.outcome === null || (!isDone && !isCancelled)) {
    throw createNotResumable(runId, "it has not come to an end; `regoose resume` goes on with it");
  }
  const ending = { kind: isCancelled ? "cancelled" : "completed" } as const;
  const answer = conclude({ plan: facts, runId, folder: store.folderOf(runId) }, steps, {
    results: toStepResults(results),
    timings,
    // Those of `generate` stand in its results.
    degradations: [],
    ending,
  });
  if (answer === null) throw createNotResumable(runId, "it was stopped before it had any result");
  return answer;
}

/** Flags that were typed. */
function toGiven(flags: GenerateFlags): GenerateFlags {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}
