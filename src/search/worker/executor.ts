import { types } from "node:util";

import type { Statement, TestProgram } from "../../contract/program.ts";
import type { Recording, Snapshot, StatementOutcome } from "../../contract/snapshot.ts";
import { OUT_OF_FUEL, OUT_OF_TIME, STRAY_PREFIX } from "../engine/endless.ts";
import type { ClockAndChance } from "./clock-and-chance.ts";
import type { Fixture } from "./fixture.ts";
import type { MaterialiseContext } from "./materialise.ts";
import { isThenable, resolveMember, type LoadedModule } from "./modules.ts";
import { drainMicrotasks } from "./private-world.ts";
import { ForbiddenCall, type GuardState } from "./process-guard.ts";
import { Pending, perform } from "./perform.ts";
import type { Pump, Steps, Wait } from "./pump.ts";
import type { RuntimeControl } from "./runtime.ts";
import { describeThrown, takeSnapshot, type SnapshotContext } from "./snapshot.ts";
import type { VirtualTimers } from "./timers.ts";

/** What an execution showed. `bindings` are live until the next execution. */
export interface Execution {
  /** The program as run: results that were native promises are awaited. */
  readonly program: TestProgram;
  readonly recording: Recording;
  readonly bindings: readonly unknown[];
  /** Why the program makes no test, or null. */
  readonly problem: string | null;
  /** True when the program called file functions though it has no fixture. */
  readonly touchedFiles: boolean;
}

/** What the executor is built from. */
export interface ExecutorDeps {
  readonly modules: ReadonlyMap<string, LoadedModule>;
  readonly runtime: RuntimeControl | null;
  readonly guard: GuardState;
  readonly timers: VirtualTimers | null;
  readonly chance: ClockAndChance;
  readonly fixture: Fixture;
  readonly pump: Pump;
  readonly snapshots: SnapshotContext;
  readonly fuel: number;
}

/** Runs programs on the loaded modules. */
export interface Executor {
  /** `fuelFactor` multiplies the fuel, for a second try of a program that ran dry. */
  execute(program: TestProgram, fuelFactor?: number): Steps<Execution>;
}

/** Far above what ordinary code takes for the fuel of one execution: some milliseconds. */
const CUT_MS = 300;
/** The same with the fuel of a second try: a fifth of a second on an idle machine. */
const REFUELLED_CUT_MS = 2_000;
const MAX_SPY_CALLS = 10;
const NONE: Recording = { outcomes: [], mutations: [], spies: [], files: {} };

interface Spy {
  readonly statement: number;
  readonly argument: number;
  readonly calls: Snapshot[][];
}

/** The state of one running program. */
interface Run {
  readonly deps: ExecutorDeps;
  readonly module: LoadedModule;
  readonly bindings: unknown[];
  readonly bound: Map<unknown, number>;
  readonly statements: Statement[];
  readonly spies: Map<object, Spy>;
  readonly values: MaterialiseContext;
  readonly onSpyMade: (spy: object, statement: number, argument: number) => void;
  problem: string | null;
}

/** Creates the executor of this process. */
export function createExecutor(deps: ExecutorDeps): Executor {
  return {
    *execute(program, fuelFactor = 1) {
      const module = deps.modules.get(program.module);
      if (module === undefined) {
        return {
          program,
          recording: NONE,
          bindings: [],
          problem: "module not loaded",
          touchedFiles: false,
        };
      }
      prepare(deps, program, fuelFactor);
      const run = createRun(deps, module, program);
      const outcomes = yield* runStatements(run, program);
      // Only a recording has to know what came late; the search would pay for it on every run.
      const early = deps.runtime === null ? toLateText(run, outcomes) : null;
      const isQuiet = yield* deps.pump.settle();
      if (!isQuiet) run.problem ??= "left something running";
      const recording: Recording = {
        outcomes,
        mutations: findMutations(run, outcomes),
        spies: [...run.spies.values()].filter((spy) => spy.calls.length > 0),
        files: program.usesFixture ? deps.fixture.end() : {},
        ...(early !== null && early !== toLateText(run, outcomes) ? { arrivesLate: true } : {}),
      };
      return {
        program: { ...program, statements: run.statements },
        recording,
        bindings: run.bindings,
        problem: conclude(run),
        touchedFiles: deps.fixture.wasTouched(),
      };
    },
  };
}

function prepare(deps: ExecutorDeps, program: TestProgram, fuelFactor: number): void {
  deps.timers?.reset();
  deps.chance.reset();
  deps.guard.forbidden = null;
  deps.guard.stray = [];
  if (program.usesFixture) deps.fixture.begin();
  else deps.fixture.watch();
  const limitMs = fuelFactor > 1 ? REFUELLED_CUT_MS : CUT_MS;
  deps.runtime?.refuelTimed(Math.min(deps.fuel * fuelFactor, 1_000_000_000), limitMs);
}

function createRun(deps: ExecutorDeps, module: LoadedModule, program: TestProgram): Run {
  const bindings: unknown[] = [];
  const spies = new Map<object, Spy>();
  return {
    deps,
    module,
    bindings,
    bound: new Map(),
    statements: [...program.statements],
    spies,
    values: {
      bindings,
      resolveExport: (path) => resolveMember(module, path).value,
      onSpy(spy, args) {
        const record = spies.get(spy);
        if (record === undefined || record.calls.length >= MAX_SPY_CALLS) return;
        record.calls.push(args.map((arg) => takeSnapshot(arg, deps.snapshots)));
      },
    },
    onSpyMade(spy, statement, argument) {
      spies.set(spy, { statement, argument, calls: [] });
    },
    problem: null,
  };
}

function* runStatements(run: Run, program: TestProgram): Steps<StatementOutcome[]> {
  const outcomes: StatementOutcome[] = [];
  for (let index = 0; index < program.statements.length; index += 1) {
    const last = outcomes.at(-1);
    if (last?.kind === "threw" || last?.kind === "skipped") {
      outcomes.push({ kind: "skipped" });
      continue;
    }
    outcomes.push(yield* runStatement(run, index));
  }
  return outcomes;
}

function* runStatement(run: Run, index: number): Steps<StatementOutcome> {
  const statement = run.statements[index];
  if (statement === undefined) return { kind: "skipped" };
  let value: unknown;
  try {
    value = perform(run, statement, index);
  } catch (thrown) {
    return toThrown(run, thrown, false);
  }
  if (value instanceof Pending) return yield* finishPending(run, index, value);
  const isNative = types.isPromise(value);
  const awaits = "awaits" in statement && statement.awaits;
  if (awaits || (isNative && "awaits" in statement)) {
    if (!awaits) run.statements[index] = { ...statement, awaits: true };
    if (isThenable(value)) {
      const settled = yield* settle(value);
      if (settled.kind === "never") {
        run.problem ??= "never settles";
        return { kind: "skipped" };
      }
      if (settled.kind === "rejected") return toThrown(run, settled.value, true);
      value = settled.value;
    }
  }
  return bind(run, index, value);
}

function* finishPending(run: Run, index: number, pending: Pending): Steps<StatementOutcome> {
  const { wait } = pending;
  if (!wait.isDone) yield wait;
  if (!wait.isDone) {
    run.problem ??= "never calls back";
    return { kind: "skipped" };
  }
  return wait.hasThrown === true ? toThrown(run, wait.thrown, true) : bind(run, index, wait.value);
}

type Settled =
  { readonly kind: "fulfilled" | "rejected"; readonly value: unknown } | { readonly kind: "never" };

function* settle(thenable: PromiseLike<unknown>): Steps<Settled> {
  const wait: Wait & { settled?: Settled } = { isDone: false };
  Promise.resolve(thenable).then(
    (value) => {
      wait.settled = { kind: "fulfilled", value };
      wait.isDone = true;
    },
    (value: unknown) => {
      wait.settled = { kind: "rejected", value };
      wait.isDone = true;
    },
  );
  drainMicrotasks();
  if (!wait.isDone) yield wait;
  return wait.settled ?? { kind: "never" };
}

function bind(run: Run, index: number, value: unknown): StatementOutcome {
  run.bindings[index] = value;
  if (run.deps.runtime?.isDry() === true) run.problem = toDryProblem(run.deps.runtime);
  if (typeof value === "object" && value !== null) {
    const earlier = run.bound.get(value);
    if (earlier !== undefined)
      return { kind: "returned", value: { kind: "same", statement: earlier } };
    run.bound.set(value, index);
  }
  return { kind: "returned", value: takeSnapshot(value, run.deps.snapshots) };
}

function toThrown(run: Run, thrown: unknown, isPromise: boolean): StatementOutcome {
  const { runtime } = run.deps;
  if (runtime !== null && (runtime.isDry() || runtime.isOutOfFuel(thrown))) {
    run.problem = toDryProblem(runtime);
  }
  if (thrown instanceof ForbiddenCall) run.problem ??= thrown.message;
  const error = describeThrown(thrown, run.deps.snapshots);
  // How deep the stack goes differs from process to process.
  if (error.name === "RangeError" && error.message.startsWith("Maximum call stack")) {
    run.problem ??= "overflows the stack";
  }
  return { kind: "threw", error, isPromise };
}

/** What may still change once the last statement is over. */
function toLateText(run: Run, outcomes: readonly StatementOutcome[]): string {
  return JSON.stringify([findMutations(run, outcomes), [...run.spies.values()]]);
}

/** Bound objects that look different at the end from when they were bound. */
function findMutations(
  run: Run,
  outcomes: readonly StatementOutcome[],
): { statement: number; after: Snapshot }[] {
  const mutations: { statement: number; after: Snapshot }[] = [];
  if (outcomes.length < 2) return mutations;
  outcomes.forEach((outcome, statement) => {
    if (outcome.kind !== "returned" || !isChangeable(outcome.value)) return;
    const after = takeSnapshot(run.bindings[statement], run.deps.snapshots);
    if (JSON.stringify(after) !== JSON.stringify(outcome.value))
      mutations.push({ statement, after });
  });
  return mutations;
}

function isChangeable(snapshot: Snapshot): boolean {
  switch (snapshot.kind) {
    case "array":
    case "object":
    case "map":
    case "set":
    case "bytes":
    case "typed-array":
    case "date":
      return true;
    default:
      return false;
  }
}

/** More fuel may help a program that ran dry, not one that the clock cut. */
function toDryProblem(runtime: RuntimeControl): string {
  return runtime.wasCut() ? OUT_OF_TIME : OUT_OF_FUEL;
}

function conclude(run: Run): string | null {
  const { guard, runtime } = run.deps;
  if (runtime?.isDry() === true) return toDryProblem(runtime);
  // From here to the next execution nothing may loop on.
  runtime?.refuel(-1);
  if (run.problem !== null) return run.problem;
  if (guard.forbidden !== null) return `uses ${guard.forbidden}`;
  if (guard.stray.length === 0) return null;
  const { name, message } = describeThrown(guard.stray[0], run.deps.snapshots);
  return `${STRAY_PREFIX}${name} ${message.slice(0, 80)}`;
}
