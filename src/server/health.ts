import type { DoctorCheck } from "../app/check.ts";
import type { Clock } from "../kernel/clock.ts";

/** Trying a sandbox starts processes: not for every request, ms. */
const CACHED_MS = 30_000;

/** What `/health` says. */
export interface Health {
  readonly ready: boolean;
  readonly checks: readonly DoctorCheck[];
  /** When the checks were made, ISO 8601, UTC. */
  readonly checkedAt: string;
}

/** The health of a server. */
export interface HealthChecks {
  /** Makes the checks at most once in 30 s, whoever asks and however many at a time. */
  readonly ask: () => Promise<Health>;
  /**
   * Whether the last checks found no problem, without a wait; false before the first ones. Where they found one, others
   * are made in the background, so that what is mended is seen by who asks again.
   */
  readonly isGood: () => boolean;
}

/** `inspect` makes the checks. */
export function createHealth(
  clock: Clock,
  inspect: () => Promise<readonly DoctorCheck[]>,
): HealthChecks {
  let last: { readonly atMs: number; readonly health: Promise<Health> } | null = null;
  let wasGood = false;
  const check = async (): Promise<Health> => {
    const checks = await inspect();
    const ready = checks.every(({ status }) => status !== "problem");
    wasGood = ready;
    return { ready, checks, checkedAt: new Date(clock.now()).toISOString() };
  };
  const ask = (): Promise<Health> => {
    if (last === null || clock.monotonic() - last.atMs > CACHED_MS) {
      const health = check();
      last = { atMs: clock.monotonic(), health };
      health.catch(() => {
        last = null;
      });
    }
    return last.health;
  };
  return {
    ask,
    isGood() {
      if (!wasGood) ask().catch(() => undefined);
      return wasGood;
    },
  };
}
