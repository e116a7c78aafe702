import { RealDate } from "./private-world.ts";

/** 2026-03-04T05:06:07.000Z: what a frozen clock shows; no field is equal to another. */
const FROZEN_MS = 1_772_600_767_000;

/** What the target sees of time and chance. */
export interface ClockAndChance {
  /** Starts the random sequence afresh, so that one program always sees the same numbers. */
  reset(): void;
}

/**
 * Replaces `Date`, `performance.now`, `process.hrtime` and `Math.random`.
 * `shiftMs` null: the clock stands at a fixed instant plus virtual time, so that a search is
 * reproducible. Otherwise the real clock, shifted: a recording that changes with it is not stable.
 */
export function installClockAndChance(input: {
  readonly shiftMs: number | null;
  readonly virtualNow: () => number;
  readonly seed: number;
}): ClockAndChance {
  const { shiftMs } = input;
  const now =
    shiftMs === null
      ? (): number => FROZEN_MS + input.virtualNow()
      : (): number => RealDate.now() + shiftMs;
  installDate(now);
  if (shiftMs === null) installMonotonic(input.virtualNow);
  let state = input.seed | 0;
  Math.random = () => {
    // mulberry32 (Tommy Ettinger): small, good enough to stand for Math.random.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    reset() {
      state = input.seed | 0;
    },
  };
}

function installDate(now: () => number): void {
  const shifted = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
    apply: (target) => new target(now()).toString(),
    get: (target, key, receiver) =>
      key === "now" ? now : (Reflect.get(target, key, receiver) as unknown),
  });
  Object.defineProperty(RealDate.prototype, "constructor", {
    value: shifted,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  globalThis.Date = shifted;
}

function installMonotonic(virtualNow: () => number): void {
  Object.defineProperty(performance, "now", {
    value: () => 1000 + virtualNow(),
    writable: true,
    configurable: true,
  });
  const hrtime = (since?: readonly [number, number]): [number, number] => {
    const at = 1000 + virtualNow();
    const seconds = Math.trunc(at / 1000) - (since?.[0] ?? 0);
    return [seconds, Math.trunc((at % 1000) * 1e6) - (since?.[1] ?? 0)];
  };
  process.hrtime = Object.assign(hrtime, {
    bigint: () => BigInt(Math.trunc((1000 + virtualNow()) * 1e6)),
  });
}
