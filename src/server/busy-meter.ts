import type { Clock } from "../kernel/clock.ts";

/** How long the share looks back, ms. */
const WINDOW_MS = 60_000;

/** Measures which share of the places for runs was taken over the last minute. */
export interface BusyMeter {
  /** A place is taken by the run. */
  begin(id: string): void;
  /** It is free again. */
  end(id: string): void;
  /** 0 to 1; of less than a minute where the server is younger. */
  share(places: number): number;
}

interface Stay {
  readonly id: string;
  readonly fromMs: number;
  toMs: number | null;
}

export function createBusyMeter(clock: Clock): BusyMeter {
  const startMs = clock.monotonic();
  let stays: readonly Stay[] = [];
  return {
    begin(id) {
      stays = [...stays, { id, fromMs: clock.monotonic(), toMs: null }];
    },
    end(id) {
      const stay = stays.find((one) => one.id === id && one.toMs === null);
      if (stay !== undefined) stay.toMs = clock.monotonic();
    },
    share(places) {
      const nowMs = clock.monotonic();
      const sinceMs = Math.max(startMs, nowMs - WINDOW_MS);
      stays = stays.filter(({ toMs }) => toMs === null || toMs > sinceMs);
      const takenMs = stays.reduce(
        (sum, { fromMs, toMs }) => sum + (toMs ?? nowMs) - Math.max(fromMs, sinceMs),
        0,
      );
      const possibleMs = (nowMs - sinceMs) * places;
      return possibleMs <= 0 ? 0 : Math.min(1, takenMs / possibleMs);
    },
  };
}
