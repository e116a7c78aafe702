import type { Backoff } from "../../kernel/backoff.ts";
import type { CallName } from "../../ports/outside-calls.ts";

/** How one kind of call is guarded. */
export interface CallSettings {
  /** Attempts of one call, the first one included. */
  readonly attempts: number;
  /** Full jitter: a wait is drawn from 0 to `base · 2^n`, at most `max`. */
  readonly delay: Backoff;
  /** Most time of one attempt where the caller says nothing else. */
  readonly attemptMs: number;
  readonly bulkhead: { readonly running: number; readonly waiting: number };
  /** Retries in the window: at most this share of its calls, and `floor` in any case. */
  readonly budget: { readonly share: number; readonly windowMs: number; readonly floor: number };
  /** Opens when more than `share` of at least `leastCalls` calls in the window failed, or `inARow` of them. */
  readonly breaker: {
    /** For calls so slow that good ones of a minute ago outweigh an outage. @defaultValue none */
    readonly inARow?: number;
    readonly share: number;
    readonly windowMs: number;
    readonly leastCalls: number;
    /** Doubles with each probe that fails. */
    readonly openMs: number;
    readonly mostOpenMs: number;
  };
}

const BUDGET = { share: 0.1, windowMs: 60_000, floor: 8 } as const;
const BREAKER = {
  share: 0.5,
  windowMs: 30_000,
  leastCalls: 10,
  openMs: 10_000,
  mostOpenMs: 120_000,
} as const;

/** Calls into this machine come back soon or not at all, so waits are short. */
export const CALL_SETTINGS: Readonly<Record<CallName, CallSettings>> = {
  sandbox: {
    attempts: 4,
    delay: { baseMs: 200, maxMs: 5_000 },
    attemptMs: 120_000,
    // Above what `--workers` and runner processes reach together: it stops a flood, not a run.
    bulkhead: { running: 256, waiting: 1_024 },
    budget: BUDGET,
    breaker: BREAKER,
  },
  "project files": {
    attempts: 4,
    delay: { baseMs: 100, maxMs: 2_000 },
    attemptMs: 600_000,
    bulkhead: { running: 16, waiting: 256 },
    budget: BUDGET,
    breaker: BREAKER,
  },
};
