import type { Clock } from "../../../kernel/clock.ts";
import { createQueueFull } from "../../calls/errors.ts";
import type { RateLimits } from "../rate-headers.ts";
import { createAllowance } from "./allowance.ts";

/** Holds calls to one model back to what its provider allows, and lets the urgent ones first. */
export interface RateGate {
  /**
   * Waits for a turn. The answer gives it back.
   * @throws QueueFull (RGS-7503), and the signal's reason
   */
  enter(wish: Wish, signal: AbortSignal): Promise<() => void>;
  /** Takes in what an answer's headers say. */
  learn(limits: RateLimits): void;
  /** The provider asked for patience: nobody goes for so long, and then half as many at a time. */
  slowDown(waitMs: number): void;
  /** A call went well: a little more may go at a time. */
  speedUp(): void;
  /** Until the next call may go, ms. */
  waitMs(): number;
}

export interface Wish {
  readonly isUrgent: boolean;
  /** Tokens that the call may take. */
  readonly tokens: number;
}

const MOST_WAITING = 4_096;
/** One for all: an error of its own for each wait costs its stack. */
const SOONER = new Error("something is due before");

/**
 * Additive increase, multiplicative decrease (Chiu and Jain 1989) of the calls at a time; beside it the counts of
 * requests and tokens that the provider itself says are left.
 */
export function createRateGate(clock: Clock, name: string, most: number): RateGate {
  const allowance = createAllowance(clock);
  const queue = createQueue();
  const state = { running: 0, limit: most, goodOnes: 0 };

  const pump = (): void => {
    for (let next = queue.first(); next !== undefined && state.running < state.limit;) {
      const leftMs = allowance.freeAtMs(next.tokens) - clock.monotonic();
      if (leftMs > 0) {
        alarm.ringIn(leftMs);
        return;
      }
      state.running += 1;
      allowance.take(next.tokens);
      queue.remove(next);
      next.go();
      next = queue.first();
    }
  };
  const alarm = createAlarm(clock, pump);
  return {
    async enter(wish, signal) {
      signal.throwIfAborted();
      if (queue.size() >= MOST_WAITING) throw createQueueFull(name, state.running, queue.size());
      await queue.wait(wish, signal, pump);
      let isIn = true;
      return () => {
        if (!isIn) return;
        isIn = false;
        state.running -= 1;
        pump();
      };
    },
    learn(limits) {
      allowance.learn(limits);
      pump();
    },
    slowDown(waitMs) {
      allowance.pause(waitMs);
      state.limit = Math.max(1, Math.floor(Math.min(state.limit, Math.max(state.running, 1)) / 2));
      state.goodOnes = 0;
    },
    speedUp() {
      state.goodOnes += 1;
      if (state.limit >= most || state.goodOnes < state.limit) return;
      state.goodOnes = 0;
      state.limit += 1;
      pump();
    },
    waitMs: () => allowance.pausedForMs(),
  };
}

interface Alarm {
  /** Unless it rings before: an urgent call, or counts that have just come, may be due sooner than what was waited for. */
  ringIn(waitMs: number): void;
}

function createAlarm(clock: Clock, ring: () => void): Alarm {
  let next: { readonly atMs: number; readonly stop: AbortController } | null = null;
  return {
    ringIn(waitMs) {
      const mostMs = Math.min(Math.max(1, waitMs), 2 ** 31 - 1);
      const atMs = clock.monotonic() + mostMs;
      if (next !== null && next.atMs <= atMs) return;
      next?.stop.abort(SOONER);
      next = { atMs, stop: new AbortController() };
      clock.sleep(mostMs, next.stop.signal, { isBackground: true }).then(
        () => {
          next = null;
          ring();
        },
        () => undefined,
      );
    },
  };
}

interface Waiting extends Wish {
  readonly go: () => void;
}

interface Queue {
  first(): Waiting | undefined;
  remove(one: Waiting): void;
  size(): number;
  wait(wish: Wish, signal: AbortSignal, begin: () => void): Promise<void>;
}

/** Two lines, each first come, first served. */
function createQueue(): Queue {
  const urgent = new Set<Waiting>();
  const other = new Set<Waiting>();
  const remove = (one: Waiting): void => {
    (one.isUrgent ? urgent : other).delete(one);
  };
  return {
    first: () => firstOf(urgent) ?? firstOf(other),
    remove,
    size: () => urgent.size + other.size,
    wait: (wish, signal, begin) =>
      new Promise((resolve, reject) => {
        const onAbort = (): void => {
          remove(one);
          reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
        };
        const one: Waiting = {
          ...wish,
          go: () => {
            signal.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        signal.addEventListener("abort", onAbort, { once: true });
        (wish.isUrgent ? urgent : other).add(one);
        begin();
      }),
  };
}

function firstOf(line: ReadonlySet<Waiting>): Waiting | undefined {
  return line.values().next().value;
}
