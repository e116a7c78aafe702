import { toMessage } from "../../kernel/errors.ts";
import type { CallAttempt, CallEvent } from "../../ports/outside-calls.ts";
import { makeAttempt } from "./attempt.ts";
import type { Call, CallKind } from "./call.ts";
import { toBreakerState, type Guards } from "./guards.ts";
import { isPassing, toDelayMs } from "./retry-delay.ts";
import { withDeadline } from "./with-deadline.ts";

/** Deadline ⊃ retry budget ⊃ retry; breaker ⊃ bulkhead ⊃ attempt timeout stand in `attempt.ts`. */
export async function runWithRetries<T>(
  { budget, counts, random, settings }: CallKind,
  guards: Guards,
  call: Call,
  work: (attempt: CallAttempt) => Promise<T>,
  listener: (event: CallEvent) => void,
): Promise<T> {
  const { retry, handleWhen, ConstantBackoff } = guards.cockatiel;
  const state = { attempts: 0, delayMs: null as number | null };
  const tell = (name: CallEvent["name"], failure: unknown): void => {
    const delayMs = name === "call-retry" ? Math.round(state.delayMs ?? 0) : null;
    const { attempts: attempt } = state;
    const message = toMessage(failure);
    const breaker = toBreakerState(guards);
    listener({ name, data: { id: call.id, attempt, message, delayMs, breaker } });
  };
  const policy = retry(
    handleWhen((failure) => {
      state.delayMs = toDelayMs(call, failure, state.attempts, random);
      return state.delayMs !== null && budget.hasRoom();
    }),
    { maxAttempts: settings.attempts - 1, backoff: new ConstantBackoff(0) },
  );
  policy.onRetry((reason) => {
    counts.retries += 1;
    budget.countRetry();
    tell("call-retry", "error" in reason ? reason.error : null);
  });
  try {
    return await withDeadline(call, (signal) =>
      policy.execute(async () => {
        // Cockatiel's own waits go on after an abort, so it waits for nothing and we do.
        if (state.delayMs !== null) await call.clock.sleep(state.delayMs, signal);
        state.attempts += 1;
        return makeAttempt(guards, call, state.attempts, work);
      }, signal),
    );
  } catch (failure) {
    if (isPassing(failure) && !call.signal.aborted) tell("call-failed", failure);
    throw failure;
  }
}
