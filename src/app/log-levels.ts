import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";

import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import { LOG_LEVELS_FILE } from "../contract/run-folder.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../ports/telemetry.ts";
import { detectRoot } from "./detect-root.ts";

/** How soon a change is seen, at the latest, ms. */
const LOOK_EVERY_MS = 1_000;
/** A list of all components with their levels is a third of it, bytes. */
const MOST_BYTES = 1_000;

/** What follows a change of levels. */
export interface LevelsTarget {
  /** @returns sentences on parts that are not understood */
  readonly setLevels: (text: string) => readonly string[];
  readonly log: Logger;
}

/**
 * Follows the file in a run's folder by which others change the levels of its log while it goes on, until it is
 * disposed. A file that is not there, or that is none, changes nothing.
 */
export function followLogLevels(
  { clock, setLevels, log }: LevelsTarget & { readonly clock: Clock },
  runFolder: string,
): Disposable {
  const path = join(runFolder, LOG_LEVELS_FILE);
  const over = new AbortController();
  let last: string | null = null;
  const look = async (): Promise<void> => {
    const text = await readSmall(path);
    if (text === null || text === last || over.signal.aborted) return;
    last = text;
    const problems = setLevels(text);
    for (const problem of problems) log.warn(problem);
    log.info("the levels of the log are other ones now", { levels: text });
  };
  const work = async (): Promise<void> => {
    for (;;) {
      await look();
      await clock.sleep(LOOK_EVERY_MS, over.signal, { isBackground: true });
    }
  };
  // Ends with the sleep that is aborted.
  work().catch(() => undefined);
  return {
    [Symbol.dispose]() {
      over.abort(new Error("the run has ended"));
    },
  };
}

async function readSmall(path: string): Promise<string | null> {
  try {
    const stats = await lstat(path);
    return stats.isFile() && stats.size <= MOST_BYTES
      ? (await readFile(path, "utf8")).trim()
      : null;
  } catch {
    return null;
  }
}

/** What `regoose runs log-level` did. */
export type LevelsAnswer =
  | { readonly kind: "set"; readonly runId: string; readonly isRunning: boolean }
  /** Nothing was changed. */
  | { readonly kind: "not-understood"; readonly problems: readonly string[] };

/**
 * Changes the levels of a run's log, within a second where it goes on, else for when it is resumed.
 * @throws RunNotFound (RGS-1010)
 */
export async function setLogLevels(
  deps: { readonly clock: Clock },
  input: { readonly cwd: string; readonly run: string; readonly levels: string },
): Promise<LevelsAnswer> {
  const { parseLogLevels } = await import("../telemetry/logs/levels.ts");
  const { problems } = parseLogLevels(input.levels, "LEVELS");
  if (problems.length > 0) return { kind: "not-understood", problems };
  const store = createRunFolderStore(deps, detectRoot(input.cwd));
  const runId = await store.resolve(input.run);
  await store.writeFile(runId, LOG_LEVELS_FILE, `${input.levels}\n`);
  return { kind: "set", runId, isRunning: await store.log.isOwned(runId) };
}
