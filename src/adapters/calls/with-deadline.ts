import type { Call } from "./call.ts";
import { createCallTimedOut } from "./errors.ts";

/** Longest wait that a timer of Node's takes. */
const MOST_TIMER_MS = 2 ** 31 - 1;

/**
 * Bounds the queue and the waits too, which no attempt's timeout sees. The signal aborts when the
 * deadline is over or the caller gives up.
 */
export async function withDeadline<T>(
  call: Call,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leftMs = Math.min(call.deadline.remainingMs(), MOST_TIMER_MS);
  const stop = new AbortController();
  const giveUp = new AbortController();
  const over = call.clock.sleep(leftMs, stop.signal).then(() => {
    const late = createCallTimedOut(call.id, leftMs, call.isIdempotent === true ? "none" : "maybe");
    giveUp.abort(late);
    throw late;
  });
  // Once the work is done the sleeper is woken, and nobody waits for it any more.
  over.catch(() => undefined);
  try {
    return await Promise.race([work(AbortSignal.any([call.signal, giveUp.signal])), over]);
  } finally {
    stop.abort();
  }
}
