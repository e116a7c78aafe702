import { SEARCH_RUNTIME_GLOBAL, type SearchRuntime } from "../../contract/search-runtime.ts";

/** One comparison that the target made. */
export interface Comparison {
  readonly left: string | number;
  readonly right: string | number;
}

/** The engine's hold on instrumented code: fuel and the comparison log. */
export interface RuntimeControl {
  /** Gives the next execution so many loop iterations and calls. */
  refuel(amount: number): void;
  /** Whether the execution since `refuel` ran dry. */
  isDry(): boolean;
  isOutOfFuel(thrown: unknown): boolean;
  setLogging(isOn: boolean): void;
  /** Takes the log and starts it afresh. */
  takeLog(): readonly Comparison[];
}

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
  const runtime: SearchRuntime = {
    fuel: 1_000_000_000,
    isLogging: false,
    outOfFuel() {
      throw new OutOfFuel();
    },
    isOutOfFuel: (thrown) => thrown instanceof OutOfFuel,
    compare(left, right) {
      if (log.length >= MAX_LOG) return;
      if (isScalar(left) && isScalar(right) && left !== right) log.push({ left, right });
    },
  };
  Object.defineProperty(globalThis, SEARCH_RUNTIME_GLOBAL, {
    value: runtime,
    writable: false,
    configurable: false,
  });
  return {
    refuel(amount) {
      runtime.fuel = amount;
    },
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
