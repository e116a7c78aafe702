import {
  countActiveResources,
  drainMicrotasks,
  listActiveHandles,
  monotonic,
  realSetImmediate,
} from "./private-world.ts";
import type { VirtualTimers } from "./timers.ts";

/** Something a step waits for. Whoever completes it sets `isDone`. */
export interface Wait {
  isDone: boolean;
}

/** Work that hands back control whenever it has to wait. */
export type Steps<T> = Generator<Wait, T, undefined>;

/** Most virtual time one wait may use up, ms: a test that sleeps longer is not worth writing. */
const VIRTUAL_LIMIT_MS = 400;
/** Most real time a wait may take while files or sockets are busy, ms. */
const REAL_LIMIT_MS = 1500;
/** Immediates and timers that one wait may run: a target that keeps asking for more is cut off. */
const MAX_ROUNDS = 10_000;
/** Turns of the event loop with nothing going on after which a wait is hopeless. */
const IDLE_TURNS = 3;

/** Runs steps: synchronously as far as microtasks and virtual timers carry, else on the event loop. */
export interface Pump {
  run<T>(steps: Steps<T>, onEnd: (result: T) => void, onCrash: (failure: unknown) => void): void;
  /** Waits (as a step) until nothing is going on any more; false when something stays busy. */
  settle(): Steps<boolean>;
  /** What keeps the loop busy now is normal from here on. */
  acceptBusy(): void;
}

/** `timers` null: the target's timers are Node's own and waiting for them takes real time. */
export function createPump(timers: VirtualTimers | null): Pump {
  return new LoopPump(timers);
}

class LoopPump implements Pump {
  readonly #timers: VirtualTimers | null;
  #normal = 0;
  #knownHandles = new Set<unknown>();
  #virtualBase = 0;

  constructor(timers: VirtualTimers | null) {
    this.#timers = timers;
  }

  run<T>(steps: Steps<T>, onEnd: (result: T) => void, onCrash: (failure: unknown) => void): void {
    const go = (): void => {
      try {
        for (;;) {
          const step = steps.next();
          if (step.done === true) {
            onEnd(step.value);
            return;
          }
          this.#virtualBase = this.#timers?.now() ?? 0;
          this.#advance(step.value);
          if (!step.value.isDone) {
            this.#waitFor(step.value, go);
            return;
          }
        }
      } catch (failure) {
        onCrash(failure);
      }
    };
    // Draining microtasks by hand works only outside of one.
    realSetImmediate(go);
  }

  *settle(): Steps<boolean> {
    const quick: Wait = { isDone: false };
    this.#virtualBase = this.#timers?.now() ?? 0;
    this.#advance(quick);
    if (!this.#isBusy()) return this.#hasRung();
    yield quick;
    if (!this.#isBusy()) return this.#hasRung();
    closeLeftovers(this.#knownHandles);
    yield { isDone: false };
    const isClean = !this.#isBusy();
    if (!isClean) this.#normal = countActiveResources();
    return isClean;
  }

  acceptBusy(): void {
    this.#normal = countActiveResources();
    this.#knownHandles = new Set(listActiveHandles());
  }

  /** A timer that waits for longer than a test may would keep the test's process alive. */
  #hasRung(): boolean {
    return this.#timers?.isWaiting() !== true;
  }

  #isBusy(): boolean {
    return countActiveResources() > this.#normal;
  }

  /** Runs everything that needs no event loop. */
  #advance(wait: Wait): void {
    const timers = this.#timers;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      drainMicrotasks();
      if (wait.isDone || timers === null) return;
      if (timers.runImmediates()) continue;
      if (this.#isBusy() || !timers.runNextTimer(this.#virtualBase + VIRTUAL_LIMIT_MS)) return;
    }
  }

  #waitFor(wait: Wait, resume: () => void): void {
    const started = monotonic();
    let idle = 0;
    const turn = (): void => {
      this.#advance(wait);
      if (!wait.isDone) {
        idle = this.#isBusy() ? 0 : idle + 1;
        if (idle < IDLE_TURNS && monotonic() - started < REAL_LIMIT_MS) {
          realSetImmediate(turn);
          return;
        }
      }
      resume();
    };
    realSetImmediate(turn);
  }
}

/** Closes servers, sockets and watchers that a program left open. */
function closeLeftovers(known: ReadonlySet<unknown>): void {
  for (const handle of listActiveHandles()) {
    if (known.has(handle) || typeof handle !== "object" || handle === null) continue;
    for (const name of ["destroy", "close"]) {
      const method = (handle as Record<string, unknown>)[name];
      if (typeof method !== "function") continue;
      try {
        Reflect.apply(method, handle, []);
        break;
      } catch {
        // It may be closed already; the caller counts what stays.
      }
    }
  }
}
