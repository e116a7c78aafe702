import { lookup } from "node:dns";
import type { NameLookup } from "../adapters/network/name-lookup.ts";
import {
  readEnvironment,
  readSecretValues,
  type CollectorEnvironment,
} from "../config/environment.ts";
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
  const hasReader = store !== null || settings.toStderr || settings.collector !== null;
  if (isOff || !hasReader) return NOTHING;
  // Loaded here only: a command that runs nothing pays nothing.
  const { openTelemetry } = await import("../telemetry/open-telemetry.ts");
  const { followLogLevels } = await import("./log-levels.ts");
  const names = await openLookup(deps.clock, settings.collector);
  const telemetry = await openTelemetry(
    {
      clock: deps.clock,
      writeStderr: deps.onLog ?? (() => undefined),
      keepFile: store === null ? null : (name, content) => store.writeFile(runId, name, content),
      lookup: names.lookup,
    },
    {
      ...settings,
      runId,
      version: run.version ?? "",
      folder: store?.folderOf(runId) ?? null,
      secrets: readSecretValues(),
    },
  );
  const log = telemetry.logger("telemetry");
  const setLevels = (text: string): readonly string[] => telemetry.setLevels(text);
  const levels =
    store === null
      ? null
      : followLogLevels({ clock: deps.clock, setLevels, log }, store.folderOf(runId));
  return {
    telemetry,
    async [Symbol.asyncDispose]() {
      levels?.[Symbol.dispose]();
      await telemetry[Symbol.asyncDispose]();
      names[Symbol.dispose]();
    },
  };
}

/** Without a collector nothing is looked up. */
async function openLookup(
  clock: Clock,
  collector: CollectorEnvironment | null,
): Promise<NameLookup> {
  if (collector === null) return { lookup, [Symbol.dispose]: () => undefined };
  const { createNameLookup } = await import("../adapters/network/name-lookup.ts");
  return createNameLookup({ clock });
}
