import { createRandom } from "../../kernel/random.ts";
import { measureAll, recordAll } from "../engine/run-list.ts";
import { searchCoverage } from "../engine/search-coverage.ts";
import { searchMutants } from "../engine/search-mutants.ts";
import { shrinkAll } from "../engine/shrink.ts";
import type { Job } from "../protocol.ts";
import { createKits } from "./build-kits.ts";
import { installClockAndChance, type ClockAndChance } from "./clock-and-chance.ts";
import { installCounters, type Counters } from "./counters.ts";
import { createExecutor } from "./executor.ts";
import { createFixture, type Fixture, FIXTURE_MARK, ROOT_MARK } from "./fixture.ts";
import { explainLoadFailure } from "./load-failure.ts";
import { installResolveHooks, loadModule, serveTranspiled, type LoadedModule } from "./modules.ts";
import { installMutantSwitch, type MutantSwitch } from "./mutant-switch.ts";
import { createLineJournal, type Journal, type Outbox } from "./outbox.ts";
import { installProcessGuard, type GuardState } from "./process-guard.ts";
import { createPump, type Pump, type Steps, type Wait } from "./pump.ts";
import { installRuntime, type RuntimeControl } from "./runtime.ts";
import { createSession, type Session } from "./session.ts";
import { createVirtualTimers, type VirtualTimers } from "./timers.ts";
import { startWatcher } from "./watcher.ts";

/** Everything of this process that is set up before target code runs. */
interface World {
  readonly job: Job;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly guard: GuardState;
  readonly timers: VirtualTimers | null;
  readonly chance: ClockAndChance;
  readonly runtime: RuntimeControl | null;
  readonly mutants: MutantSwitch | null;
  readonly counters: Counters | null;
  readonly fixture: Fixture;
  readonly pump: Pump;
}

/** Sets the process up for the job, loads the target and works; `finish` ends the process. */
export function runJob(job: Job, outbox: Outbox, finish: (code: number) => void): void {
  const world = setUp(job, outbox);
  world.pump.run(work(world), finish, (failure) => {
    const detail = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    outbox.send({ kind: "failed", detail: detail.slice(0, 4000) });
    finish(1);
  });
}

function setUp(job: Job, outbox: Outbox): World {
  const journal = startJournal(job, outbox);
  const isRecording = job.kind === "record";
  const guard = installProcessGuard();
  const timers = isRecording ? null : createVirtualTimers((thrown) => guard.stray.push(thrown));
  timers?.install();
  const chance = installClockAndChance({
    shiftMs: job.clockShiftMs,
    virtualNow: () => timers?.now() ?? 0,
    seed: createRandom(job.seed).int(0x7fff_ffff),
  });
  const mutants = usesMutants(job) ? installMutantSwitch() : null;
  installResolveHooks();
  serveTranspiled(job.workRoot, job.transpiled);
  return {
    job,
    outbox,
    journal,
    guard,
    timers,
    chance,
    runtime: isRecording ? null : installRuntime(),
    mutants,
    counters: isRecording || mutants !== null ? null : startCounters(job, outbox),
    fixture: createFixture(
      job.workRoot,
      (name) => {
        guard.forbidden ??= name;
      },
      { isElsewhere: job.isElsewhere, keepsToFixture: isRecording },
    ),
    pump: createPump(timers),
  };
}

function startCounters(job: Job, outbox: Outbox): Counters {
  return installCounters({
    files: job.files,
    goalFiles: job.goalFiles,
    onLayout: ({ file, statements, functions, branches }) => {
      outbox.send({ kind: "layout", file, statements, functions, branches });
    },
  });
}

function* work(world: World): Steps<number> {
  const { job, outbox, journal, guard, runtime, mutants, counters, pump, fixture } = world;
  const modules = new Map<string, LoadedModule>();
  yield* loadAll(world, modules);
  // Servers and intervals that modules started while loading are there to stay.
  pump.acceptBusy();
  yield* pump.settle();
  pump.acceptBusy();
  fixture.arrive();
  guard.stray = [];
  guard.forbidden = null;
  mutants?.beginPrograms();
  if (counters !== null) outbox.send({ kind: "loaded", counters: counters.listHit() });
  outbox.send({ kind: "ready" });
  const snapshots = { normalise: createNormaliser(fixture, job.workRoot) };
  const executor = createExecutor({ ...world, modules, snapshots, fuel: job.fuel });
  const random = createRandom(job.seed);
  runtime?.refuel(LOAD_FUEL);
  const kits = createKits(job, modules, random);
  const session = createSession({
    job,
    executor,
    journal,
    random,
    kits,
    outbox,
    counters,
    mutants,
    runtime,
  });
  const end = yield* dispatch(session, job);
  if (job.kind === "coverage") {
    const targets = kits.reduce((sum, kit) => sum + kit.targets.length, 0);
    outbox.send({ kind: "barren", targets, callees: session.listBarren() });
  }
  outbox.send({ kind: "done", executions: session.executions(), ...end });
  return 0;
}

function usesMutants(job: Job): boolean {
  return job.kind === "mutation" || (job.kind === "shrink" && job.build === "mutants");
}

function startJournal(job: Job, outbox: Outbox): Journal {
  return (job.journal === "thread" ? startWatcher() : null) ?? createLineJournal(outbox);
}

interface End {
  readonly isSaturated: boolean;
  readonly needsRestart: boolean;
}

function* dispatch(session: Session, job: Job): Steps<End> {
  switch (job.kind) {
    case "coverage":
      return yield* searchCoverage(session, job);
    case "mutation":
      return yield* searchMutants(session, job);
    case "measure":
      yield* measureAll(session, job);
      break;
    case "shrink":
      yield* shrinkAll(session, job);
      break;
    case "record":
      yield* recordAll(session, job);
      break;
  }
  return { isSaturated: false, needsRestart: false };
}

/** Loads every module of the job; one that cannot be loaded is reported and left out. */
function* loadAll(world: World, modules: Map<string, LoadedModule>): Steps<void> {
  const { job, outbox, journal, runtime } = world;
  for (const { file, system } of job.modules) {
    outbox.send({ kind: "load-start", file });
    journal.begin({ module: file, statements: [], usesFixture: false });
    runtime?.refuel(LOAD_FUEL);
    const wait: Wait & { module?: LoadedModule; failure?: string } = { isDone: false };
    loadModule(job.workRoot, file, system).then(
      (module) => {
        wait.module = module;
        wait.isDone = true;
      },
      (thrown: unknown) => {
        const isOutOfFuel = runtime?.isOutOfFuel(thrown) === true;
        wait.failure = explainLoadFailure(thrown, { workRoot: job.workRoot, file, isOutOfFuel });
        wait.isDone = true;
      },
    );
    // Loading an ES module reads files on threads that do not show as busy at once.
    for (let patience = 0; patience < 400 && !isSettled(wait); patience += 1) yield wait;
    if (wait.module !== undefined) modules.set(file, wait.module);
    const failure = wait.module === undefined ? (wait.failure ?? "its import never settles") : null;
    journal.end();
    outbox.send({ kind: "load-end", file, failure });
  }
}

const LOAD_FUEL = 200_000_000;

function isSettled(wait: Wait): boolean {
  return wait.isDone;
}

function createNormaliser(
  { folder, homeFolder }: Fixture,
  workRoot: string,
): (text: string) => string {
  const shortest = Math.min(folder.length, homeFolder.length, workRoot.length);
  return (text) =>
    text.length < shortest
      ? text
      : text
          .replaceAll(folder, FIXTURE_MARK)
          .replaceAll(homeFolder, ROOT_MARK)
          .replaceAll(workRoot, ROOT_MARK);
}
