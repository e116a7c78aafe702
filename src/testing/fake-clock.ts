import type { Clock } from "../kernel/clock.ts";

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Lets time pass and wakes every sleeper whose time has come, in order of their times. */
  advance(durationMs: number): void;
}

/** Starts at 2026-01-15T12:00:00Z unless told otherwise; the monotonic scale starts at 0. */
export function createFakeClock(startMs: number = Date.UTC(2026, 0, 15, 12)): FakeClock {
  let elapsedMs = 0;
  let sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const sleeper = { atMs: elapsedMs + durationMs, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener(
          "abort",
          () => {
            sleepers = sleepers.filter((other) => other !== sleeper);
            reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
          },
          { once: true },
        );
      }),
    advance(durationMs) {
      elapsedMs += durationMs;
      const due = sleepers.filter((sleeper) => sleeper.atMs <= elapsedMs);
      sleepers = sleepers.filter((sleeper) => sleeper.atMs > elapsedMs);
      for (const sleeper of due.sort((a, b) => a.atMs - b.atMs)) sleeper.wake();
    },
  };
}
