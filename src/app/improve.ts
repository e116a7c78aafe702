import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import type { RunRecord } from "../contract/run-record.ts";
import type { Clock } from "../kernel/clock.ts";
import { DisposeStack } from "../kernel/dispose.ts";
import { restoreResults, toStepResults, type Restored } from "../orchestration/checkpoints.ts";
import { openRunWriter } from "../orchestration/run-writer.ts";
import type { RunStore } from "../ports/run-store.ts";
import { detectRoot } from "./detect-root.ts";
import { createNotResumable } from "./errors.ts";
import { NOTHING_RESTORED } from "./generate/execute.ts";
import type { GenerateDeps, GenerateOptions } from "./generate/run-scope.ts";
import { readAppliedState } from "./improve/apply-changes.ts";
import { conclude } from "./improve/conclude.ts";
import { createModelNotNamed } from "./improve/errors.ts";
import { executeImprovement } from "./improve/execute.ts";
import type { ImproveAnswer, ImproveRequest } from "./improve/improve-types.ts";
import { planImprovement } from "./improve/plan-improvement.ts";
import { readImproveScenario, type ImproveScenario } from "./improve/scenario.ts";
import {
  readImproveFacts,
  readImproveRequest,
  toStartData,
  type ImproveFacts,
} from "./improve/stored-improvement.ts";
import type { ModelFlags } from "./models/model-config.ts";
import type { RunName } from "./resume.ts";

/**
 * Changes code for a goal, as the Scenario `code-improvement`: a model plans and edits in a work copy, types and tests judge. The
 * user's tree stays as it is; `applyChanges` writes what came out.
 * @throws ModelNotNamed (RGS-3101), NoModel (RGS-4002), and RunFailure once the run exists
 */
export async function improve(
  deps: GenerateDeps,
  request: ImproveRequest,
  options: GenerateOptions,
): Promise<ImproveAnswer> {
  const plan = await planImprovement(deps.clock, request);
  if (!plan.mayAskModels) throw createModelNotNamed();
  await requireModels(deps, plan.project.root, request.models, options.signal);
  await using owned = new DisposeStack();
  const store = createRunFolderStore(deps, plan.project.root);
  const writer = await openRunWriter(store.log, await store.create());
  owned.defer(() => writer.release());
  const data = toStartData(request, plan, deps.version);
  await writer.append({ name: "run-start", data }, { isDurable: true });
  const { models } = request;
  return await executeImprovement({
    ...{ deps, options, plan, store, writer, models },
    restored: NOTHING_RESTORED,
  });
}

/** In a function of its own: beside `await using` the compiler (TypeScript 6.0) leaves the file's extension as it is. */
const loadModels = (): Promise<typeof import("./models/open-models.ts")> =>
  import("./models/open-models.ts");

/** Says at once what would end the run later. @throws NoModel (RGS-4002) */
async function requireModels(
  deps: GenerateDeps,
  root: string,
  flags: ModelFlags = {},
  signal: AbortSignal,
): Promise<void> {
  const { openModels } = await loadModels();
  await using models = await openModels(deps, { cwd: root, flags }, { signal });
  models.port.models();
}

/**
 * Goes on with an improvement at the first step without a checkpoint. One that has ended is only read.
 * @throws as `resumeRun` does
 */
export async function resumeImprovement(
  deps: GenerateDeps,
  name: RunName,
  options: GenerateOptions,
): Promise<ImproveAnswer> {
  const stored = await readStored(deps.clock, name);
  const { store, runId, steps } = stored;
  const readable = await restore(stored, stored.records);
  const isDone = steps.scenario.steps.every(({ id }) => readable.results.has(id));
  if (isDone && readable.history.outcome !== null) return toAnswer(stored, readable);
  const known = readImproveRequest(runId, stored.records);
  const { models, sandbox = known.flags.sandbox } = name;
  const request: ImproveRequest = { ...known, models, flags: { ...known.flags, sandbox } };
  await using owned = new DisposeStack();
  const writer = await openRunWriter(store.log, runId);
  owned.defer(() => writer.release());
  // Read again, now that nobody else writes.
  const restored = await restore(stored, await store.readRecords(runId));
  const plan = await planImprovement(deps.clock, request, restored.usedMs);
  const data = {
    version: deps.version,
    usedMs: Math.round(restored.usedMs),
    done: [...restored.results.keys()],
    damaged: Object.fromEntries(restored.damaged),
  };
  await writer.append({ name: "run-resume", data }, { isDurable: true });
  return await executeImprovement({
    ...{ deps, options, plan, store, writer, models, restored },
  });
}

/**
 * Rebuilds the answer of an improvement from its log; executes and writes nothing.
 * @throws RunNotFound (RGS-1010), NotResumable (RGS-1022) when the run has not come to an end
 */
export async function replayImprovement(
  deps: { readonly clock: Clock },
  name: RunName,
): Promise<ImproveAnswer> {
  const stored = await readStored(deps.clock, name);
  const restored = await restore(stored, stored.records, true);
  const { outcome } = restored.history;
  const isDone = stored.steps.scenario.steps.every(({ id }) => restored.results.has(id));
  if (outcome === null || (!isDone && outcome !== "cancelled")) {
    const why = "it has not come to an end; `regoose resume` goes on with it";
    throw createNotResumable(stored.runId, why);
  }
  return toAnswer(stored, restored);
}

interface StoredImprovement {
  readonly store: RunStore;
  readonly root: string;
  readonly runId: string;
  readonly records: readonly RunRecord[];
  readonly facts: ImproveFacts;
  readonly steps: ImproveScenario;
}

async function readStored(clock: Clock, { run, cwd }: RunName): Promise<StoredImprovement> {
  const root = detectRoot(cwd);
  const store = createRunFolderStore({ clock }, root);
  const runId = await store.resolve(run);
  const records = await store.readRecords(runId);
  const facts = readImproveFacts(runId, records);
  return { store, root, runId, records, facts, steps: readImproveScenario(facts.rounds) };
}

function restore(
  { store, steps, runId }: StoredImprovement,
  records: readonly RunRecord[],
  withPartial = false,
): Promise<Restored> {
  return restoreResults(store.artifacts, steps.scenario, { runId, records }, { withPartial });
}

function toAnswer(stored: StoredImprovement, { history, results }: Restored): ImproveAnswer {
  const { facts, steps, runId, store, records, root } = stored;
  const timings = Object.fromEntries(
    [...history.checkpoints].map(([step, { durationMs }]) => [step, durationMs]),
  );
  const { goal } = readImproveRequest(runId, records);
  const read = toStepResults(results);
  const data = conclude(
    { ...facts, goal: { text: goal }, runId, isApplied: readAppliedState(records) === "applied" },
    steps,
    {
      results: read,
      timings,
      degradations: [],
      ending: { kind: history.outcome === "cancelled" ? "cancelled" : "completed" },
    },
  );
  if (data === null) throw createNotResumable(runId, "it was stopped before it had any result");
  const changes = read.find(steps.report)?.changes ?? [];
  return { data, changes, root, runFolder: store.folderOf(runId) };
}
