import { SEARCH_RUNTIME_GLOBAL, type SearchRuntime } from "../../contract/search-runtime.ts";
import { cpuTimeMs, monotonic } from "./private-world.ts";

/** One comparison that the target made. */
export interface Comparison {
  readonly left: string | number;
  readonly right: string | number;
}

/** The engine's hold on instrumented code: fuel and the comparison log. */
export interface RuntimeControl {
  /** Gives the next execution so many loop iterations and calls. */
  refuel(amount: number): void;
  /**
   * Like `refuel`, and lets the clock cut what takes `limitMs` of this process's own time, whatever fuel
   * is left. Time that the machine gave to others does not count: a busy one would cut other programs.
   */
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

/** The fuel of one execution, handed out in slices with a look at the clock in between. */
interface Tank {
  rest: number;
  slice: number;
  /** When to look next at the time that was used. */
  cutAt: number;
  limitMs: number;
  cpuAtStart: number;
  isCut: boolean;
}

const UNTIMED = { rest: 0, isCut: false, cutAt: Number.POSITIVE_INFINITY } as const;

function isTimeUp(tank: Tank): boolean {
  const now = monotonic();
  if (now < tank.cutAt) return false;
  const leftMs = tank.limitMs - (cpuTimeMs() - tank.cpuAtStart);
  if (leftMs <= 0) return true;
  tank.cutAt = now + leftMs;
  return false;
}

/** Installs the object that instrumented files capture; call before loading any. */
export function installRuntime(): RuntimeControl {
  let log: Comparison[] = [];
  const tank: Tank = { ...UNTIMED, slice: 0, limitMs: 0, cpuAtStart: 0 };
  const runtime: SearchRuntime = {
    fuel: 1_000_000_000,
    isLogging: false,
    outOfFuel() {
      if (tank.rest > 0 && !isTimeUp(tank)) {
        takeSlice(tank, runtime);
        return;
      }
      tank.isCut ||= tank.rest > 0;
      tank.rest = 0;
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
      Object.assign(tank, UNTIMED);
      runtime.fuel = amount;
    },
    refuelTimed(amount, limitMs) {
      tank.rest = amount;
      tank.slice = FIRST_SLICE;
      tank.isCut = false;
      tank.limitMs = limitMs;
      tank.cutAt = monotonic() + limitMs;
      tank.cpuAtStart = cpuTimeMs();
      takeSlice(tank, runtime);
    },
    wasCut: () => tank.isCut,
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

function takeSlice(tank: Tank, runtime: SearchRuntime): void {
  runtime.fuel = Math.min(tank.rest, tank.slice);
  tank.rest -= runtime.fuel;
  tank.slice = Math.min(tank.slice * 2, LARGEST_SLICE);
}

function isScalar(value: unknown): value is string | number {
  return typeof value === "number" || (typeof value === "string" && value.length <= MAX_TEXT);
}
