import type { Statement, TestProgram } from "../../contract/program.ts";
import type { StatementOutcome } from "../../contract/snapshot.ts";
import { BUCKETS, type CorpusItem, type CoverageJob } from "../protocol.ts";
import type { Counters } from "../worker/counters.ts";
import type { Execution } from "../worker/executor.ts";
import type { Steps } from "../worker/pump.ts";
import type { Session } from "../worker/session.ts";
import { composeCall, extendProgram, type ModuleKit } from "./compose.ts";
import { createCorpus, pickWeighted, type Corpus, type Entry } from "./corpus.ts";
import { createDeferral, type Deferral } from "./deferral.ts";
import { OUT_OF_FUEL } from "./endless.ts";
import { dropStatement, isWellFormed, keepStatements, sliceFor } from "./program-tools.ts";
import { createStateGuard, type StateGuard } from "./state-guard.ts";
import { describeShape, type Target } from "./surface.ts";
import { substituteOperands, varyProgram } from "./vary.ts";

/** Second tries with 50 times the fuel, per job: each may take a while. */
const MAX_REFUELS = 25;
const REFUEL_FACTOR = 50;
/** Programs kept for their outcome alone, per callee. */
const OUTCOMES_PER_CALLEE = 6;
const OPEN_BRANCH_EVERY = 400;

interface State {
  readonly session: Session;
  readonly counters: Counters;
  readonly corpus: Corpus;
  readonly known: Set<number>;
  readonly hit: Set<number>;
  readonly tried: Set<string>;
  readonly outcomes: Map<string, number>;
  readonly gains: Map<Target, { tries: number; gains: number }>;
  readonly queue: TestProgram[];
  readonly deferral: Deferral;
  readonly guard: StateGuard;
  unsent: CorpusItem[];
  lastGain: number;
  lastGainAt: number;
  refuels: number;
}

/**
 * Looks for programs that move counters nobody moved. Answers whether it ran dry before its limit, and whether a
 * program changed the target's own state, so that it had better go on in a fresh process.
 */
export function* searchCoverage(
  session: Session,
  job: CoverageJob,
): Steps<{ isSaturated: boolean; needsRestart: boolean }> {
  const { counters } = session;
  if (counters === null) throw new Error("a coverage job needs counters");
  const deferral = createDeferral(session, job.deferred);
  const state: State = {
    session,
    counters,
    corpus: createCorpus(),
    known: new Set(),
    // What loading moved counts as taken: its untaken sides are worth a look.
    hit: new Set(counters.listHit()),
    tried: new Set(),
    outcomes: new Map(),
    gains: new Map(),
    queue: [],
    deferral,
    guard: createStateGuard(session, counters, { isWatching: job.watchesState, deferral }),
    unsent: [],
    lastGain: 0,
    lastGainAt: 0,
    refuels: 0,
  };
  session.onBeat(() => {
    flush(state);
  });
  // Nothing to call: no execution would ever count towards the limit.
  if (session.kits.every(({ targets }) => targets.length === 0))
    return { isSaturated: true, needsRestart: false };
  let needsRestart = false;
  for (const { program, origin } of listStarts(state, job)) {
    if (session.isOver() || needsRestart) break;
    if (origin.isReplay && session.progress() > 0.5) continue;
    yield* tryProgram(state, program, origin);
    needsRestart = yield* state.guard.isStateChanged();
  }
  let isSaturated = false;
  let refreshAt = 0;
  while (!session.isOver() && !needsRestart) {
    if (session.executions() >= refreshAt) {
      state.corpus.setOpenBranches(counters.listOpenBranches(state.hit));
      refreshAt = session.executions() + OPEN_BRANCH_EVERY;
    }
    yield* oneStep(state);
    needsRestart = yield* state.guard.isStateChanged();
    if (!isStale(state, job.patience)) continue;
    isSaturated = !deferral.release();
    if (isSaturated) break;
    noteGain(state);
  }
  flush(state);
  return { isSaturated, needsRestart };
}

/** No new counter for a while, both in executions and in share of the limit. */
function isStale(state: State, patience: number): boolean {
  const { session } = state;
  return (
    session.executions() - state.lastGain > patience && session.progress() - state.lastGainAt > 0.2
  );
}

function flush(state: State): void {
  const { session } = state;
  while (state.unsent.length > 0) {
    session.outbox.send({ kind: "items", items: state.unsent.splice(0, 100) });
  }
  session.outbox.send({ kind: "beat", executions: session.executions() });
}

interface Start {
  readonly program: TestProgram;
  readonly origin: Origin;
}

/** What is known, then programs from the documentation, then every target once without and twice with values. */
function* listStarts({ session }: State, job: CoverageJob): Generator<Start> {
  for (const { program } of job.corpus) yield { program, origin: { isReplay: true, target: null } };
  if (job.corpus.length === 0) {
    for (const seed of job.modules.flatMap(({ seeds }) => seeds)) {
      if (isWellFormed(seed))
        yield { program: withFixture(session, seed), origin: { isReplay: false, target: null } };
    }
  }
  const targets = session.kits.flatMap((kit) => kit.targets.map((target) => ({ kit, target })));
  // Without values a target seldom changes what others find: known answers of all come first, where that matters.
  if (job.watchesState) for (const { kit, target } of targets) yield toBareStart(kit, target);
  for (const { kit, target } of targets) {
    if (!job.watchesState) yield toBareStart(kit, target);
    for (let round = 0; round < 2; round += 1)
      yield {
        program: composeCall(kit, session.random, target),
        origin: { isReplay: false, target },
      };
  }
}

function toBareStart(kit: ModuleKit, target: Target): Start {
  const { path: callee, kind } = target;
  const bare: Statement =
    kind === "constructor"
      ? { kind: "new", callee, args: [] }
      : { kind: "call", callee, args: [], awaits: false };
  return {
    program: { module: kit.file, usesFixture: kit.usesFixture, statements: [bare] },
    origin: { isReplay: false, target },
  };
}

function withFixture(session: Session, program: TestProgram): TestProgram {
  const kit = session.kits.find(({ file }) => file === program.module);
  return kit?.usesFixture === true ? { ...program, usesFixture: true } : program;
}

function* oneStep(state: State): Steps<void> {
  const { session, corpus } = state;
  const { random } = session;
  const queued = state.queue.shift() ?? state.deferral.takeReleased();
  if (queued !== null) {
    yield* tryProgram(state, queued, { isReplay: false, target: null });
    return;
  }
  const roll = random.next();
  if (corpus.entries.length === 0 || roll < 0.2) {
    const kit = pickKit(state);
    if (kit === null) return;
    const target = pickTarget(state, kit);
    yield* tryProgram(state, composeCall(kit, random, target), { isReplay: false, target });
    return;
  }
  const entry = corpus.pick(random);
  const kit = session.kits.find(({ file }) => file === entry.program.module);
  if (kit === undefined) return;
  const program =
    (roll < 0.6 ? extendProgram(kit, random, entry) : null) ??
    varyProgram(kit, random, entry, corpus.entries);
  if (program !== null) yield* tryProgram(state, program, { isReplay: false, target: null });
  else
    yield* tryProgram(state, composeCall(kit, random, pickTarget(state, kit)), {
      isReplay: false,
      target: null,
    });
}

function pickKit(state: State): ModuleKit | null {
  const kits = state.session.kits.filter((kit) => kit.targets.length > 0);
  if (kits.length === 0) return null;
  return (
    kits[
      pickWeighted(
        state.session.random,
        kits.map((kit) => Math.sqrt(kit.targets.length)),
      )
    ] ?? null
  );
}

function pickTarget(state: State, kit: ModuleKit): Target {
  const weights = kit.targets.map((target) => {
    const { tries, gains } = state.gains.get(target) ?? { tries: 0, gains: 0 };
    return (1 + 4 * gains) / (1 + tries);
  });
  const target = kit.targets[pickWeighted(state.session.random, weights)];
  if (target === undefined) throw new RangeError("the module has no target");
  return target;
}

interface Origin {
  readonly isReplay: boolean;
  readonly target: Target | null;
}

function* tryProgram(state: State, program: TestProgram, origin: Origin): Steps<void> {
  const { session, counters } = state;
  const key = JSON.stringify(program);
  if (state.tried.has(key)) {
    // Counted all the same, so that a tiny package reaches its patience.
    session.skip();
    return;
  }
  if (state.deferral.defers(program)) {
    session.skip();
    return;
  }
  state.guard.note(program);
  if (state.tried.size < 200_000) state.tried.add(key);
  let execution = yield* session.execute(program);
  if (execution.problem === OUT_OF_FUEL && state.refuels < MAX_REFUELS) {
    state.refuels += 1;
    execution = yield* session.execute(program, REFUEL_FACTOR);
    if (execution.problem === null) state.refuels -= 1;
    if (execution.problem === OUT_OF_FUEL) session.outbox.send({ kind: "dry", program });
  }
  const score = origin.target === null ? null : scoreOf(state, origin.target);
  if (score !== null) score.tries += 1;
  if (execution.problem !== null) return;
  if (execution.touchedFiles && !program.usesFixture) {
    if (yield* moveToFixture(state, program)) return;
    execution = yield* session.execute(program);
    if (execution.problem !== null) return;
  }
  const fresh = counters.takeFresh(state.known);
  if (fresh.length > 0) {
    if (score !== null) score.gains += 1;
    const before = state.hit.size;
    for (const feature of fresh) state.hit.add(Math.trunc(feature / BUCKETS));
    if (state.hit.size > before) noteGain(state);
    yield* keep(state, execution, fresh, origin);
  } else if (isNewOutcome(state, execution)) {
    addEntry(state, execution, [], origin);
  }
}

function noteGain(state: State): void {
  state.lastGain = state.session.executions();
  state.lastGainAt = state.session.progress();
}

function scoreOf(state: State, target: Target): { tries: number; gains: number } {
  const score = state.gains.get(target) ?? { tries: 0, gains: 0 };
  state.gains.set(target, score);
  return score;
}

/**
 * A program that called file functions moves its module to the fixture folder, unless it only did
 * so once (a lazy `require` reads files, too).
 */
function* moveToFixture(state: State, program: TestProgram): Steps<boolean> {
  const again = yield* state.session.execute(program);
  if (!again.touchedFiles) return false;
  const kit = state.session.kits.find(({ file }) => file === program.module);
  if (kit !== undefined) kit.usesFixture = true;
  yield* tryProgram(state, { ...program, usesFixture: true }, { isReplay: false, target: null });
  return true;
}

/** Keeps the smallest part of the program that shows what is new, and looks at what it compared. */
function* keep(
  state: State,
  execution: Execution,
  fresh: readonly number[],
  origin: Origin,
): Steps<void> {
  const kept = origin.isReplay ? execution : yield* trim(state, execution, fresh);
  addEntry(state, kept, fresh, origin);
  yield* state.guard.adopt(kept.program);
  if (origin.isReplay || state.session.runtime === null) return;
  state.session.runtime.setLogging(true);
  state.session.runtime.takeLog();
  const logged = yield* state.session.execute(kept.program);
  state.session.runtime.setLogging(false);
  const log = state.session.runtime.takeLog();
  if (logged.problem !== null || log.length === 0) return;
  const kit = state.session.kits.find(({ file }) => file === kept.program.module);
  for (const { left, right } of log.slice(0, 60)) {
    kit?.values.observe(left);
    kit?.values.observe(right);
  }
  if (state.queue.length < 500) state.queue.push(...substituteOperands(kept.program, log, 24));
}

function* trim(state: State, execution: Execution, fresh: readonly number[]): Steps<Execution> {
  let best = execution;
  const count = best.program.statements.length;
  if (count < 2) return best;
  const slice = sliceFor(best.program, count - 1);
  if (slice.size < count)
    best = yield* tryTrimmed(state, best, keepStatements(best.program, slice), fresh);
  for (let index = best.program.statements.length - 2; index >= 0; index -= 1) {
    if (best.program.statements.length < 2) break;
    const smaller = dropStatement(best.program, index);
    if (smaller !== null) best = yield* tryTrimmed(state, best, smaller, fresh);
  }
  return best;
}

function* tryTrimmed(
  state: State,
  best: Execution,
  program: TestProgram,
  fresh: readonly number[],
): Steps<Execution> {
  const execution = yield* state.session.execute(program);
  return execution.problem === null && state.counters.shows(fresh) ? execution : best;
}

function addEntry(
  state: State,
  execution: Execution,
  fresh: readonly number[],
  origin: Origin,
): void {
  const entry: Entry = {
    program: execution.program,
    counters: state.counters.listHit(),
    fresh,
    shapes: execution.program.statements.map((_, index) =>
      describeShape(execution.bindings[index]),
    ),
    picks: 0,
  };
  state.corpus.add(entry);
  if (!origin.isReplay) state.unsent.push({ program: entry.program, fresh });
}

function isNewOutcome(state: State, execution: Execution): boolean {
  const index = execution.recording.outcomes.findLastIndex((outcome) => outcome.kind !== "skipped");
  const statement = execution.program.statements[index];
  const outcome = execution.recording.outcomes[index];
  if (statement === undefined || outcome === undefined) return false;
  const callee = toCallee(statement);
  const shape = `${callee} ${toOutcomeShape(outcome)}`;
  if (state.outcomes.has(shape)) return false;
  const count = state.outcomes.get(callee) ?? 0;
  if (count >= OUTCOMES_PER_CALLEE) return false;
  state.outcomes.set(shape, 1);
  state.outcomes.set(callee, count + 1);
  return true;
}

function toCallee(statement: Statement): string {
  if (statement.kind === "call" || statement.kind === "new")
    return `${statement.kind} ${statement.callee.join(".")}`;
  return "name" in statement ? `${statement.kind} ${statement.name}` : statement.kind;
}

function toOutcomeShape(outcome: StatementOutcome): string {
  if (outcome.kind === "threw")
    return `threw ${outcome.error.name} ${outcome.error.message.slice(0, 16)}`;
  if (outcome.kind === "skipped") return "skipped";
  const { value } = outcome;
  switch (value.kind) {
    case "object":
      return `${value.className} ${value.entries
        .map(([key]) => key)
        .slice(0, 6)
        .join()}`;
    case "array":
      return `array ${value.length === 0 ? "empty" : (value.items[0]?.kind ?? "")}`;
    case "string":
      return value.length === 0 ? "string empty" : "string";
    case "boolean":
      return String(value.value);
    case "number":
      return typeof value.value === "string" ? value.value : `number ${Math.sign(value.value)}`;
    default:
      return value.kind;
  }
}
