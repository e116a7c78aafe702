import type { Clock } from "./clock.ts";

/** How often a child may be started again before it is given up. */
export interface RestartLimits {
  /** Restarts that are borne within `withinMs`; one more gives the child up. */
  readonly restarts: number;
  readonly withinMs: number;
  /** Restarts that are borne in all, for whatever reason. */
  readonly total: number;
}

/** Five in a minute: what fails more often than that fails because of something that a restart leaves as it is. */
export const RESTART_LIMITS: RestartLimits = { restarts: 5, withinMs: 60_000, total: 25 };

/** How one life of a child ended. */
export type ChildEnd<T> =
  | { readonly kind: "done"; readonly value: T }
  | {
      readonly kind: "lost";
      readonly reason: string;
      /** True where the next life cannot end of the same cause: it counts in all, not within the minute. */
      readonly isCauseRemoved: boolean;
    };

/** What became of a child. */
export type Supervised<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "degraded"; readonly reason: string };

/**
 * Runs a child, again after each loss, until it is done or more restarts would be needed than are borne. Each
 * child is supervised by itself, whatever becomes of its siblings: `one_for_one`, with intensity and
 * period, of Erlang/OTP's supervisors (Design Principles, "Supervisor Behaviour"). `start` is told how often it
 * was called before; what it throws ends the supervision.
 */
export async function supervise<T>(
  deps: { readonly clock: Pick<Clock, "monotonic"> },
  start: (restarts: number) => Promise<ChildEnd<T>>,
  limits: RestartLimits = RESTART_LIMITS,
): Promise<Supervised<T>> {
  let recent: readonly number[] = [];
  for (let restarts = 0; ; restarts += 1) {
    const end = await start(restarts);
    if (end.kind === "done") return end;
    if (restarts >= limits.total) {
      return giveUp(`${String(limits.total)} restarts were not enough`, end.reason);
    }
    if (end.isCauseRemoved) continue;
    const now = deps.clock.monotonic();
    recent = [...recent.filter((atMs) => now - atMs < limits.withinMs), now];
    if (recent.length > limits.restarts) {
      const seconds = String(limits.withinMs / 1_000);
      return giveUp(`it ended ${String(recent.length)} times within ${seconds} s`, end.reason);
    }
  }
}

function giveUp(why: string, last: string): { readonly kind: "degraded"; readonly reason: string } {
  return { kind: "degraded", reason: `${why}, the last time because ${last}` };
}
