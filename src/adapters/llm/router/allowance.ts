import type { Clock } from "../../../kernel/clock.ts";
import type { RateLimits, RateWindow } from "../rate-headers.ts";

/** What a provider allows now: its own counts, and the patience that it asked for. */
export interface Allowance {
  /** When a call of so many tokens may go, on the monotonic scale, ms; in the past for now. */
  freeAtMs(tokens: number): number;
  take(tokens: number): void;
  learn(limits: RateLimits): void;
  pause(waitMs: number): void;
  pausedForMs(): number;
}

interface Bucket {
  left: number;
  readonly fullAtMs: number;
  readonly limit: number;
}

/** Follows the counts of requests and tokens that the provider's headers give. */
export function createAllowance(clock: Clock): Allowance {
  let pausedUntilMs = 0;
  let requests: Bucket | null = null;
  let tokens: Bucket | null = null;
  const freeAtOf = (bucket: Bucket | null, amount: number): number => {
    if (bucket === null || bucket.fullAtMs <= clock.monotonic()) return 0;
    // What is larger than the whole bucket goes when it is full.
    return Math.min(amount, bucket.limit) <= bucket.left ? 0 : bucket.fullAtMs;
  };
  return {
    freeAtMs: (amount) => Math.max(pausedUntilMs, freeAtOf(requests, 1), freeAtOf(tokens, amount)),
    take(amount) {
      if (requests !== null) requests.left -= 1;
      if (tokens !== null) tokens.left -= amount;
    },
    learn(limits) {
      requests = toBucket(limits.requests, clock.monotonic()) ?? requests;
      tokens = toBucket(limits.tokens, clock.monotonic()) ?? tokens;
    },
    pause(waitMs) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.monotonic() + waitMs);
    },
    pausedForMs: () => Math.max(0, Math.round(pausedUntilMs - clock.monotonic())),
  };
}

/** Null where the provider does not say when it is full again: then what is left means nothing. */
function toBucket({ limit, remaining, resetMs }: RateWindow, nowMs: number): Bucket | null {
  if (remaining === null || resetMs === null) return null;
  return { left: remaining, fullAtMs: nowMs + resetMs, limit: limit ?? Infinity };
}
