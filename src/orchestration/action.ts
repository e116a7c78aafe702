import type { z } from "zod";

import type { Backoff } from "../kernel/backoff.ts";
import type { Deadline } from "../kernel/clock.ts";

/**
 * How an Action that failed is tried again. Only errors of class `transient` and `rate-limited` are, and of an Action
 * with effects outside only what changed nothing or may be done twice.
 */
export interface RetryPolicy extends Backoff {
  /** Attempts in all, the first included. */
  readonly attempts: number;
}

/** What an earlier attempt at the same step failed with. */
export interface PreviousFailure {
  readonly attempt: number;
  readonly code: string;
  readonly message: string;
}

/** What an Action may lean on while it runs. */
export interface ActionContext {
  readonly runId: string;
  readonly step: string;
  /** From 1; counts attempts of earlier processes too. */
  readonly attempt: number;
  /** Retry with context: why the attempt before this one ended. */
  readonly previous: PreviousFailure | null;
  /** Aborted by the user's signal and by the Action's own time limit. */
  readonly signal: AbortSignal;
  /** The run's own: time whose work is kept counts, in whichever process it was used. */
  readonly deadline: Deadline;
  /**
   * Equal in every attempt at this step of this run, and in no other: for effects outside. A resume does again a step
   * that was cut short, whatever it had done.
   */
  readonly idempotencyKey: string;
  /**
   * Marks the result as less than was asked for, because the run was stopped meanwhile. It is kept
   * for this run's report, and done again by a resume.
   */
  readonly markPartial: () => void;
  /**
   * Says in one sentence what the result lacks of what was asked for: the run then ends `degraded`. It stands beside the
   * result, so that it counts after a resume too; what a failed attempt said does not.
   */
  readonly degrade: (sentence: string) => void;
}

/** One step of work with typed input and output. Its result is a checkpoint of the run. */
export interface Action<Input, Output> {
  /** `verb-noun`, unique within a Scenario. */
  readonly name: string;
  /** What people read while it works: "searching for inputs". */
  readonly title: string;
  readonly input: z.ZodType<Input>;
  /** Results are stored as JSON and read back through this. */
  readonly output: z.ZodType<Output>;
  /** Limit of one attempt, ms; the run's deadline is not one, since Actions plan with it. */
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
  /** Started even while the run is being stopped, where its input is there: it secures what was won. */
  readonly finishes?: boolean;
  /** `outside`: changes something beyond its result, so that a second execution may change it again. */
  readonly effects: "none" | "outside";
  /**
   * Of an Action with effects outside: a second execution under the same idempotency key changes nothing more. Without
   * it an attempt after which something may have been done (`sideEffect` of the error) is not made again by itself.
   */
  readonly isIdempotent?: boolean;
  run(input: Input, context: ActionContext): Promise<Output>;
  /** Facts of a result that the log shows beside its hash. */
  describe?(output: Output): Readonly<Record<string, unknown>>;
}

/** Lets types be inferred from the schemas. */
export function defineAction<Input, Output>(action: Action<Input, Output>): Action<Input, Output> {
  return action;
}
