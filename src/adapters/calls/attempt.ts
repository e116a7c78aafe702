import type { CallAttempt } from "../../ports/outside-calls.ts";
import type { Call } from "./call.ts";
import { createCallTimedOut, createCircuitOpen, createQueueFull } from "./errors.ts";
import { countUse, type Guards } from "./guards.ts";

/** Circuit breaker ⊃ bulkhead ⊃ attempt timeout ⊃ the work, with the library's errors as ours. */
export async function makeAttempt<T>(
  guards: Guards,
  call: Call,
  number: number,
  work: (attempt: CallAttempt) => Promise<T>,
): Promise<T> {
  const { cockatiel, breaker, bulkhead } = guards;
  try {
    return await breaker.execute(() =>
      bulkhead.execute(() => withTimeout(guards, call, number, work), call.signal),
    );
  } catch (failure) {
    if (failure instanceof cockatiel.BrokenCircuitError) {
      const last = breaker.lastFailure;
      const cause = last !== undefined && "error" in last ? last.error : undefined;
      throw createCircuitOpen(call.id, guards.openForMs(), cause);
    }
    if (failure instanceof cockatiel.BulkheadRejectedError) {
      const { running, waiting } = countUse(guards, call.settings);
      throw createQueueFull(call.id, running, waiting);
    }
    throw failure;
  }
}

async function withTimeout<T>(
  { cockatiel }: Guards,
  call: Call,
  number: number,
  work: (attempt: CallAttempt) => Promise<T>,
): Promise<T> {
  const { id, settings, deadline, attemptMs = settings.attemptMs } = call;
  const sideEffect = call.isIdempotent === true ? "none" : "maybe";
  const limitMs = Math.min(attemptMs, deadline.remainingMs());
  if (limitMs <= 0) throw createCallTimedOut(id, 0, "none");
  const timeout = cockatiel.timeout(limitMs, {
    strategy: cockatiel.TimeoutStrategy.Aggressive,
    // What the work made may hold on to its signal.
    abortOnReturn: false,
  });
  try {
    // The caller's signal is no timeout: work that is asked to stop says itself how it ended.
    return await timeout.execute(({ signal }) =>
      work({ signal: AbortSignal.any([call.signal, signal]), id, number }),
    );
  } catch (failure) {
    if (!(failure instanceof cockatiel.TaskCancelledError)) throw failure;
    throw createCallTimedOut(id, limitMs, sideEffect);
  }
}
