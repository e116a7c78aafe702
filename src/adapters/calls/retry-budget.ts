import type { Clock } from "../../kernel/clock.ts";
import type { CallSettings } from "./call-settings.ts";

/** Counts calls and retries of a sliding window, so that retries never multiply an outage. */
export interface RetryBudget {
  /** Notes a first attempt. */
  countCall(): void;
  /** Notes a retry. */
  countRetry(): void;
  hasRoom(): boolean;
}

const BUCKETS = 12;

/** The idea is Finagle's RetryBudget: a share of the calls, plus a floor so that few calls may retry at all. */
export function createRetryBudget(clock: Clock, settings: CallSettings["budget"]): RetryBudget {
  const bucketMs = settings.windowMs / BUCKETS;
  let buckets: { readonly startMs: number; calls: number; retries: number }[] = [];
  const current = (): (typeof buckets)[number] => {
    const startMs = Math.floor(clock.monotonic() / bucketMs) * bucketMs;
    buckets = buckets.filter((bucket) => bucket.startMs > startMs - settings.windowMs);
    const last = buckets.at(-1);
    if (last?.startMs === startMs) return last;
    const made = { startMs, calls: 0, retries: 0 };
    buckets.push(made);
    return made;
  };
  const sum = (of: "calls" | "retries"): number =>
    buckets.reduce((total, bucket) => total + bucket[of], 0);
  return {
    countCall() {
      current().calls += 1;
    },
    countRetry() {
      current().retries += 1;
    },
    hasRoom() {
      current();
      return sum("retries") < Math.max(settings.floor, settings.share * sum("calls"));
    },
  };
}
