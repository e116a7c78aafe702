import type { Clock } from "../kernel/clock.ts";
import type { RunHandle } from "../ports/run-store.ts";

/** Times phases and writes each one's start and end to the run's log. */
export interface RunJournal {
  /** Milliseconds by phase, so far. */
  readonly timings: Readonly<Record<string, number>>;
  /** Runs one phase. Its end is a checkpoint; `toData` says what the log keeps of the result. */
  phase<T>(
    name: string,
    work: () => Promise<T>,
    toData?: (result: T) => Record<string, unknown>,
  ): Promise<T>;
}

export function createRunJournal(clock: Clock, run: RunHandle): RunJournal {
  const timings: Record<string, number> = {};
  return {
    timings,
    async phase(name, work, toData) {
      const startedMs = clock.monotonic();
      await run.append({ name: `${name}-start`, data: {} });
      let ending: Record<string, unknown> = { failed: true };
      try {
        const result = await work();
        ending = toData?.(result) ?? {};
        return result;
      } finally {
        const durationMs = Math.round(clock.monotonic() - startedMs);
        timings[name] = durationMs;
        await run.append(
          { name: `${name}-end`, data: { ...ending, durationMs } },
          { isCheckpoint: true },
        );
      }
    },
  };
}
