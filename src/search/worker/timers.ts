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
  /** Whether a timer waits that would keep a process alive: one that was not `unref`ed. */
  isWaiting(): boolean;
  /** Replaces the global timer functions and those of `node:timers`. */
  install(): void;
}

/** Receives what callbacks throw; they never escape into the engine. */
export type OnStrayError = (thrown: unknown) => void;

type Callback = (...args: unknown[]) => unknown;

/** Creates virtual timers; `onStray` gets errors of callbacks. */
export function createVirtualTimers(onStray: OnStrayError): VirtualTimers {
  return new TimerQueue(onStray);
}

class TimerQueue implements VirtualTimers {
  readonly #onStray: OnStrayError;
  readonly #byNumber = new Map<number, VirtualHandle>();
  #now = 0;
  #order = 0;
  #pending: Entry[] = [];
  #immediates: Entry[] = [];

  constructor(onStray: OnStrayError) {
    this.#onStray = onStray;
  }

  now(): number {
    return this.#now;
  }

  reset(): void {
    this.#now = 0;
    this.#pending = [];
    this.#immediates = [];
    this.#byNumber.clear();
  }

  runImmediates(): boolean {
    const batch = this.#immediates;
    this.#immediates = [];
    for (const entry of batch) this.#run(entry);
    return batch.length > 0;
  }

  runNextTimer(limitMs: number): boolean {
    const next = this.#pending.reduce<Entry | null>(
      (best, entry) => (best === null || isBefore(entry, best) ? entry : best),
      null,
    );
    if (next === null || next.due > limitMs) return false;
    this.#now = Math.max(this.#now, next.due);
    this.#pending = this.#pending.filter((entry) => entry !== next);
    if (next.repeatMs !== null) {
      this.#order += 1;
      this.#pending.push({ ...next, due: this.#now + next.repeatMs, order: this.#order });
    }
    this.#run(next);
    return true;
  }

  isWaiting(): boolean {
    return this.#pending.some(({ handle }) => handle.hasRef());
  }

  install(): void {
    const clear = (handle: unknown): void => {
      this.#clear(handle);
    };
    installTimers(
      (callback, delay, ...args) => this.#add(callback, args, toDelay(delay), false),
      (callback, delay, ...args) => this.#add(callback, args, toDelay(delay), true),
      (callback, ...args) => this.#add(callback, args, null, false),
      clear,
    );
  }

  /** `delayMs` null adds an immediate. */
  #add(
    callback: Callback,
    args: unknown[],
    delayMs: number | null,
    repeats: boolean,
  ): VirtualHandle {
    if (typeof callback !== "function") throw createCallbackError(callback);
    this.#order += 1;
    const handle = createHandle(this.#order, (old) => {
      this.#clear(old);
    });
    this.#byNumber.set(this.#order, handle);
    const entry: Entry = {
      due: this.#now + (delayMs ?? 0),
      order: this.#order,
      run: () => callback(...args),
      repeatMs: repeats ? delayMs : null,
      handle,
    };
    (delayMs === null ? this.#immediates : this.#pending).push(entry);
    return handle;
  }

  #clear(handle: unknown): void {
    const found = typeof handle === "object" ? handle : this.#byNumber.get(Number(handle));
    this.#pending = this.#pending.filter((entry) => entry.handle !== found);
    this.#immediates = this.#immediates.filter((entry) => entry.handle !== found);
  }

  #run(entry: Entry): void {
    try {
      entry.run();
    } catch (thrown) {
      this.#onStray(thrown);
    }
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order);
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
  let isRef = true;
  const setRef = (next: boolean): VirtualHandle => {
    isRef = next;
    return handle;
  };
  const handle: VirtualHandle = {
    ref: () => setRef(true),
    unref: () => setRef(false),
    hasRef: () => isRef,
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
