import { isPassingError, toBackoffMs } from "../../kernel/backoff.ts";
import { RegooseError } from "../../kernel/errors.ts";
import { isBusy } from "../../kernel/machine-busy.ts";
import type { Call } from "./call.ts";

/**
 * Wait before the next attempt, ms, or null where there must be none: an error that will not pass,
 * one after which something may have been done, or a wait that the deadline has no room for.
 */
export function toDelayMs(
  { settings, deadline, signal, isIdempotent }: Call,
  failure: unknown,
  attempts: number,
  random: () => number,
): number | null {
  if (signal.aborted || !isPassing(failure)) return null;
  if (failure instanceof RegooseError && failure.sideEffect !== "none" && isIdempotent !== true) {
    return null;
  }
  const delayMs = toBackoffMs(settings.delay, attempts, failure, random);
  // Waiting up to the deadline and then failing helps nobody.
  return delayMs < deadline.remainingMs() ? delayMs : null;
}

/** Whether the same call may work later. */
export function isPassing(failure: unknown): boolean {
  return failure instanceof RegooseError ? isPassingError(failure) : isBusy(failure);
}

/** Whether a failure speaks against the other side; being asked to slow down does not. */
export function isBreaking(failure: unknown): boolean {
  return isPassing(failure) && !isRateLimit(failure);
}

function isRateLimit(failure: unknown): boolean {
  return failure instanceof RegooseError && failure.errorClass === "rate-limited";
}
