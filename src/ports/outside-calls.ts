import type { Deadline } from "../kernel/clock.ts";
import type { ErrorCode } from "../kernel/error-table.ts";

/** What lies outside: each has its own breaker, queue and retry budget. */
export type CallName = "sandbox" | "project files";

/** One attempt of a call. */
export interface CallAttempt {
  /**
   * Aborts when the caller gives up or the attempt's time is over. Whoever ignores it goes on alone:
   * what it makes after that must be released by the work itself.
   */
  readonly signal: AbortSignal;
  /** Names the call in events and errors: `sandbox#12`. */
  readonly id: string;
  /** From 1. */
  readonly number: number;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Bounds everything: attempts, waits between them, and the queue. */
  readonly deadline: Deadline;
  /** Most time of one attempt, ms; never longer than the deadline. @defaultValue of the settings */
  readonly attemptMs?: number;
  /** Doing it twice is as good as once, so that an attempt that may have done something is repeated. */
  readonly isIdempotent?: boolean;
}

export type BreakerState = "closed" | "open" | "half-open";

/** What health and metrics show of one kind of call. */
export interface CallSnapshot {
  readonly name: CallName;
  readonly breaker: BreakerState;
  readonly calls: number;
  /** Calls that ended with an error of the other side's, after all attempts. */
  readonly failures: number;
  readonly retries: number;
  readonly running: number;
  readonly waiting: number;
  readonly lastFailure: {
    readonly code: ErrorCode | null;
    readonly message: string;
    readonly at: string;
  } | null;
}

/** Something that a run's log keeps of its calls. */
export interface CallEvent {
  readonly name: "call-retry" | "call-failed";
  readonly data: {
    readonly id: string;
    readonly attempt: number;
    readonly message: string;
    /** Wait before the next attempt; null when there is none. */
    readonly delayMs: number | null;
    readonly breaker: BreakerState;
  };
}

/**
 * Calls of one kind, each inside of deadline ⊃ retry budget ⊃ retry ⊃ circuit breaker ⊃ bulkhead ⊃
 * attempt timeout. Only what is `transient` or `rate-limited` and has changed nothing is tried again.
 */
export interface OutsideCall {
  readonly name: CallName;
  /**
   * @throws what the work threw last; CallTimedOut (RGS-7501), CircuitOpen (RGS-7502), QueueFull
   * (RGS-7503), MachineBusy (RGS-7504)
   */
  run<T>(work: (attempt: CallAttempt) => Promise<T>, options: CallOptions): Promise<T>;
  snapshot(): CallSnapshot;
}

/** All kinds of calls of one process. */
export interface OutsideCalls {
  to(name: CallName): OutsideCall;
  /** Of each kind that was called at least once. */
  snapshots(): readonly CallSnapshot[];
  /** The same calls, with a listener for what is made through the answer. */
  observed(listener: (event: CallEvent) => void): OutsideCalls;
}
