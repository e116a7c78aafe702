import { createRandom } from "../kernel/random.ts";
import type { RunConditions } from "./session.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The two ends of the world's clocks: UTC+14, and UTC−3:30 with daylight saving. */
const TIME_ZONES = ["Pacific/Kiritimati", "America/St_Johns"] as const;

/** Another date and hour, later and earlier; the third run of a cycle keeps today's. */
const CLOCK_SHIFTS_MS = [137 * DAY_MS + 7 * HOUR_MS, -(61 * DAY_MS + 10 * HOUR_MS), 0] as const;

/**
 * The circumstances of the re-runs: each in another order, in two more time zones by turns, and on
 * another date and hour, every other one as another user. Six runs see every pair of zone and shift.
 */
export function planReruns(seed: number, count: number): readonly RunConditions[] {
  const random = createRandom(seed).fork("gate-reruns");
  return Array.from({ length: count }, (_, index) => ({
    shuffleSeed: random.int(0x7fff_ffff),
    timeZone: TIME_ZONES[index % TIME_ZONES.length] ?? "UTC",
    // As another user of another machine, in every other run.
    identity: index % 2 === 0 ? "second" : "first",
    clockShiftMs: CLOCK_SHIFTS_MS[index % CLOCK_SHIFTS_MS.length] ?? 0,
  }));
}
