import { onTestFinished, vi } from "vitest";
import { CALL_SETTINGS, type CallSettings } from "../../../../src/adapters/calls/call-settings.ts";
import { createOutsideCalls } from "../../../../src/adapters/calls/outside-calls.ts";
import { createDeadline, createSystemClock, type Clock } from "../../../../src/kernel/clock.ts";
import type { ErrorCode } from "../../../../src/kernel/error-table.ts";
import { RegooseError, type RegooseErrorOptions } from "../../../../src/kernel/errors.ts";
import { createRandom } from "../../../../src/kernel/random.ts";
import type {
  CallAttempt,
  CallEvent,
  CallOptions,
  OutsideCall,
} from "../../../../src/ports/outside-calls.ts";

/** Calls on timers that stand still until a test lets them go on. */
export interface CallBench {
  readonly clock: Clock;
  readonly call: OutsideCall;
  readonly events: CallEvent[];
  readonly run: <T>(
    work: (attempt: CallAttempt) => Promise<T>,
    options?: Partial<CallOptions> & { readonly leftMs?: number },
  ) => Promise<T>;
  /** Runs on until the promise has an outcome; answers it with the time that it took. */
  readonly settle: <T>(pending: Promise<T>) => Promise<{ value?: T; error?: unknown; ms: number }>;
  readonly pass: (ms: number) => Promise<void>;
}

export const BUSY: Error = Object.assign(new Error("spawn EAGAIN"), { code: "EAGAIN" });

/** An error of ours as a call may throw it. */
export function anError(code: ErrorCode, options: RegooseErrorOptions = {}): RegooseError {
  return new RegooseError(code, "it failed", options);
}

export function openCallBench(changed: Partial<CallSettings> = {}): CallBench {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 15) });
  onTestFinished(() => void vi.useRealTimers());
  const clock = createSystemClock();
  const events: CallEvent[] = [];
  const random = createRandom(7);
  const settings = { ...CALL_SETTINGS, sandbox: { ...CALL_SETTINGS.sandbox, ...changed } };
  const call = createOutsideCalls({ clock, random: () => random.next() }, settings)
    .observed((event) => events.push(event))
    .to("sandbox");
  const pass = async (ms: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(ms);
  };
  return {
    clock,
    call,
    events,
    pass,
    run: (work, { leftMs = 60_000, ...options } = {}) =>
      call.run(work, {
        signal: new AbortController().signal,
        deadline: createDeadline(clock, leftMs),
        ...options,
      }),
    async settle(pending) {
      const startedMs = clock.monotonic();
      const seen: { value?: Awaited<typeof pending>; error?: unknown; ms: number | null } = {
        ms: null,
      };
      pending.then(
        (value) => Object.assign(seen, { value, ms: clock.monotonic() - startedMs }),
        (error: unknown) => Object.assign(seen, { error, ms: clock.monotonic() - startedMs }),
      );
      for (let turn = 0; turn < 100_000 && seen.ms === null; turn += 1)
        await pass(turn < 50 ? 0 : 1);
      return { ...seen, ms: seen.ms ?? Number.NaN };
    },
  };
}
