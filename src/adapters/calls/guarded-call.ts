import { RegooseError, toMessage } from "../../kernel/errors.ts";
import { createMachineBusy, isBusy } from "../../kernel/machine-busy.ts";
import type {
  CallAttempt,
  CallEvent,
  CallName,
  CallOptions,
  CallSnapshot,
} from "../../ports/outside-calls.ts";
import type { Call, CallDeps, CallKind } from "./call.ts";
import type { CallSettings } from "./call-settings.ts";
import { countUse, createGuards, toBreakerState, type Guards } from "./guards.ts";
import { createRetryBudget } from "./retry-budget.ts";
import { isPassing } from "./retry-delay.ts";
import { runWithRetries } from "./run-with-retries.ts";

/** One kind of call with its shared state; a listener is told of what its own caller's calls do. */
export interface GuardedCall {
  run<T>(
    work: (attempt: CallAttempt) => Promise<T>,
    options: CallOptions,
    listener: (event: CallEvent) => void,
  ): Promise<T>;
  snapshot(): CallSnapshot;
}

export function createGuardedCall(
  deps: CallDeps,
  name: CallName,
  settings: CallSettings,
): GuardedCall {
  const { clock } = deps;
  const budget = createRetryBudget(clock, settings.budget);
  const counts = { calls: 0, failures: 0, retries: 0 };
  const kind: CallKind = { ...deps, settings, budget, counts };
  let guards: Guards | null = null;
  let loading: Promise<Guards> | null = null;
  let lastFailure: CallSnapshot["lastFailure"] = null;
  const load = (): Promise<Guards> =>
    (loading ??= createGuards(clock, settings).then((made) => (guards = made)));

  return {
    async run(work, options, listener) {
      options.signal.throwIfAborted();
      const call: Call = { ...options, id: `${name}#${(counts.calls += 1)}`, clock, settings };
      budget.countCall();
      try {
        return await runWithRetries(kind, await load(), call, work, listener);
      } catch (failure) {
        options.signal.throwIfAborted();
        const error = isBusy(failure) ? createMachineBusy(call.id, failure, call.id) : failure;
        if (isPassing(error)) {
          counts.failures += 1;
          lastFailure = toLastFailure(error, clock.now());
        }
        throw error;
      }
    },
    snapshot: () => ({
      name,
      breaker: guards === null ? "closed" : toBreakerState(guards),
      ...counts,
      ...(guards === null ? { running: 0, waiting: 0 } : countUse(guards, settings)),
      lastFailure,
    }),
  };
}

function toLastFailure(error: unknown, nowMs: number): CallSnapshot["lastFailure"] {
  const code = error instanceof RegooseError ? error.code : null;
  return { code, message: toMessage(error), at: new Date(nowMs).toISOString() };
}
