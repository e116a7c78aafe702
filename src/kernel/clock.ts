/** Time as a parameter: everything that waits or measures takes one. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a monotonic scale; only differences mean anything. */
  monotonic(): number;
  /**
   * Resolves after `durationMs`; rejects with `signal.reason` when aborted. `isBackground`: does not keep
   * the process alive.
   */
  sleep(
    durationMs: number,
    signal?: AbortSignal,
    options?: { readonly isBackground?: boolean },
  ): Promise<void>;
}

/** The real clock of this machine. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (durationMs, signal, options) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(toReason(signal));
          return;
        }
        const onAbort = (): void => {
          clearTimeout(timer);
          reject(toReason(signal));
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        }, durationMs);
        if (options?.isBackground === true) timer.unref();
        signal?.addEventListener("abort", onAbort, { once: true });
      }),
  };
}

function toReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** How much time is left until a fixed instant; every wait is derived from one of these. */
export interface Deadline {
  /** Milliseconds left, never negative. */
  remainingMs(): number;
  isOver(): boolean;
}

/** A deadline `durationMs` from now; `Infinity` never ends. */
export function createDeadline(clock: Clock, durationMs: number): Deadline {
  const end = clock.monotonic() + durationMs;
  return {
    remainingMs: () => Math.max(0, end - clock.monotonic()),
    isOver: () => clock.monotonic() >= end,
  };
}

/** A clock whose monotonic time can be moved on: for work that takes up what was done before, at the time it was done. */
export interface ForwardClock extends Clock {
  /** Moves on to this instant of the monotonic scale; one that has passed changes nothing. */
  forwardTo(instantMs: number): void;
  /** By how much it was moved on in all, ms. */
  forwardedMs(): number;
}

/** Goes with `clock`, from the same instant. */
export function createForwardClock(clock: Clock): ForwardClock {
  let forwardedMs = 0;
  const monotonic = (): number => clock.monotonic() + forwardedMs;
  return {
    now: () => clock.now(),
    monotonic,
    sleep: (durationMs, signal, options) => clock.sleep(durationMs, signal, options),
    forwardTo: (instantMs) => void (forwardedMs += Math.max(0, instantMs - monotonic())),
    forwardedMs: () => forwardedMs,
  };
}
