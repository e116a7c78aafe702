import type { Clock } from "../../../kernel/clock.ts";
import type { ModelName } from "../../../contract/model/answer.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import type { BreakerState } from "../../../ports/outside-calls.ts";
import { CALL_SETTINGS, type CallSettings } from "../../calls/call-settings.ts";
import { createCircuitOpen } from "../../calls/errors.ts";
import { createGuards, type Guards, toBreakerState } from "../../calls/guards.ts";
import { createRetryBudget, type RetryBudget } from "../../calls/retry-budget.ts";
import { createModelTimedOut } from "../errors.ts";
import { readRateLimits } from "../rate-headers.ts";
import type { Endpoint, WireOutcome } from "../wire/wire.ts";
import { type Candidate, toLabel } from "./candidate.ts";
import { createRateGate, type RateGate, type Wish } from "./rate-gate.ts";

/** Everything that calls to one model with one key share. */
export interface Lane {
  readonly candidate: Candidate;
  /** Number of its key among those of the provider, from 0. */
  readonly key: number;
  /** With that key. */
  readonly endpoint: Endpoint;
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
  /** Calls that run or wait. */
  load(): number;
  /** The provider has said that it does not know the key, or that its account is at its end. */
  isRefused(): boolean;
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

/** Told of each state that a breaker enters, and of the one that it leaves. */
export type BreakerListener = (model: ModelName, state: BreakerState, left: BreakerState) => void;

export function createLane(
  clock: Clock,
  candidate: Candidate,
  key: number,
  onBreaker: BreakerListener = () => undefined,
): Lane {
  const own = key === 0 ? candidate.endpoint.key : (candidate.moreKeys[key - 1] ?? null);
  const gate = createRateGate(clock, toLabel(candidate), candidate.concurrency);
  const guard = createGuard(clock, candidate, gate, onBreaker);
  const state = { load: 0, isRefused: false };
  return {
    ...{ candidate, key, endpoint: { ...candidate.endpoint, key: own } },
    retries: createRetryBudget(clock, SETTINGS.budget),
    async run(wish, signal, work) {
      state.load += 1;
      try {
        const outcome = await guard.run(wish, signal, work);
        if (outcome instanceof RegooseError) return outcome;
        learn(clock, gate, outcome);
        const code = outcome.failure?.code ?? null;
        state.isRefused = code !== null && REFUSALS.has(code);
        return outcome;
      } finally {
        state.load -= 1;
      }
    },
    breaker: () => guard.breaker(),
    waitMs: () => gate.waitMs(),
    load: () => state.load,
    isRefused: () => state.isRefused,
  };
}

type Guard = Pick<Lane, "run" | "breaker">;

/** Turn and breaker. */
function createGuard(
  clock: Clock,
  candidate: Candidate,
  gate: RateGate,
  onBreaker: BreakerListener,
): Guard {
  const label = toLabel(candidate);
  let guards: Guards | null = null;
  let loading: Promise<Guards> | null = null;
  let probes = 0;
  const load = (): Promise<Guards> =>
    (loading ??= createGuards(clock, SETTINGS).then((made) => {
      const { provider, model } = candidate;
      let left: BreakerState = "closed";
      made.breaker.onStateChange(() => {
        const state = toBreakerState(made);
        onBreaker({ provider, model }, state, left);
        left = state;
      });
      return (guards = made);
    }));
  return {
    async run(wish, signal, work) {
      const loaded = await load();
      const { breaker, cockatiel } = loaded;
      const isClosed = (): boolean => breaker.state === cockatiel.CircuitState.Closed;
      if (!isClosed() && loaded.openForMs() > 0)
        return createCircuitOpen(label, loaded.openForMs(), undefined);
      const leave = await gate.enter(wish, signal);
      // The library would let the others wait for the one that tries, as long as that takes.
      if (!isClosed() && probes > 0) {
        leave();
        return createCircuitOpen(label, PROBE_WAIT_MS, undefined);
      }
      const probe = isClosed() ? 0 : 1;
      probes += probe;
      try {
        return await execute(breaker, candidate, work);
      } catch (failure) {
        if (!(failure instanceof cockatiel.BrokenCircuitError)) throw failure;
        return createCircuitOpen(label, loaded.openForMs(), failure);
      } finally {
        probes -= probe;
        leave();
      }
    },
    breaker: () => (guards === null ? "closed" : toBreakerState(guards)),
  };
}

/** The breaker sees a failure thrown; the caller gets the outcome. */
async function execute(
  breaker: Guards["breaker"],
  candidate: Candidate,
  work: () => Promise<WireOutcome>,
): Promise<WireOutcome> {
  const seen: { outcome: WireOutcome | null } = { outcome: null };
  try {
    await breaker.execute(async () => {
      seen.outcome = await work();
      const verdict = toVerdict(candidate, seen.outcome);
      if (verdict !== null) throw verdict;
    });
  } catch (failure) {
    if (seen.outcome === null) throw failure;
  }
  if (seen.outcome === null) throw new Error("a request has no outcome");
  return seen.outcome;
}

/**
 * What a request says of its model. One that was cut off, because another was quicker, while it had been silent for
 * long enough to be hedged, speaks against it: a model that hangs is to be left alone even where nobody waits for it.
 */
function toVerdict(
  { hedgeAfterMs, provider, model }: Candidate,
  { failure, firstTokenMs, durationMs }: WireOutcome,
): RegooseError | null {
  const isSilent = hedgeAfterMs !== null && firstTokenMs === null && durationMs >= hedgeAfterMs;
  if (failure?.errorClass !== "cancelled" || !isSilent) return failure;
  const facts = { provider, model, status: null, requestId: null };
  return createModelTimedOut(facts, "first token", hedgeAfterMs);
}

/** What is wrong with a key, and not with the provider. */
const REFUSALS: ReadonlySet<string> = new Set(["RGS-4001", "RGS-4017"]);

/** Patience that nobody has is not waited for, but nobody else is sent into the same wall meanwhile. */
const MOST_PAUSE_MS = 60_000;

function learn(clock: Clock, gate: RateGate, { headers, failure }: WireOutcome): void {
  gate.learn(readRateLimits(headers, clock.now()));
  if (failure === null) gate.speedUp();
  else if (failure.code === "RGS-4007")
    gate.slowDown(Math.min(MOST_PAUSE_MS, failure.retryAfterMs ?? 0));
}
