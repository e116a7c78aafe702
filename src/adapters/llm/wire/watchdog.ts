import type { Clock } from "../../../kernel/clock.ts";
import { createModelTimedOut, type RequestFacts } from "../errors.ts";
import type { WireLimits } from "./wire.ts";

/** Cuts a request off whose answer does not come on. */
export interface Watchdog extends Disposable {
  /** Aborts with the error of the limit that was reached, or with the caller's own reason. */
  readonly signal: AbortSignal;
  /** Bytes came: the answer is alive, though they may say nothing. */
  noteBytes(): void;
  /** A token came. */
  noteToken(): void;
  /** Until the first token, ms; null where none came. */
  firstTokenMs(): number | null;
}

/** One for all: an error of its own for each call costs its stack. */
const OVER = new Error("the request is over");

/** Keep-alive bytes fill gaps and do not stand for the first token. One sleeper a call, however many tokens come. */
export function startWatchdog(
  clock: Clock,
  facts: RequestFacts,
  limits: WireLimits,
  caller: AbortSignal,
): Watchdog {
  const startMs = clock.monotonic();
  const cut = new AbortController();
  const stop = new AbortController();
  let aliveMs: number | null = null;
  let firstMs: number | null = null;
  const nextLimit = (): {
    readonly phase: "first token" | "gap" | "total";
    readonly limitMs: number;
    readonly endMs: number;
  } => {
    const total = {
      phase: "total",
      limitMs: limits.totalMs,
      endMs: startMs + limits.totalMs,
    } as const;
    const first = {
      phase: "first token",
      limitMs: limits.firstTokenMs,
      endMs: startMs + limits.firstTokenMs,
    } as const;
    const gap = {
      phase: "gap",
      limitMs: limits.gapMs,
      endMs: (aliveMs ?? startMs) + limits.gapMs,
    } as const;
    const inner = firstMs === null ? first : gap;
    return inner.endMs < total.endMs ? inner : total;
  };
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const { phase, limitMs, endMs } = nextLimit();
      const leftMs = endMs - clock.monotonic();
      if (leftMs <= 0) {
        cut.abort(createModelTimedOut(facts, phase, limitMs));
        return;
      }
      await clock.sleep(Math.min(leftMs, 2 ** 31 - 1), stop.signal);
    }
  };
  watch().catch(() => undefined);
  const note = (): number => (aliveMs = clock.monotonic());
  return {
    signal: AbortSignal.any([cut.signal, caller]),
    noteBytes: note,
    noteToken() {
      firstMs ??= note() - startMs;
    },
    firstTokenMs: () => (firstMs === null ? null : Math.round(firstMs)),
    [Symbol.dispose]() {
      stop.abort(OVER);
    },
  };
}
