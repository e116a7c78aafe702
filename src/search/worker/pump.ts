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
  let normal = 0;
  let knownHandles = new Set<unknown>();
  let virtualBase = 0;

  const isBusy = (): boolean => countActiveResources() > normal;

  /** Runs everything that needs no event loop. */
  const advance = (wait: Wait): void => {
    for (let round = 0; round < 10_000; round += 1) {
      drainMicrotasks();
      if (wait.isDone || timers === null) return;
      if (timers.runImmediates()) continue;
      if (isBusy() || !timers.runNextTimer(virtualBase + VIRTUAL_LIMIT_MS)) return;
    }
  };

  const await_ = (wait: Wait, resume: () => void): void => {
    const started = monotonic();
    let idle = 0;
    const turn = (): void => {
      advance(wait);
      if (!wait.isDone) {
        idle = isBusy() ? 0 : idle + 1;
        if (idle < IDLE_TURNS && monotonic() - started < REAL_LIMIT_MS) {
          realSetImmediate(turn);
          return;
        }
      }
      resume();
    };
    realSetImmediate(turn);
  };

  return {
    run(steps, onEnd, onCrash) {
      const go = (): void => {
        try {
          for (;;) {
            const step = steps.next();
            if (step.done === true) {
              onEnd(step.value);
              return;
            }
            virtualBase = timers?.now() ?? 0;
            advance(step.value);
            if (!step.value.isDone) {
              await_(step.value, go);
              return;
            }
          }
        } catch (failure) {
          onCrash(failure);
        }
      };
      // Draining microtasks by hand works only outside of one.
      realSetImmediate(go);
    },
    *settle() {
      const quick: Wait = { isDone: false };
      virtualBase = timers?.now() ?? 0;
      advance(quick);
      if (!isBusy()) return true;
      yield quick;
      if (!isBusy()) return true;
      closeLeftovers(knownHandles);
      yield { isDone: false };
      const isClean = !isBusy();
      if (!isClean) normal = countActiveResources();
      return isClean;
    },
    acceptBusy() {
      normal = countActiveResources();
      knownHandles = new Set(listActiveHandles());
    },
  };
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
