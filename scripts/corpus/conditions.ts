/** Circumstances under which a candidate is run; see `conditions-preload.ts`. */
export interface Conditions {
  readonly name: string;
  /** Only the candidate, its whole file, or its whole file with the tests in reverse order. */
  readonly tests: "alone" | "file" | "reversed";
  readonly timeZone: string;
  readonly clockShiftMs: number;
  /**
   * - `real`: as the machine has it.
   * - `slow`: a machine on which 7 ms pass between two looks at the clock.
   * - `virtual`: time passes in timers only, and exactly as long as they say.
   */
  readonly clock: "real" | "slow" | "virtual";
  /** The number that `Math.random` always answers, the seed of a sequence, or the real thing. */
  readonly random: { readonly always: number } | { readonly seed: number } | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const PLAIN: Conditions = {
  name: "alone",
  tests: "alone",
  timeZone: "UTC",
  clockShiftMs: 0,
  clock: "real",
  random: null,
};

/** What a sound test does not mind, and each flaky one of the corpus minds at some point. */
export const ALL_CONDITIONS: readonly Conditions[] = [
  PLAIN,
  { ...PLAIN, name: "whole file", tests: "file" },
  { ...PLAIN, name: "file in reverse order", tests: "reversed" },
  {
    ...PLAIN,
    name: "UTC+14, 137 days on",
    timeZone: "Pacific/Kiritimati",
    clockShiftMs: 137 * DAY_MS + 7 * HOUR_MS,
  },
  {
    ...PLAIN,
    name: "UTC-3:30, 61 days back",
    timeZone: "America/St_Johns",
    clockShiftMs: -(61 * DAY_MS + 10 * HOUR_MS),
  },
  { ...PLAIN, name: "half a day on", clockShiftMs: 12 * HOUR_MS },
  { ...PLAIN, name: "slow clock", clock: "slow" },
  { ...PLAIN, name: "virtual clock", clock: "virtual" },
  { ...PLAIN, name: "lowest random numbers", random: { always: 0 } },
  { ...PLAIN, name: "highest random numbers", random: { always: 0.999 } },
  ...[1, 2, 3, 4].map((seed) => ({ ...PLAIN, name: `random seed ${seed}`, random: { seed } })),
];
