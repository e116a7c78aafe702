import type { ImproveData } from "../../contract/improve.ts";
import { sha256 } from "../../kernel/hash.ts";
import { DisposeStack } from "../../kernel/dispose.ts";
import type { Restored } from "../../orchestration/checkpoints.ts";
import { runScenario, type ScenarioEnd } from "../../orchestration/run-scenario.ts";
import type { RunWriter } from "../../orchestration/run-writer.ts";
import type { RunStore } from "../../ports/run-store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { createSourcesChanged, toRunFailure } from "../errors.ts";
import { readStagedFile } from "../generate/admit.ts";
import { isStopped, observeCall } from "../generate/observe-outcome.ts";
import { openStage, type Stage } from "../generate/prepare.ts";
import type { GenerateDeps, GenerateOptions } from "../generate/run-scope.ts";
import { requireModelCodeLevel } from "../model-code-level.ts";
import type { ModelFlags } from "../models/model-config.ts";
import { createOpenOnce } from "../open-once.ts";
import { openOutsideCalls } from "../outside-calls.ts";
import { runInProcess } from "../run-in-process.ts";
import { conclude } from "./conclude.ts";
import { createGoalNotReached } from "./errors.ts";
import { explainEnd } from "./explain-end.ts";
import type { ImproveScope } from "./improve-scope.ts";
import type { ImproveAnswer } from "./improve-types.ts";
import { createDeskRoom } from "./open-desk.ts";
import type { ImprovePlan } from "./plan-improvement.ts";
import { createImproveScenario, type ImproveScenario } from "./scenario.ts";
import type { Analysis } from "./step-schemas.ts";

/** An improvement that this process owns. */
export interface OwnedImprovement {
  readonly deps: GenerateDeps;
  readonly options: GenerateOptions;
  readonly plan: ImprovePlan;
  readonly store: RunStore;
  readonly writer: RunWriter;
  readonly models?: ModelFlags | undefined;
  readonly restored: Restored;
}

/**
 * Executes the steps that are not done and ends the log. The user's tree stays as it is.
 * @throws RunFailure the error that ended the run, with its id
 */
export async function executeImprovement(run: OwnedImprovement): Promise<ImproveAnswer> {
  return runInProcess(
    run,
    (telemetry) => executeSteps(run, telemetry),
    ({ data }) => ({ ended: data.ended, files: data.files.length }),
  );
}

async function executeSteps(run: OwnedImprovement, telemetry: Telemetry): Promise<ImproveAnswer> {
  const { writer, options, plan, store } = run;
  const { runId } = writer;
  try {
    await using owned = new DisposeStack();
    const scope = openScope(run, telemetry, owned);
    const steps = createImproveScenario(() => scope, plan.rounds);
    const end = await runSteps(run, steps, telemetry);
    if (end.ending.kind === "failed") throw end.ending.failure;
    const facts = { ...plan, runId, isApplied: false };
    const data = conclude(facts, steps, end);
    if (data === null) throw options.signal.reason;
    await store.writeFile(runId, "improvement.json", `${JSON.stringify(data)}\n`, {
      isDurable: true,
    });
    await writer.append({ name: "run-end", data: toEndData(data) }, { isDurable: true });
    const changes = end.results.find(steps.report)?.changes ?? [];
    return { data, changes, root: plan.project.root, runFolder: store.folderOf(runId) };
  } catch (failure) {
    const error = toRunFailure(failure, runId, null);
    const { code, message, hint } = error;
    const outcome = isStopped(options.signal) ? "cancelled" : "failed";
    // Where the disk is full, this line has no room either; the error says so.
    await writer
      .append({ name: "run-end", data: { outcome, code, message, hint } })
      .catch(() => undefined);
    throw error;
  }
}

/** Where nothing came out that holds, the log says by which error the command ends. */
function toEndData(data: ImproveData): Readonly<Record<string, unknown>> {
  const { outcome, ended, runId } = data;
  if (outcome !== "failed") return { outcome, ended };
  const { code, message, hint } = createGoalNotReached(runId, explainEnd(data));
  return { outcome, ended, code, message, hint };
}

function openScope(run: OwnedImprovement, telemetry: Telemetry, owned: DisposeStack): ImproveScope {
  const { deps, options, plan, store, writer } = run;
  const calls = openOutsideCalls(deps.clock).observed((event) => {
    observeCall(telemetry, event);
    // A log that cannot be written ends the run at its next checkpoint.
    writer.append(event).catch(() => undefined);
  });
  const { runId } = writer;
  const shared = { deps, telemetry, options, plan, calls, store, runId };
  const folder = store.folderOf(runId);
  const room = owned.use(createDeskRoom({ ...shared, folder }, run.models ?? {}));
  const openOnce = createOpenOnce(owned, () =>
    openStage(
      { ...deps, calls, telemetry },
      { ...plan, sandbox: plan.settings.sandbox, workers: plan.settings.workers },
    ),
  );
  return {
    ...shared,
    folder,
    openDesk: () => room.openDesk(),
    async openStage(known, signal) {
      const stage = await openOnce(signal);
      // Asked each time: an earlier process may have had a stronger sandbox.
      requireModelCodeLevel(stage.probe.level, plan.settings, "changes that a model makes");
      if (known !== null) await rejectOtherSources(known, stage, runId);
      return stage;
    },
  };
}

async function rejectOtherSources(known: Analysis, stage: Stage, runId: string): Promise<void> {
  const changed: string[] = [];
  for (const [path, hash] of Object.entries(known.hashes)) {
    const text = await readStagedFile(stage.staged.folder, path);
    if (text === null || sha256(text) !== hash) changed.push(path);
  }
  if (changed.length > 0) throw createSourcesChanged(runId, changed);
}

function runSteps(
  run: OwnedImprovement,
  { scenario }: ImproveScenario,
  telemetry: Telemetry,
): Promise<ScenarioEnd> {
  const { deps, options, plan, store, writer, restored } = run;
  const startedMs = deps.clock.monotonic();
  return runScenario(
    { clock: deps.clock, artifacts: store.artifacts, random: Math.random, telemetry },
    scenario,
    {
      writer,
      restored,
      deadline: plan.deadline,
      usedMs: () => restored.usedMs + deps.clock.monotonic() - startedMs,
      signal: options.signal,
    },
  );
}
