import type { CallableHint, ModuleModel, TypeHint } from "../../../../src/contract/api-model.ts";
import type { ValueGene } from "../../../../src/contract/program.ts";
import { createRandom } from "../../../../src/kernel/random.ts";
import type { ValueTools } from "../../../../src/search/engine/value-tools.ts";
import type { Job, JobBase, WorkerMessage } from "../../../../src/search/protocol.ts";
import { createKits } from "../../../../src/search/worker/build-kits.ts";
import type { Counters } from "../../../../src/search/worker/counters.ts";
import { createExecutor } from "../../../../src/search/worker/executor.ts";
import type { LoadedModule } from "../../../../src/search/worker/modules.ts";
import type { MutantSwitch } from "../../../../src/search/worker/mutant-switch.ts";
import type { Steps } from "../../../../src/search/worker/pump.ts";
import type { Comparison, RuntimeControl } from "../../../../src/search/worker/runtime.ts";
import { createSession, type Session } from "../../../../src/search/worker/session.ts";

/** What the target of a test asks its world. */
export interface FakeWorld {
  readonly mutants: MutantSwitch;
  readonly runtime: RuntimeControl;
  /** Marks the mutant as reached; true when it is on. */
  isOn(switchId: string): boolean;
  /** Burns fuel; throws when there is none left. */
  burn(amount: number): void;
  /** Logs a comparison. */
  compare(left: string | number, right: string | number): void;
  /** Calls a file function, as far as the engine sees. */
  touchFile(): void;
}

export function createWorld(atLoad: readonly string[] = []): FakeWorld & { touched: boolean } {
  let active: string | null = null;
  let fuel = 0;
  let isDry = false;
  let isLogging = false;
  let log: Comparison[] = [];
  const reached = new Set<string>();
  const outOfFuel = new Error("no fuel");
  const world = {
    touched: false,
    mutants: {
      listAtLoad: () => atLoad,
      beginPrograms: () => undefined,
      activate: (switchId: string | null) => {
        active = switchId;
      },
      isActive: () => active !== null,
      takeReached: () => {
        const ids = [...reached];
        reached.clear();
        return ids;
      },
    },
    runtime: {
      refuel: (amount: number) => {
        fuel = amount;
        isDry = false;
      },
      refuelTimed: (amount: number) => {
        fuel = amount;
        isDry = false;
      },
      wasCut: () => false,
      isDry: () => isDry,
      isOutOfFuel: (thrown: unknown) => thrown === outOfFuel,
      setLogging: (isOn: boolean) => {
        isLogging = isOn;
      },
      takeLog: () => {
        const taken = log;
        log = [];
        return taken;
      },
    },
    isOn: (switchId: string) => {
      reached.add(switchId);
      return active === switchId;
    },
    burn: (amount: number) => {
      fuel -= amount;
      if (fuel >= 0) return;
      isDry = true;
      throw outOfFuel;
    },
    compare: (left: string | number, right: string | number) => {
      if (isLogging) log.push({ left, right });
    },
    touchFile: () => {
      world.touched = true;
    },
  };
  return world;
}

export const FILE = "index.js";

export function aModel(changed: Partial<ModuleModel> = {}): ModuleModel {
  const model = {
    file: FILE,
    system: "esm",
    callables: [],
    seeds: [],
    pool: [],
    regexes: [],
    propertyNames: [],
  };
  return { ...model, ...changed } as ModuleModel;
}

export function aHint(
  path: readonly string[],
  params: readonly (readonly [name: string, type: TypeHint, how?: "optional" | "rest"])[],
  kind: CallableHint["kind"] = "function",
): CallableHint {
  const declared = params.map(([name, type, how]) => ({
    name,
    type,
    optional: how === "optional",
    rest: how === "rest",
  }));
  const returns: TypeHint = { kind: "any" };
  return {
    path,
    kind,
    signatures: [{ params: declared, returns }],
    isTyped: true,
    literals: [],
  } as unknown as CallableHint;
}

export function aJobBase(executions: number, changed: Partial<JobBase> = {}): JobBase {
  return {
    workRoot: "/work",
    modules: [aModel()],
    files: [FILE],
    goalFiles: [],
    only: [],
    fixtureModules: [],
    seed: "goose",
    limit: { kind: "executions", count: executions },
    blacklist: [],
    journal: "stdout",
    fuel: 100,
    clockShiftMs: null,
    isElsewhere: false,
    transpiled: [],
    ...changed,
  };
}

/** A session on real parts, but for what would take hold of the process. */
export function openSession(
  job: Job,
  namespaces: Readonly<Record<string, unknown>>,
  world: FakeWorld & { touched: boolean },
  parts: { readonly counters?: Counters; readonly mutants?: MutantSwitch | null } = {},
): { session: Session; messages: WorkerMessage[] } {
  const messages: WorkerMessage[] = [];
  const outbox = {
    send: (message: WorkerMessage): void => {
      messages.push(structuredClone(message));
    },
  };
  const modules = new Map<string, LoadedModule>(
    Object.entries(namespaces).map(([file, namespace]) => [
      file,
      { file, namespace, system: "esm" },
    ]),
  );
  const random = createRandom(job.seed);
  const begin = (): void => {
    world.touched = false;
  };
  const executor = createExecutor({
    modules,
    runtime: world.runtime,
    guard: { forbidden: null, stray: [] },
    timers: null,
    chance: { reset: () => undefined },
    fixture: {
      folder: "/fixture",
      homeFolder: "/home",
      arrive: () => undefined,
      wasTouched: () => world.touched,
      watch: begin,
      begin,
      end: () => ({}),
    },
    pump: {
      run: () => undefined,
      // Nothing of these targets outlives its call.
      // eslint-disable-next-line require-yield -- it has nothing to wait for
      *settle() {
        return true;
      },
      acceptBusy: () => undefined,
    },
    snapshots: { normalise: (text) => text },
    fuel: job.fuel,
  });
  const session = createSession({
    job,
    executor,
    journal: { begin: () => undefined, end: () => undefined },
    random,
    kits: createKits(job, modules, random).map((kit) => ({
      ...kit,
      values: withoutRejections(kit.values),
    })),
    outbox,
    counters: parts.counters ?? null,
    mutants: parts.mutants === undefined ? world.mutants : parts.mutants,
    runtime: world.runtime,
  });
  return { session, messages };
}

/** Rejections that nobody handles belong to the process, and here that is the one of the tests. */
function withoutRejections(values: ValueTools): ValueTools {
  const tame = (gene: ValueGene): ValueGene =>
    JSON.stringify(gene).includes('"rejected-promise"') ? { kind: "undefined" } : gene;
  return {
    ...values,
    forParameter: (hint, wish) => tame(values.forParameter(hint, wish)),
    any: () => tame(values.any()),
    mutate: (random, gene) => tame(values.mutate(random, gene)),
  };
}

/** Runs steps to their end, one turn of the event loop a wait. */
export async function drive<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function ofKind<K extends WorkerMessage["kind"]>(
  messages: readonly WorkerMessage[],
  kind: K,
): Extract<WorkerMessage, { kind: K }>[] {
  return messages.filter(
    (message): message is Extract<WorkerMessage, { kind: K }> => message.kind === kind,
  );
}
