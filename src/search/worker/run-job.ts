import { createRandom } from "../../kernel/random.ts";
import { measureAll, recordAll } from "../engine/run-list.ts";
import { searchCoverage } from "../engine/search-coverage.ts";
import { searchMutants } from "../engine/search-mutants.ts";
import { shrinkAll } from "../engine/shrink.ts";
import type { Job } from "../protocol.ts";
import { createKits } from "./build-kits.ts";
import { installClockAndChance } from "./clock-and-chance.ts";
import { installCounters } from "./counters.ts";
import { createExecutor } from "./executor.ts";
import { createFixture, FIXTURE_MARK, ROOT_MARK } from "./fixture.ts";
import { installResolveHooks, loadModule, type LoadedModule } from "./modules.ts";
import { installMutantSwitch } from "./mutant-switch.ts";
import { createLineJournal, type Journal, type Outbox } from "./outbox.ts";
import { installProcessGuard } from "./process-guard.ts";
import { createPump, type Steps, type Wait } from "./pump.ts";
import { installRuntime } from "./runtime.ts";
import { createSession, type Session } from "./session.ts";
import { describeThrown } from "./snapshot.ts";
import { createVirtualTimers } from "./timers.ts";
import { startWatcher } from "./watcher.ts";

/** Sets the process up for the job, loads the target and works; `finish` ends the process. */
export function runJob(job: Job, outbox: Outbox, finish: (code: number) => void): void {
  const journal = startJournal(job, outbox);
  const isRecording = job.kind === "record";
  const guard = installProcessGuard();
  const timers = isRecording ? null : createVirtualTimers((thrown) => guard.stray.push(thrown));
  timers?.install();
  const chance = installClockAndChance({
    shiftMs: job.clockShiftMs,
    virtualNow: () => timers?.now() ?? 0,
    seed: hashSeed(job.seed),
  });
  const runtime = isRecording ? null : installRuntime();
  const mutants = usesMutants(job) ? installMutantSwitch() : null;
  const counters =
    isRecording || mutants !== null
      ? null
      : installCounters({
          files: job.files,
          goalFiles: job.goalFiles,
          onLayout: ({ file, statements, functions, branches }) => {
            outbox.send({ kind: "layout", file, statements, functions, branches });
          },
        });
  installResolveHooks();
  const fixture = createFixture(job.workRoot);
  const pump = createPump(timers);
  const modules = new Map<string, LoadedModule>();
  const random = createRandom(job.seed);

  function* work(): Steps<number> {
    yield* loadAll(job, modules, outbox, journal, runtime);
    // Servers and intervals that modules started while loading are there to stay.
    pump.acceptBusy();
    yield* pump.settle();
    pump.acceptBusy();
    guard.stray = [];
    guard.forbidden = null;
    mutants?.beginPrograms();
    outbox.send({ kind: "ready" });
    const snapshots = { normalise: createNormaliser(fixture.folder, job.workRoot) };
    const executor = createExecutor({
      modules,
      runtime,
      guard,
      timers,
      chance,
      fixture,
      pump,
      snapshots,
      fuel: job.fuel,
    });
    runtime?.refuel(1_000_000_000);
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
    outbox.send({ kind: "done", executions: session.executions(), ...end });
    return 0;
  }
  pump.run(work(), finish, (failure) => {
    const detail = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    outbox.send({ kind: "failed", detail: detail.slice(0, 4000) });
    finish(1);
  });
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
      return { ...(yield* searchCoverage(session, job)), needsRestart: false };
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
function* loadAll(
  job: Job,
  modules: Map<string, LoadedModule>,
  outbox: Outbox,
  journal: Journal,
  runtime: { refuel(amount: number): void; isDry(): boolean } | null,
): Steps<void> {
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
        wait.failure = explain(thrown, job.workRoot);
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

const LOAD_FUEL = 500_000_000;

function isSettled(wait: Wait): boolean {
  return wait.isDone;
}

function explain(thrown: unknown, workRoot: string): string {
  const { name, message } = describeThrown(thrown, {
    normalise: (text) => text.replaceAll(workRoot, ROOT_MARK),
  });
  const text = `${name}: ${message}`.slice(0, 500);
  return message === "" ? `${name}, without a message` : text;
}

function createNormaliser(fixtureFolder: string, workRoot: string): (text: string) => string {
  return (text) =>
    text.length < workRoot.length && text.length < fixtureFolder.length
      ? text
      : text.replaceAll(fixtureFolder, FIXTURE_MARK).replaceAll(workRoot, ROOT_MARK);
}

function hashSeed(text: string): number {
  return createRandom(text).int(0x7fff_ffff);
}
