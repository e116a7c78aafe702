import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { LOG_VARIABLE, SNAPSHOT_VARIABLE } from "../../config/environment.ts";
import { toSnapshotText } from "../../config/reload/snapshot-file.ts";
import type { LiveConfig } from "./live-config.ts";

/** A configuration that one run goes by to its end. */
export interface HandedConfig extends AsyncDisposable {
  /** Variables for the process of the run. */
  readonly environment: Readonly<Record<string, string>>;
  /** Levels of the run's log when it begins. */
  readonly logLevels: string;
}

/** Hands each run the configuration that counts when it begins. */
export type HandOver = (jobId: string, project: string) => Promise<HandedConfig>;

/** Snapshots lie in `folder`, one a run, until the run is over; what an earlier server left there is removed. */
export async function openHandOver(config: LiveConfig, folder: string): Promise<HandOver> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return async (jobId, project) => {
    const { user, own } = await config.filesFor(project);
    const logLevels = config.runLog();
    const path = join(folder, `${jobId}.json`);
    // Under no root: then the run reads the project's file itself, and says what is wrong with it.
    const snapshot = { root: own === null ? "" : project, user, project: own?.project ?? null };
    await writeFile(path, toSnapshotText(snapshot), { mode: 0o600 });
    return {
      environment: { [SNAPSHOT_VARIABLE]: path, [LOG_VARIABLE]: logLevels },
      logLevels,
      // What stays is removed by the next server.
      [Symbol.asyncDispose]: () => rm(path, { force: true }).catch(() => undefined),
    };
  };
}
