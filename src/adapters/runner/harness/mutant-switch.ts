import type { SearchRuntime } from "../../../contract/search-runtime.ts";

/** Drives the switch of the schemata build in one realm: which mutant is on, what was hit, what it may burn. */
export interface MutantSwitch {
  /** No mutant, full fuel; hits count for `testId`, or for loading when null. */
  rest(testId: string | null): void;
  /** Switches a mutant on, with limits on its hits and on loop iterations plus function entries. */
  activate(switchId: string, limits: { readonly hits: number; readonly fuel: number }): void;
  /** True when the active mutant ran into one of its limits. */
  isSpent(): boolean;
  /** Hits by switch id since `rest(testId)`. */
  hitsOf(testId: string): Readonly<Record<string, number>>;
  /** Fuel burnt since the last `rest` or `activate`. */
  burntFuel(): number;
  /** Switch ids hit outside tests. */
  loadHits(): string[];
}

interface StrykerNamespace {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: {
    readonly static: Record<string, number>;
    readonly perTest: Record<string, Record<string, number>>;
  };
}

const FULL_TANK = 0x3fffffff;

/** Installs the switch; to be called before the first module of the target is loaded in this realm. */
export function installMutantSwitch(realm: Record<string, unknown>): MutantSwitch {
  // The schemata helpers keep these two objects, so both stay the same for the life of the realm.
  const coverage = { static: {}, perTest: {} as Record<string, Record<string, number>> };
  const stryker: StrykerNamespace = { mutantCoverage: coverage };
  const tank = createTank();
  realm["__stryker__"] = stryker;
  realm["__regoose__"] = tank.runtime;
  return {
    rest: (testId) => {
      stryker.activeMutant = undefined;
      stryker.hitCount = undefined;
      stryker.hitLimit = undefined;
      stryker.currentTestId = testId ?? undefined;
      tank.fill(FULL_TANK, false);
    },
    activate: (switchId, limits) => {
      stryker.activeMutant = switchId;
      stryker.currentTestId = undefined;
      stryker.hitCount = 0;
      stryker.hitLimit = limits.hits;
      tank.fill(Math.min(limits.fuel, FULL_TANK), true);
    },
    isSpent: () => (stryker.hitCount ?? 0) > (stryker.hitLimit ?? 0) || tank.isEmpty(),
    hitsOf: (testId) => coverage.perTest[testId] ?? {},
    burntFuel: () => tank.burnt(),
    loadHits: () => Object.keys(coverage.static),
  };
}

interface Tank {
  readonly runtime: SearchRuntime;
  fill(fuel: number, isLimited: boolean): void;
  burnt(): number;
  isEmpty(): boolean;
}

function createTank(): Tank {
  const fuelErrors = new WeakSet();
  let isLimited = false;
  let filled = FULL_TANK;
  let isEmpty = false;
  const runtime: SearchRuntime = {
    fuel: FULL_TANK,
    isLogging: false,
    outOfFuel: () => {
      // Outside pairs nothing is stopped; within one the tank stays empty, so that code which
      // swallows the error stops again at its next loop or call.
      if (!isLimited) {
        runtime.fuel = FULL_TANK;
        return undefined;
      }
      isEmpty = true;
      const failure = new Error("the loop and call limit of this mutant was reached");
      fuelErrors.add(failure);
      throw failure;
    },
    isOutOfFuel: (thrown) =>
      typeof thrown === "object" && thrown !== null && fuelErrors.has(thrown),
    compare: () => undefined,
  };
  return {
    runtime,
    fill: (fuel, limited) => {
      isLimited = limited;
      isEmpty = false;
      filled = fuel;
      runtime.fuel = fuel;
    },
    burnt: () => Math.max(0, filled - runtime.fuel),
    isEmpty: () => isEmpty,
  };
}
