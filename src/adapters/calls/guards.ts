import type { BulkheadPolicy, CircuitBreakerPolicy, IBreaker } from "cockatiel";
import type { Clock } from "../../kernel/clock.ts";
import type { BreakerState, CallSnapshot } from "../../ports/outside-calls.ts";
import type { CallSettings } from "./call-settings.ts";
import { isBreaking } from "./retry-delay.ts";

/** What all calls of one kind share. */
export interface Guards {
  readonly cockatiel: typeof import("cockatiel");
  readonly breaker: CircuitBreakerPolicy;
  readonly bulkhead: BulkheadPolicy;
  /** How long an open breaker stays so, ms. */
  openForMs(): number;
}

/** Loads the library, which a command that makes no call never does. */
export async function createGuards(
  clock: Clock,
  { breaker: wanted, bulkhead }: CallSettings,
): Promise<Guards> {
  const cockatiel = await import("cockatiel");
  let openUntilMs = 0;
  const breaker = cockatiel.circuitBreaker(cockatiel.handleWhen(isBreaking), {
    breaker: orInARow(
      new cockatiel.SamplingBreaker({
        threshold: wanted.share,
        duration: wanted.windowMs,
        minimumRps: (wanted.leastCalls * 1_000) / wanted.windowMs,
      }),
      wanted.inARow ?? Infinity,
    ),
    // One probe at a time, and one that works is enough: the library's own defaults.
    halfOpenAfter: new cockatiel.DelegateBackoff(({ attempt }) => {
      const openMs = Math.min(wanted.openMs * 2 ** (attempt - 1), wanted.mostOpenMs);
      openUntilMs = clock.monotonic() + openMs;
      return openMs;
    }),
  });
  return {
    cockatiel,
    breaker,
    bulkhead: cockatiel.bulkhead(bulkhead.running, bulkhead.waiting),
    openForMs: () => Math.max(0, openUntilMs - clock.monotonic()),
  };
}

/** The same breaker, which opens too when so many calls failed one after another. */
function orInARow(breaker: IBreaker, most: number): IBreaker {
  let failures = 0;
  return {
    get state() {
      return breaker.state;
    },
    set state(value) {
      breaker.state = value;
    },
    success(state) {
      failures = 0;
      breaker.success(state);
    },
    failure(state) {
      failures += 1;
      return breaker.failure(state) || failures >= most;
    },
  };
}

export function toBreakerState({ cockatiel, breaker }: Guards): BreakerState {
  switch (breaker.state) {
    case cockatiel.CircuitState.Closed:
      return "closed";
    case cockatiel.CircuitState.HalfOpen:
      return "half-open";
    case cockatiel.CircuitState.Open:
    case cockatiel.CircuitState.Isolated:
      return "open";
  }
}

/** How many calls run and wait now. */
export function countUse(
  { bulkhead }: Guards,
  settings: CallSettings,
): Pick<CallSnapshot, "running" | "waiting"> {
  return {
    running: settings.bulkhead.running - bulkhead.executionSlots,
    waiting: settings.bulkhead.waiting - bulkhead.queueSlots,
  };
}
