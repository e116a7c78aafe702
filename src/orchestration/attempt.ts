import { isPassingError, toBackoffMs } from "../kernel/backoff.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Action, ActionContext, RetryPolicy } from "./action.ts";
import { createActionTimedOut } from "./errors.ts";

/** Runs an Action once within its own limit. An Action that does not heed its signal is left behind. */
export async function attemptAction(
  clock: Clock,
  action: Action<unknown, unknown>,
  input: unknown,
  context: ActionContext,
): Promise<unknown> {
  const { timeoutMs } = action;
  if (timeoutMs === undefined) return action.run(input, context);
  const limit = new AbortController();
  const waiting = new AbortController();
  const signal = AbortSignal.any([context.signal, limit.signal]);
  const timeUp = clock.sleep(timeoutMs, waiting.signal).then(() => {
    const failure = createActionTimedOut(context.step, timeoutMs);
    limit.abort(failure);
    throw failure;
  });
  timeUp.catch(() => undefined);
  try {
    return await Promise.race([action.run(input, { ...context, signal }), timeUp]);
  } finally {
    waiting.abort(new Error("the Action has ended"));
  }
}

/** How long to wait before another attempt, ms; null when there is none. */
export function toRetryDelay(
  policy: RetryPolicy | undefined,
  attempt: number,
  failure: unknown,
  random: () => number,
): number | null {
  if (policy === undefined || attempt >= policy.attempts || !isPassingError(failure)) return null;
  return toBackoffMs(policy, attempt, failure, random);
}
