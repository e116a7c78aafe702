import { DisposeStack } from "../kernel/dispose.ts";
import type { Restored } from "../orchestration/checkpoints.ts";
import type { RunWriter } from "../orchestration/run-writer.ts";
import type { RunStore } from "../ports/run-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { observeOutcome } from "./generate/observe-outcome.ts";
import type { GenerateDeps, GenerateOptions } from "./generate/run-scope.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { openOutsideCalls } from "./outside-calls.ts";
import { openRunTelemetry } from "./run-telemetry.ts";

/** A run of any scenario that this process owns. */
export interface RunInProcess {
  readonly deps: GenerateDeps;
  readonly options: GenerateOptions;
  readonly store: RunStore;
  readonly writer: RunWriter;
  readonly restored: Restored;
}

/**
 * Executes a run with what every run has: telemetry of its own, a heartbeat, one span for this process, and its outcome
 * counted and logged. `describe`: counts what came of it, and gives facts for the log.
 */
export async function runInProcess<Answer extends { readonly data: { readonly outcome: string } }>(
  { deps, options, store, writer, restored }: RunInProcess,
  work: (telemetry: Telemetry) => Promise<Answer>,
  describe: (answer: Answer, telemetry: Telemetry) => Readonly<Record<string, unknown>>,
): Promise<Answer> {
  await using opened = await openRunTelemetry(
    { clock: deps.clock, onLog: options.onLog },
    { runId: writer.runId, version: deps.version, store },
  );
  const { telemetry } = opened;
  await using owned = new DisposeStack();
  owned.use(startHeartbeat(deps.clock, store.folderOf(writer.runId)));
  const attributes = {
    "process.pid": process.pid,
    "regoose.version": deps.version,
    "regoose.resumed": restored.results.size > 0,
  };
  const watched = {
    telemetry,
    clock: deps.clock,
    calls: openOutsideCalls(deps.clock),
    signal: options.signal,
  };
  return await observeOutcome(
    watched,
    () => telemetry.span("process", attributes, () => work(telemetry)),
    (answer) => describe(answer, telemetry),
  );
}
