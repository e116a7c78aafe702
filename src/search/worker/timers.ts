import timers from "node:timers";

/** One waiting callback. */
interface Entry {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
  readonly repeatMs: number | null;
  readonly handle: VirtualHandle;
}

/** Stands for Node's `Timeout` and `Immediate`. */
export interface VirtualHandle {
  ref(): VirtualHandle;
  unref(): VirtualHandle;
  hasRef(): boolean;
  refresh(): VirtualHandle;
  close(): VirtualHandle;
  [Symbol.toPrimitive](): number;
  [Symbol.dispose](): void;
}

/** Timers on a clock that only moves when everything else is idle; nothing really waits. */
export interface VirtualTimers {
  /** Milliseconds since the execution began, as the target sees them. */
  now(): number;
  /** Forgets every timer and starts at 0 again. */
  reset(): void;
  /** Runs immediates that wait now; true when any ran. */
  runImmediates(): boolean;
  /** Moves to the next timer within `limitMs` of virtual time and runs it; false when there is none. */
  runNextTimer(limitMs: number): boolean;
  /** Replaces the global timer functions and those of `node:timers`. */
  install(): void;
}

/** Receives what callbacks throw; they never escape into the engine. */
export type OnStrayError = (thrown: unknown) => void;

type Callback = (...args: unknown[]) => unknown;

/** Creates virtual timers; `onStray` gets errors of callbacks. */
export function createVirtualTimers(onStray: OnStrayError): VirtualTimers {
  let now = 0;
  let order = 0;
  let pending: Entry[] = [];
  let immediates: Entry[] = [];
  const byNumber = new Map<number, VirtualHandle>();

  const add = (
    callback: Callback,
    delay: unknown,
    args: unknown[],
    repeats: boolean,
  ): VirtualHandle => {
    if (typeof callback !== "function") throw createCallbackError(callback);
    const delayMs = toDelay(delay);
    order += 1;
    const handle = createHandle(order, clear);
    byNumber.set(order, handle);
    pending.push({
      due: now + delayMs,
      order,
      run: () => callback(...args),
      repeatMs: repeats ? delayMs : null,
      handle,
    });
    return handle;
  };
  const addImmediate = (callback: Callback, ...args: unknown[]): VirtualHandle => {
    if (typeof callback !== "function") throw createCallbackError(callback);
    order += 1;
    const handle = createHandle(order, clear);
    immediates.push({ due: now, order, run: () => callback(...args), repeatMs: null, handle });
    return handle;
  };
  function clear(handle: unknown): void {
    const found = typeof handle === "object" ? handle : byNumber.get(Number(handle));
    pending = pending.filter((entry) => entry.handle !== found);
    immediates = immediates.filter((entry) => entry.handle !== found);
  }
  const run = (entry: Entry): void => {
    try {
      entry.run();
    } catch (thrown) {
      onStray(thrown);
    }
  };
  return {
    now: () => now,
    reset() {
      now = 0;
      pending = [];
      immediates = [];
      byNumber.clear();
    },
    runImmediates() {
      const batch = immediates;
      immediates = [];
      for (const entry of batch) run(entry);
      return batch.length > 0;
    },
    runNextTimer(limitMs) {
      const next = pending.reduce<Entry | null>(
        (best, entry) =>
          best === null ||
          entry.due < best.due ||
          (entry.due === best.due && entry.order < best.order)
            ? entry
            : best,
        null,
      );
      if (next === null || next.due > limitMs) return false;
      now = Math.max(now, next.due);
      pending = pending.filter((entry) => entry !== next);
      if (next.repeatMs !== null) {
        order += 1;
        pending.push({ ...next, due: now + next.repeatMs, order });
      }
      run(next);
      return true;
    },
    install() {
      installTimers(
        (callback, delay, ...args) => add(callback, delay, args, false),
        (callback, delay, ...args) => add(callback, delay, args, true),
        addImmediate,
        clear,
      );
    },
  };
}

type Setter = (callback: Callback, delay?: unknown, ...args: unknown[]) => VirtualHandle;

function installTimers(
  setTimeout: Setter,
  setInterval: Setter,
  setImmediate: (callback: Callback, ...args: unknown[]) => VirtualHandle,
  clear: (handle: unknown) => void,
): void {
  const promisified = Symbol.for("nodejs.util.promisify.custom");
  Object.defineProperty(setTimeout, promisified, {
    value: (delay: unknown, value: unknown) =>
      new Promise((resolve) => setTimeout(resolve, delay, value)),
  });
  Object.defineProperty(setImmediate, promisified, {
    value: (value: unknown) => new Promise((resolve) => setImmediate(resolve, value)),
  });
  const functions = {
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  };
  for (const holder of [globalThis, timers]) {
    for (const [name, value] of Object.entries(functions)) {
      Object.defineProperty(holder, name, {
        value,
        writable: true,
        configurable: true,
        enumerable: true,
      });
      Object.defineProperty(value, "name", { value: name, configurable: true });
    }
  }
}

function createHandle(order: number, clear: (handle: unknown) => void): VirtualHandle {
  const handle: VirtualHandle = {
    ref: () => handle,
    unref: () => handle,
    hasRef: () => true,
    refresh: () => handle,
    close() {
      clear(handle);
      return handle;
    },
    [Symbol.toPrimitive]: () => order,
    [Symbol.dispose]() {
      clear(handle);
    },
  };
  return handle;
}

function toDelay(delay: unknown): number {
  const number = Number(delay);
  // As Node does: out of range, NaN and missing become 1 ms.
  return number >= 1 && number <= 0x7fff_ffff ? Math.trunc(number) : 1;
}

function createCallbackError(received: unknown): TypeError {
  const error = new TypeError(
    `The "callback" argument must be of type function. Received ${received === null ? "null" : typeof received}`,
  );
  return Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}
