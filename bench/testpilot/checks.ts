import { join } from "node:path";

import { verify, type Generated } from "./generate.ts";
import { runSuite } from "./suite-run.ts";

/** How a written suite held up when it was run again and again. */
export interface RunsCheck {
  readonly runs: number;
  readonly green: number;
  /** One line for each run that was not green. */
  readonly failures: readonly string[];
  /** Exit code of `regoose verify` on a fresh copy. */
  readonly verifyExitCode: number | null;
}

const RUNS = 20;
const TIME_ZONES = ["UTC", "Asia/Kolkata", "America/Los_Angeles"] as const;
const DAY_MS = 86_400_000;
/** Today, and a winter-or-summer away at another hour. */
const CLOCK_SHIFTS_MS = [0, 181 * DAY_MS + 7.5 * 3_600_000] as const;

/** Runs the suite 20 times over three time zones and two dates, in random order, then verifies a copy. */
export async function checkRuns(
  cli: string,
  generated: Generated,
  workFolder: string,
): Promise<RunsCheck> {
  const failures: string[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const timeZone = TIME_ZONES[run % TIME_ZONES.length] ?? "UTC";
    const clockShiftMs = CLOCK_SHIFTS_MS[run % CLOCK_SHIFTS_MS.length] ?? 0;
    const options = { timeZone, clockShiftMs, shuffleSeed: run + 1 };
    const { problem, failed, passed } = await runSuite(generated.suite, options);
    const isGreen = problem === null && failed.length === 0 && passed > 0;
    if (isGreen) continue;
    const what = problem ?? failed.slice(0, 3).join("; ");
    failures.push(`run ${String(run + 1)} (${timeZone}, +${String(clockShiftMs)} ms): ${what}`);
  }
  const verifyExitCode = await verify(cli, generated, join(workFolder, "verify"));
  return { runs: RUNS, green: RUNS - failures.length, failures, verifyExitCode };
}
