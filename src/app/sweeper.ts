import type { Clock } from "../kernel/clock.ts";

/** Removes what dead owners left; answers one line each. */
export type Sweep = () => Promise<readonly string[]>;

const EVERY_MS = 60_000;
/** A sweep that is at it when the run ends gets so long, ms; what it leaves is there for the next. */
const PATIENCE_MS = 5_000;

/**
 * Sweeps before it answers, and each minute from then on until disposed: other processes of this user
 * may die while this one runs. Keeps no process alive, and no failure of a sweep is one of the run.
 */
export async function startSweeper(
  clock: Clock,
  sweeps: readonly Sweep[],
): Promise<AsyncDisposable> {
  const stop = new AbortController();
  const sweep = async (): Promise<void> => {
    await Promise.allSettled(sweeps.map((one) => one()));
  };
  const repeat = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(EVERY_MS, stop.signal, { isBackground: true });
      await sweep();
    }
  };
  await sweep();
  const ended = repeat().catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("the run has ended"));
      const waited = new AbortController();
      const patience = clock.sleep(PATIENCE_MS, waited.signal).catch(() => undefined);
      await Promise.race([ended, patience]);
      waited.abort(new Error("the sweep has ended"));
    },
  };
}
