import { RegooseError } from "./errors.ts";

/** How the waits between attempts grow. */
export interface Backoff {
  /** Longest wait before the second attempt, ms; doubles with each further one. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/** An error that says of itself that the same may work later. */
export function isPassingError(failure: unknown): failure is RegooseError {
  return (
    failure instanceof RegooseError &&
    (failure.errorClass === "transient" || failure.errorClass === "rate-limited")
  );
}

/**
 * Wait after attempt number `attempt` (from 1), ms. The other side's own hint wins; else full jitter, so that many
 * that failed together do not come back together (AWS, "Exponential Backoff And Jitter").
 */
export function toBackoffMs(
  { baseMs, maxMs }: Backoff,
  attempt: number,
  failure: unknown,
  random: () => number,
): number {
  const hintMs = failure instanceof RegooseError ? failure.retryAfterMs : undefined;
  return hintMs ?? Math.round(random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1)));
}
