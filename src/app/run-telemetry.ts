import { readEnvironment, readSecretValues } from "../config/environment.ts";
import type { Clock } from "../kernel/clock.ts";
import { NO_TELEMETRY, type Telemetry } from "../ports/telemetry.ts";
import type { RunStore } from "../ports/run-store.ts";

/** Telemetry of one command; disposing writes what is left. */
export interface RunTelemetry extends AsyncDisposable {
  readonly telemetry: Telemetry;
}

const NOTHING: RunTelemetry = {
  telemetry: NO_TELEMETRY,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/**
 * Opens what the environment asks for. Without a `store` the run is not kept, and there is something to do only
 * where a collector or stderr is to be told.
 */
export async function openRunTelemetry(
  deps: { readonly clock: Clock; readonly onLog?: ((text: string) => void) | undefined },
  run: { readonly runId: string; readonly version?: string; readonly store: RunStore | null },
): Promise<RunTelemetry> {
  const { isOff, ...settings } = readEnvironment().telemetry;
  const { runId, store } = run;
  const hasReader = store !== null || settings.toStderr || settings.otlpEndpoint !== null;
  if (isOff || !hasReader) return NOTHING;
  // Loaded here only: a command that runs nothing pays nothing.
  const { openTelemetry } = await import("../telemetry/open-telemetry.ts");
  const telemetry = await openTelemetry(
    {
      clock: deps.clock,
      writeStderr: deps.onLog ?? (() => undefined),
      keepFile: store === null ? null : (name, content) => store.writeFile(runId, name, content),
    },
    {
      ...settings,
      runId,
      version: run.version ?? "",
      folder: store?.folderOf(runId) ?? null,
      secrets: readSecretValues(),
    },
  );
  return { telemetry, [Symbol.asyncDispose]: () => telemetry[Symbol.asyncDispose]() };
}
