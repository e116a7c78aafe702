import { SEARCH_RUNTIME_GLOBAL, type SearchRuntime } from "../../contract/search-runtime.ts";
import { monotonic } from "./private-world.ts";

/** One comparison that the target made. */
export interface Comparison {
  readonly left: string | number;
  readonly right: string | number;
}

/** The engine's hold on instrumented code: fuel and the comparison log. */
export interface RuntimeControl {
  /** Gives the next execution so many loop iterations and calls. */
  refuel(amount: number): void;
  /** Like `refuel`, and lets the clock cut what takes `limitMs`, whatever fuel is left. */
  refuelTimed(amount: number, limitMs: number): void;
  /** Whether the clock cut the execution since `refuelTimed`. */
  wasCut(): boolean;
  /** Whether the execution since `refuel` ran dry. */
  isDry(): boolean;
  isOutOfFuel(thrown: unknown): boolean;
  setLogging(isOn: boolean): void;
  /** Takes the log and starts it afresh. */
  takeLog(): readonly Comparison[];
}

/**
 * Fuel before the first look at the clock; doubled after each, up to the largest. Iterations differ in
 * cost: one may join or compare megabytes.
 */
const FIRST_SLICE = 64;
const LARGEST_SLICE = 8_192;
const MAX_LOG = 400;
const MAX_TEXT = 120;

class OutOfFuel extends Error {
  constructor() {
    super("the execution used up its fuel");
    this.name = "OutOfFuel";
  }
}

/** Installs the object that instrumented files capture; call before loading any. */
export function installRuntime(): RuntimeControl {
  let log: Comparison[] = [];
  let rest = 0;
  let slice = FIRST_SLICE;
  let cutAt = Number.POSITIVE_INFINITY;
  let isCut = false;
  const runtime: SearchRuntime = {
    fuel: 1_000_000_000,
    isLogging: false,
    outOfFuel() {
      if (rest > 0 && monotonic() < cutAt) {
        takeSlice();
        return;
      }
      isCut ||= rest > 0;
      rest = 0;
      throw new OutOfFuel();
    },
    isOutOfFuel: (thrown) => thrown instanceof OutOfFuel,
    compare(left, right) {
      if (log.length >= MAX_LOG) return;
      if (isScalar(left) && isScalar(right) && left !== right) log.push({ left, right });
    },
  };
  const takeSlice = (): void => {
    runtime.fuel = Math.min(rest, slice);
    rest -= runtime.fuel;
    slice = Math.min(slice * 2, LARGEST_SLICE);
  };
  Object.defineProperty(globalThis, SEARCH_RUNTIME_GLOBAL, {
    value: runtime,
    writable: false,
    configurable: false,
  });
  return {
    refuel(amount) {
      rest = 0;
      isCut = false;
      cutAt = Number.POSITIVE_INFINITY;
      runtime.fuel = amount;
    },
    refuelTimed(amount, limitMs) {
      rest = amount;
      slice = FIRST_SLICE;
      isCut = false;
      cutAt = monotonic() + limitMs;
      takeSlice();
    },
    wasCut: () => isCut,
    isDry: () => runtime.fuel < 0,
    isOutOfFuel: (thrown) => runtime.isOutOfFuel(thrown),
    setLogging(isOn) {
      runtime.isLogging = isOn;
    },
    takeLog() {
      const taken = log;
      log = [];
      return taken;
    },
  };
}

function isScalar(value: unknown): value is string | number {
  return typeof value === "number" || (typeof value === "string" && value.length <= MAX_TEXT);
}
