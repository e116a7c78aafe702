import type { HarnessConfig, HarnessPairs } from "../../../contract/harness.ts";
import { RESULT_FILE } from "../../../contract/run-folder.ts";
import type { MutantSwitch } from "./mutant-switch.ts";
import type { PrivateNode } from "./private-node.ts";
import type { LineWriter } from "./result-lines.ts";
import { BodyTimeout, isThenable, runWithLimit } from "./time-limit.ts";
import { startWatchdog, type Watchdog } from "./watchdog.ts";

/** Executes tests against mutants: each clone of a test is one baseline run, one pair or one check. */
export interface PairSession {
  /** Clone marks of a test in the order to run them; null when no pair was asked for. */
  toClones(file: string, fullTitle: string): readonly string[] | null;
  /** Before the clone's hooks. */
  begin(clone: string): void;
  /** Runs the clone's body; throws or rejects when it is red. */
  run(clone: string, body: () => unknown): unknown;
  finish(): void;
}

interface TestState {
  readonly index: number;
  readonly pairs: HarnessPairs;
  isRed: boolean;
  hits: Readonly<Record<string, number>>;
  fuel: number;
  durationMs: number;
}

/** `NO_MUTANT` of the contract: a control that runs under every test. */
const NO_MUTANT_ID = "none";
const HITS_FLOOR = 10_000;
/** A loop that fills an array takes about a second for a million steps. */
const FUEL_FLOOR = 100_000;
const LIMIT_FACTOR = 100;
/** Nothing is under way for so long, ms, or for some times the test's own duration: it never settles. */
const IDLE_MS = 75;
const IDLE_FACTOR = 4;
/** How much longer than a pair may take its thread may be blocked. */
const WATCHDOG_FACTOR = 2;

/** Prepares the pairs of one realm. */
export function createPairSession(
  node: PrivateNode,
  config: HarnessConfig,
  lines: LineWriter,
  mutants: MutantSwitch,
): PairSession {
  return new RealmPairs(node, config, lines, mutants);
}

class RealmPairs implements PairSession {
  readonly #node: PrivateNode;
  readonly #config: HarnessConfig;
  readonly #lines: LineWriter;
  readonly #mutants: MutantSwitch;
  readonly #watchdog: Watchdog;
  readonly #tests: readonly TestState[];
  readonly #byTitle = new Map<string, TestState>();
  readonly #pairs = new Map<number, { readonly test: TestState; readonly switchId: string }>();
  /** Mutants that need no further pair. */
  readonly #dead = new Set<string>();
  /** Killed since the last check, so that the kills are not certain yet. */
  #unchecked: string[] = [];
  /** The state of this process is not to be trusted any more. */
  #isStopped = false;
  #isSkipping = false;

  constructor(node: PrivateNode, config: HarnessConfig, lines: LineWriter, mutants: MutantSwitch) {
    this.#node = node;
    this.#config = config;
    this.#lines = lines;
    this.#mutants = mutants;
    this.#watchdog = startWatchdog(
      node,
      `${config.workPath}/${RESULT_FILE}`,
      config.pairTimeoutMs * WATCHDOG_FACTOR,
    );
    this.#tests = config.pairs.map(toTestState);
    for (const test of this.#tests) {
      this.#byTitle.set(`${test.pairs.file}::${test.pairs.fullTitle}`, test);
      for (const [pair, switchId] of test.pairs.chunks.flat()) {
        this.#pairs.set(pair, { test, switchId });
      }
    }
  }

  toClones(file: string, fullTitle: string): readonly string[] | null {
    const test = this.#byTitle.get(`${file}::${fullTitle}`);
    return test === undefined ? null : toClones(test);
  }

  begin(clone: string): void {
    const number = Number(clone.slice(1));
    this.#watchdog.touch(clone.startsWith("p") ? number : -1);
    if (clone.startsWith("p")) {
      this.#beginPair(number);
      return;
    }
    this.#mutants.rest(clone);
    this.#isSkipping = this.#isStopped || this.#tests[number] === undefined;
  }

  #beginPair(number: number): void {
    const pair = this.#pairs.get(number);
    const isDead = pair !== undefined && this.#dead.has(pair.switchId);
    this.#isSkipping = this.#isStopped || pair === undefined || pair.test.isRed || isDead;
    if (pair === undefined || this.#isSkipping) {
      this.#mutants.rest(null);
      return;
    }
    this.#lines.write({ type: "pair-start", pair: number });
    this.#mutants.activate(pair.switchId, {
      hits: (pair.test.hits[pair.switchId] ?? 0) * LIMIT_FACTOR + HITS_FLOOR,
      fuel: pair.test.fuel * LIMIT_FACTOR + FUEL_FLOOR,
    });
  }

  run(clone: string, body: () => unknown): unknown {
    if (this.#isSkipping) return undefined;
    const number = Number(clone.slice(1));
    const pair = this.#pairs.get(number);
    if (clone.startsWith("p") && pair !== undefined) {
      return this.#runPair(number, pair.test, pair.switchId, body);
    }
    const test = this.#tests[number];
    if (test === undefined) return undefined;
    return clone.startsWith("c") ? this.#runCheck(body) : this.#runBaseline(test, body);
  }

  #runBaseline(test: TestState, body: () => unknown): unknown {
    const startedAt = this.#node.monotonic();
    return settleThen(
      () => this.#execute(body, null),
      (isRed) => {
        test.isRed = isRed;
        test.hits = this.#mutants.hitsOf(`b${test.index}`);
        test.fuel = this.#mutants.burntFuel();
        test.durationMs = this.#node.monotonic() - startedAt;
      },
    );
  }

  #runCheck(body: () => unknown): unknown {
    return settleThen(
      () => this.#execute(body, null),
      (isRed) => {
        if (isRed) this.#isStopped = true;
        else if (this.#config.stopAtFirstKill) {
          for (const switchId of this.#unchecked) this.#dead.add(switchId);
        }
        this.#unchecked = [];
      },
    );
  }

  #runPair(pair: number, test: TestState, switchId: string, body: () => unknown): unknown {
    return settleThen(
      () => this.#execute(body, Math.max(IDLE_MS, test.durationMs * IDLE_FACTOR)),
      (isRed, thrown) => {
        if (this.#mutants.isSpent() || thrown instanceof BodyTimeout) {
          this.#lines.write({ type: "pair-timeout", pair });
          // What is still pending would run on under the next mutant: the rest needs a fresh process.
          if (thrown instanceof BodyTimeout && !thrown.isIdle) this.#isStopped = true;
          if (!isRed) throw new BodyTimeout("the mutant ran into its limit", false);
        }
        if (isRed && switchId !== NO_MUTANT_ID) this.#unchecked.push(switchId);
      },
    );
  }

  #execute(body: () => unknown, idleMs: number | null): unknown {
    const watched = (): unknown => this.#watchdog.run(body);
    return runWithLimit(this.#node, watched, { limitMs: this.#config.pairTimeoutMs, idleMs });
  }

  finish(): void {
    this.#watchdog.stop();
    this.#mutants.rest(null);
  }
}

function toTestState(pairs: HarnessPairs, index: number): TestState {
  // Red until its baseline run was green in this process.
  return { index, pairs, isRed: true, hits: {}, fuel: 0, durationMs: 0 };
}

function toClones(test: TestState): readonly string[] {
  const clones = [`b${test.index}`];
  for (const chunk of test.pairs.chunks) {
    clones.push(...chunk.map(([pair]) => `p${pair}`), `c${test.index}`);
  }
  return clones;
}

/** Runs `body`, then tells `after` how it ended; the outcome stays the body's, unless `after` throws. */
function settleThen(
  body: () => unknown,
  after: (isRed: boolean, thrown: unknown) => void,
): unknown {
  let result: unknown;
  try {
    result = body();
  } catch (thrown) {
    after(true, thrown);
    throw thrown;
  }
  if (!isThenable(result)) {
    after(false, undefined);
    return result;
  }
  return result.then(
    (value) => {
      after(false, undefined);
      return value;
    },
    (thrown: unknown) => {
      after(true, thrown);
      throw thrown;
    },
  );
}
