/** StrykerJS's switch, as its instrumented code reads it (`@stryker-mutator/instrumenter`, "instrument header"). */
interface StrykerNamespace {
  activeMutant: string | undefined;
  currentTestId: string | undefined;
  hitCount: number | undefined;
  hitLimit: number | undefined;
  readonly mutantCoverage: {
    static: Record<string, number>;
    perTest: Record<string, Record<string, number>>;
  };
}

/** The engine's hold on a schemata build. */
export interface MutantSwitch {
  /** Switch ids that ran while modules loaded. */
  listAtLoad(): readonly string[];
  /** Ends the load phase: from now on runs count for programs. */
  beginPrograms(): void;
  activate(switchId: string | null): void;
  /** Whether a mutant is on. */
  isActive(): boolean;
  /** Switch ids that ran since the last call. */
  takeReached(): readonly string[];
}

const TEST_ID = "program";

/** Installs `__stryker__` with one coverage object that stays, for its helpers capture it. */
export function installMutantSwitch(): MutantSwitch {
  const namespace: StrykerNamespace = {
    activeMutant: undefined,
    currentTestId: undefined,
    hitCount: undefined,
    hitLimit: undefined,
    mutantCoverage: { static: {}, perTest: {} },
  };
  Object.defineProperty(globalThis, "__stryker__", {
    value: namespace,
    writable: false,
    configurable: false,
  });
  return {
    listAtLoad: () => Object.keys(namespace.mutantCoverage.static),
    beginPrograms() {
      namespace.currentTestId = TEST_ID;
    },
    activate(switchId) {
      namespace.activeMutant = switchId ?? undefined;
    },
    isActive: () => namespace.activeMutant !== undefined,
    takeReached() {
      const reached = Object.keys(namespace.mutantCoverage.perTest[TEST_ID] ?? {});
      // The entry is replaced, never the object that holds it.
      namespace.mutantCoverage.perTest[TEST_ID] = {};
      return reached;
    },
  };
}
