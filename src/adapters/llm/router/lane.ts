import type { Clock } from "../../../kernel/clock.ts";
import type { ModelName } from "../../../contract/model/answer.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import type { BreakerState } from "../../../ports/outside-calls.ts";
import { CALL_SETTINGS, type CallSettings } from "../../calls/call-settings.ts";
import { createCircuitOpen } from "../../calls/errors.ts";
import { createGuards, type Guards, toBreakerState } from "../../calls/guards.ts";
import { createRetryBudget, type RetryBudget } from "../../calls/retry-budget.ts";
import { readRateLimits } from "../rate-headers.ts";
import type { WireOutcome } from "../wire/wire.ts";
import { type Candidate, toLabel } from "./candidate.ts";
import { createRateGate, type RateGate, type Wish } from "./rate-gate.ts";

/** Everything that calls to one model with one key share. */
export interface Lane {
  readonly candidate: Candidate;
  readonly retries: RetryBudget;
  /**
   * Takes a turn, then makes the request behind the breaker. The outcome of an open one is its error.
   * @throws the signal's reason, QueueFull (RGS-7503)
   */
  run(
    wish: Wish,
    signal: AbortSignal,
    work: () => Promise<WireOutcome>,
  ): Promise<WireOutcome | RegooseError>;
  breaker(): BreakerState;
  waitMs(): number;
}

/**
 * Few calls that take long: four are enough to say that something is down. Half a minute at most, so that what is back
 * after a minute is soon asked again; until then one call in so long tries it and then goes on to another model.
 */
const SETTINGS: CallSettings = {
  ...CALL_SETTINGS.sandbox,
  breaker: {
    ...{ share: 0.5, windowMs: 60_000, leastCalls: 4, inARow: 5 },
    ...{ openMs: 5_000, mostOpenMs: 30_000 },
  },
};
/** When to come back while another call tries whether the model is back. */
const PROBE_WAIT_MS = 1_000;

/** Told of each state that a breaker enters. */
export type BreakerListener = (model: ModelName, state: BreakerState) => void;

export function createLane(
  clock: Clock,
  candidate: Candidate,
  onBreaker: BreakerListener = () => undefined,
): Lane {
  const label = toLabel(candidate);
  const gate: RateGate = createRateGate(clock, label, candidate.concurrency);
  let guards: Guards | null = null;
  let loading: Promise<Guards> | null = null;
  let probes = 0;
  const load = (): Promise<Guards> =>
    (loading ??= createGuards(clock, SETTINGS).then((made) => {
      const { provider, model } = candidate;
      made.breaker.onStateChange(() => {
        onBreaker({ provider, model }, toBreakerState(made));
      });
      return (guards = made);
    }));
  return {
    candidate,
    retries: createRetryBudget(clock, SETTINGS.budget),
    async run(wish, signal, work) {
      const loaded = await load();
      const { breaker, cockatiel } = loaded;
      if (breaker.state === cockatiel.CircuitState.Open && loaded.openForMs() > 0)
        return createCircuitOpen(label, loaded.openForMs(), undefined);
      const leave = await gate.enter(wish, signal);
      // The library would let the others wait for the one that tries, as long as that takes.
      if (breaker.state !== cockatiel.CircuitState.Closed && probes > 0) {
        leave();
        return createCircuitOpen(label, PROBE_WAIT_MS, undefined);
      }
      const isProbe = breaker.state !== cockatiel.CircuitState.Closed;
      if (isProbe) probes += 1;
      const seen: { outcome: WireOutcome | null } = { outcome: null };
      try {
        await breaker.execute(async () => {
          seen.outcome = await work();
          if (seen.outcome.failure !== null) throw seen.outcome.failure;
        });
      } catch (failure) {
        if (failure instanceof cockatiel.BrokenCircuitError)
          return createCircuitOpen(label, loaded.openForMs(), failure);
        if (seen.outcome === null) throw failure;
      } finally {
        if (isProbe) probes -= 1;
        leave();
      }
      if (seen.outcome === null) throw new Error("a request has no outcome");
      learn(clock, gate, seen.outcome);
      return seen.outcome;
    },
    breaker: () => (guards === null ? "closed" : toBreakerState(guards)),
    waitMs: () => gate.waitMs(),
  };
}

/** Patience that nobody has is not waited for, but nobody else is sent into the same wall meanwhile. */
const MOST_PAUSE_MS = 60_000;

function learn(clock: Clock, gate: RateGate, { headers, failure }: WireOutcome): void {
  gate.learn(readRateLimits(headers, clock.now()));
  if (failure === null) gate.speedUp();
  else if (failure.code === "RGS-4007")
    gate.slowDown(Math.min(MOST_PAUSE_MS, failure.retryAfterMs ?? 0));
}
