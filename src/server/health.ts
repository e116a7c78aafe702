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

/** Makes the checks at most once in 30 s, whoever asks and however many at a time. */
export function createHealth(
  clock: Clock,
  inspect: () => Promise<readonly DoctorCheck[]>,
): () => Promise<Health> {
  let last: { readonly atMs: number; readonly health: Promise<Health> } | null = null;
  const check = async (): Promise<Health> => {
    const checks = await inspect();
    const ready = checks.every(({ status }) => status !== "problem");
    return { ready, checks, checkedAt: new Date(clock.now()).toISOString() };
  };
  return () => {
    if (last === null || clock.monotonic() - last.atMs > CACHED_MS) {
      const health = check();
      last = { atMs: clock.monotonic(), health };
      health.catch(() => {
        last = null;
      });
    }
    return last.health;
  };
}
