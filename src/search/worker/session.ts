import type { TestProgram } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";
import type { ModuleKit } from "../engine/compose.ts";
import { HUNG_BEFORE, OUT_OF_TIME } from "../engine/endless.ts";
import { toCalleeKey, toCallKey, toKindsKey } from "../engine/program-tools.ts";
import type { Job, JobLimit } from "../protocol.ts";
import { type BarrenCallee, createBarrenTally } from "./barren.ts";
import type { Counters } from "./counters.ts";
import type { Execution, Executor } from "./executor.ts";
import type { MutantSwitch } from "./mutant-switch.ts";
import type { Journal, Outbox } from "./outbox.ts";
import { monotonic } from "./private-world.ts";
import type { Steps } from "./pump.ts";
import type { RuntimeControl } from "./runtime.ts";

/** What a search loop works with. */
export interface Session {
  readonly random: Random;
  readonly kits: readonly ModuleKit[];
  readonly outbox: Outbox;
  readonly counters: Counters | null;
  readonly mutants: MutantSwitch | null;
  readonly runtime: RuntimeControl | null;
  /** Runs a program unless it contains a call that hung before. */
  execute(program: TestProgram, fuelFactor?: number): Steps<Execution>;
  /** Counts an execution that was saved because the program ran before. */
  skip(): void;
  /** Executions so far. */
  executions(): number;
  /** True once the job's limit is reached. */
  isOver(): boolean;
  /** Callees of which no call has made a test so far. */
  listBarren(): readonly BarrenCallee[];
  /** Share of the limit used up, 0 to 1. */
  progress(): number;
  /** Runs `report` now and then, by the clock: for messages only, no decision may hang on it. */
  onBeat(report: () => void): void;
}

/** What a session is built from. */
export interface SessionDeps {
  readonly job: Job;
  readonly executor: Executor;
  readonly journal: Journal;
  readonly random: Random;
  readonly kits: readonly ModuleKit[];
  readonly outbox: Outbox;
  readonly counters: Counters | null;
  readonly mutants: MutantSwitch | null;
  readonly runtime: RuntimeControl | null;
}

const BEAT_MS = 400;
/** After so many cuts by the clock, calls with arguments of the same kinds are left out. */
const CUTS_PER_KINDS = 2;
const BLOCKED: Omit<Execution, "program"> = {
  recording: { outcomes: [], mutations: [], spies: [], files: {} },
  bindings: [],
  problem: HUNG_BEFORE,
  touchedFiles: false,
};

/** Counts executions, keeps the journal and watches the limit. */
export function createSession(deps: SessionDeps): Session {
  const { job } = deps;
  const blacklist = new Set(job.blacklist);
  const cuts = new Map<string, number>();
  const barren = createBarrenTally();
  const started = toStart(job.limit);
  const sessionStarted = monotonic();
  let executions = 0;
  let beatAt = sessionStarted + BEAT_MS;
  let report = (): void => undefined;

  const progress = (): number =>
    job.limit.kind === "executions"
      ? executions / Math.max(1, job.limit.count)
      : (monotonic() - started) / Math.max(1, job.limit.durationMs);

  const noteCut = (program: TestProgram): void => {
    // What a mutant makes endless says nothing about the call itself.
    const isMutated = deps.mutants?.isActive() === true;
    deps.outbox.send({ kind: "cut", program, isMutated });
    const last = program.statements.at(-1);
    if (last === undefined || isMutated) return;
    const kinds = toKindsKey(program, last);
    const count = (cuts.get(kinds) ?? 0) + 1;
    cuts.set(kinds, count);
    if (count >= CUTS_PER_KINDS) blacklist.add(kinds);
  };

  return {
    ...deps,
    *execute(program, fuelFactor) {
      executions += 1;
      if (isBlocked(blacklist, program)) {
        barren.add(program, BLOCKED.problem);
        return { ...BLOCKED, program };
      }
      deps.journal.begin(program);
      deps.counters?.reset();
      const execution = yield* deps.executor.execute(program, fuelFactor);
      deps.journal.end();
      barren.add(program, execution.problem);
      if (execution.problem === OUT_OF_TIME) noteCut(program);
      if (monotonic() >= beatAt) {
        report();
        beatAt = monotonic() + BEAT_MS;
      }
      return execution;
    },
    skip() {
      executions += 1;
    },
    executions: () => executions,
    progress,
    isOver: () => progress() >= 1,
    listBarren: () => barren.list(),
    onBeat(next) {
      report = next;
    },
  };
}

/** What a job may take at least of its time, however long its modules took to load. */
const WORK_SHARE = 0.4;

/**
 * The moment that counts as the start of a job: that of its process, since its limit has to hold for
 * all of it. The monotonic clock of a process starts with it.
 */
function toStart(limit: JobLimit): number {
  const now = monotonic();
  return limit.kind === "executions" ? now : Math.max(0, now - limit.durationMs * (1 - WORK_SHARE));
}

function isBlocked(blacklist: ReadonlySet<string>, program: TestProgram): boolean {
  if (blacklist.size === 0) return false;
  return program.statements.some((statement) =>
    [toCalleeKey, toKindsKey, toCallKey].some((toKey) => blacklist.has(toKey(program, statement))),
  );
}
