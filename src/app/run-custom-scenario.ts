import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import type { RunOutcome } from "../contract/envelope.ts";
import { createDeadline, type Clock } from "../kernel/clock.ts";
import { restoreResults } from "../orchestration/checkpoints.ts";
import {
  runScenario,
  type ScenarioEnd,
  type ScenarioRun,
  type StepEvent,
} from "../orchestration/run-scenario.ts";
import { openRunWriter } from "../orchestration/run-writer.ts";
import type { Scenario, StepResults } from "../orchestration/scenario.ts";
import type { RunStore } from "../ports/run-store.ts";
import { createNotResumable } from "./errors.ts";
import { openRunTelemetry } from "./run-telemetry.ts";

/** How a Scenario of the caller's is run. */
export interface CustomRunOptions {
  /** Absolute folder under whose `.regoose/runs/` the run is kept. */
  readonly root: string;
  /** A run to go on with; null begins a new one. */
  readonly resume: string | null;
  /** Limit of the whole run, ms; time whose work is kept counts. @defaultValue no limit */
  readonly maxTimeMs?: number;
  /** Steps side by side. @defaultValue 4 */
  readonly concurrency?: number;
  readonly signal: AbortSignal;
  readonly onStep?: (event: StepEvent) => void;
}

/** How it ended. `failure` is what a step threw; results are there for every step that is done. */
export interface CustomRunAnswer {
  readonly runId: string;
  readonly outcome: Exclude<RunOutcome, "degraded">;
  readonly results: StepResults;
  readonly failure: unknown;
}

/**
 * Runs a Scenario of the caller's own on a checkpointed log, as `generate` runs its.
 * @throws RunFolderUnwritable (RGS-7010), RunNotFound (RGS-1010), RunBusy (RGS-1014), NotResumable (RGS-1022) when the
 * run is of another Scenario
 */
export async function runCustomScenario(
  deps: { readonly clock: Clock },
  scenario: Scenario,
  options: CustomRunOptions,
): Promise<CustomRunAnswer> {
  const { clock } = deps;
  const store = createRunFolderStore(deps, options.root);
  const { resume } = options;
  const runId = resume === null ? await store.create() : await store.resolve(resume);
  const writer = await openRunWriter(store.log, runId);
  try {
    const records = await store.readRecords(runId);
    const start = records.find(({ name }) => name === "run-start");
    if (resume !== null && start?.data["scenario"] !== scenario.name) {
      throw createNotResumable(runId, `it is no run of the Scenario "${scenario.name}"`);
    }
    const restored = await restoreResults(store.artifacts, scenario, { runId, records });
    await writer.append(
      resume === null
        ? { name: "run-start", data: { scenario: scenario.name, target: scenario.title } }
        : { name: "run-resume", data: { done: [...restored.results.keys()] } },
      { isDurable: true },
    );
    const end = await runTraced({ clock, store }, scenario, { ...options, writer, restored });
    const outcome = OUTCOMES[end.ending.kind];
    await writer.append({ name: "run-end", data: { outcome } }, { isDurable: true });
    const failure = end.ending.kind === "failed" ? end.ending.failure : null;
    return { runId, outcome, results: end.results, failure };
  } finally {
    await writer.release();
  }
}

async function runTraced(
  { clock, store }: { readonly clock: Clock; readonly store: RunStore },
  scenario: Scenario,
  run: CustomRunOptions & Pick<ScenarioRun, "writer" | "restored">,
): Promise<ScenarioEnd> {
  const { writer, restored } = run;
  const startedMs = clock.monotonic();
  await using opened = await openRunTelemetry({ clock }, { runId: writer.runId, store });
  const { telemetry } = opened;
  const attributes = { "process.pid": process.pid, "regoose.scenario": scenario.name };
  return await telemetry.span("process", attributes, () =>
    runScenario({ clock, artifacts: store.artifacts, random: Math.random, telemetry }, scenario, {
      ...run,
      deadline: createDeadline(clock, (run.maxTimeMs ?? Infinity) - restored.usedMs),
      usedMs: () => restored.usedMs + clock.monotonic() - startedMs,
    }),
  );
}

const OUTCOMES = { completed: "succeeded", cancelled: "cancelled", failed: "failed" } as const;
