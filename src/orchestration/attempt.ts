import { isPassingError, toBackoffMs } from "../kernel/backoff.ts";
import type { Clock } from "../kernel/clock.ts";
import { RegooseError, type SideEffect } from "../kernel/errors.ts";
import type { Action, ActionContext } from "./action.ts";
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
    const failure = createActionTimedOut(
      context.step,
      timeoutMs,
      action.effects === "outside" ? "maybe" : "none",
    );
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
  action: Action<unknown, unknown>,
  attempt: number,
  failure: unknown,
  random: () => number,
): number | null {
  const { retry } = action;
  if (retry === undefined || attempt >= retry.attempts || !isPassingError(failure)) return null;
  const isHarmless = toSideEffect(action, failure) === "none" || action.isIdempotent === true;
  return isHarmless ? toBackoffMs(retry, attempt, failure, random) : null;
}

/** Whether a failed attempt may have changed something outside; what says nothing of it may have. */
export function toSideEffect(action: Action<unknown, unknown>, failure: unknown): SideEffect {
  if (action.effects === "none") return "none";
  return failure instanceof RegooseError ? failure.sideEffect : "maybe";
}
