import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";

/**
 * Why the level `namespace` cannot be tested here, or null. In CI nothing may be skipped, so that the
 * tests run, and fail, where bubblewrap does not work.
 */
export async function findReasonToSkip(): Promise<string | null> {
  if (process.env["CI"] !== undefined && process.env["CI"] !== "" && process.env["CI"] !== "false")
    return null;
  const probe = await createBubblewrapBackend({ clock: createSystemClock() }).probe();
  return probe.isAvailable ? null : `bubblewrap does not work here: ${probe.problem ?? "?"}`;
}
