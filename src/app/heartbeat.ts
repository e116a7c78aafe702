import { utimes } from "node:fs/promises";
import { join } from "node:path";

import { LOG_FILE } from "../adapters/store/run-log-files.ts";
import type { Clock } from "../kernel/clock.ts";

/** A server takes a run for silent after minutes. */
const EVERY_MS = 2_000;

/**
 * Touches the log of a run until it is disposed, as a sign that its process turns its event loop. A file system that
 * hangs or refuses costs the sign, never the run.
 */
export function startHeartbeat(clock: Clock, runFolder: string): Disposable {
  const path = join(runFolder, LOG_FILE);
  const over = new AbortController();
  const beat = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(EVERY_MS, over.signal, { isBackground: true });
      const now = new Date(clock.now());
      await utimes(path, now, now).catch(() => undefined);
    }
  };
  // Ends with the sleep that is aborted; nobody waits for a last touch.
  beat().catch(() => undefined);
  return {
    [Symbol.dispose]() {
      over.abort(new Error("the run has ended"));
    },
  };
}
