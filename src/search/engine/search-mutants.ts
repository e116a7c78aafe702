import type { TestProgram } from "../../contract/program.ts";
import type { MutationJob } from "../protocol.ts";
import type { MutantSwitch } from "../worker/mutant-switch.ts";
import type { Steps } from "../worker/pump.ts";
import type { Session } from "../worker/session.ts";
import { toAssertedText } from "./asserted-text.ts";
import { composeCall, extendProgram } from "./compose.ts";
import { createDeferral, type Deferral } from "./deferral.ts";
import { isEndless } from "./endless.ts";
import { pickWeighted, type Entry } from "./corpus.ts";
import { dropStatement, keepStatements, sliceFor } from "./program-tools.ts";
import { describeShape } from "./surface.ts";
import { varyProgram, varyValue } from "./vary.ts";

/** Mutants tried on a new program besides the one it was made for. */
const SIDE_TRIES = 14;
/** Programs remembered per mutant as starting points. */
const REACHERS = 12;
/** After so many corrupted baselines the process is not worth trusting. */
const MAX_DIRTY = 40;

interface State {
  readonly session: Session;
  readonly mutants: MutantSwitch;
  /** Goals nobody killed → failed tries. */
  readonly live: Map<string, number>;
  readonly reachers: Map<string, Entry[]>;
  readonly tried: Set<string>;
  readonly deferral: Deferral;
  /** Kills of the program that is being tried, and how many of them were told. */
  trying: { readonly program: TestProgram; readonly kills: string[]; told: number } | null;
  evaluated: number;
  dirty: number;
  lastKill: number;
}

/** Result of looking at one program. */
interface Look {
  readonly program: TestProgram;
  readonly entry: Entry;
  readonly text: string;
  readonly reached: readonly string[];
}

/** Runs known programs against the mutants they reach, then looks for programs that kill survivors. */
export function* searchMutants(
  session: Session,
  job: MutationJob,
): Steps<{ isSaturated: boolean; needsRestart: boolean }> {
  const { mutants } = session;
  if (mutants === null) throw new Error("a mutation job needs a schemata build");
  const killed = new Set(job.killed);
  const state: State = {
    session,
    mutants,
    live: new Map(
      job.mutants
        .filter(({ switchId }) => !killed.has(switchId))
        .map(({ switchId }) => [switchId, 0]),
    ),
    reachers: new Map(),
    tried: new Set(),
    deferral: createDeferral(session, job.deferred),
    trying: null,
    evaluated: 0,
    dirty: 0,
    lastKill: 0,
  };
  session.onBeat(() => {
    tell(state);
  });
  const covered = new Set<string>();
  for (const [index, { program, isEvaluated }] of job.programs.entries()) {
    if (session.isOver()) break;
    state.evaluated = index;
    const look = yield* lookAt(state, program);
    if (look === null) continue;
    for (const id of look.reached) covered.add(id);
    if (isEvaluated) continue;
    const kills = yield* tryMutants(state, look, look.reached);
    if (kills.length > 0) sendKills(state, look.program, index, kills);
  }
  if (!session.isOver()) state.evaluated = job.programs.length;
  session.outbox.send({ kind: "reached", atLoad: mutants.listAtLoad(), covered: [...covered] });
  state.lastKill = session.executions();
  let isSaturated = false;
  while (job.explores && !session.isOver() && state.dirty < MAX_DIRTY) {
    if (session.executions() - state.lastKill <= job.patience && (yield* explore(state))) continue;
    isSaturated = !state.deferral.release();
    if (isSaturated) break;
    state.lastKill = session.executions();
  }
  return { isSaturated, needsRestart: state.dirty >= MAX_DIRTY };
}

function sendKills(
  state: State,
  program: TestProgram,
  index: number | null,
  switchIds: readonly string[],
): void {
  state.trying = null;
  state.session.outbox.send({ kind: "kills", program, index, switchIds });
}

/** How far the job is, for whoever saves it: the messages that count follow in an order that no clock decides. */
function tell({ session, trying, evaluated }: State): void {
  if (trying !== null && trying.kills.length > trying.told) {
    const switchIds = trying.kills.slice(trying.told);
    trying.told = trying.kills.length;
    session.outbox.send({ kind: "kills-so-far", program: trying.program, switchIds });
  }
  session.outbox.send({ kind: "beat", executions: session.executions(), evaluated });
}

/** Runs the program without a mutant: what it asserts and which goals it reaches; null when it makes no test. */
function* lookAt(state: State, program: TestProgram): Steps<Look | null> {
  const { session, mutants } = state;
  state.tried.add(JSON.stringify(program));
  mutants.activate(null);
  mutants.takeReached();
  const execution = yield* session.execute(program);
  const reached = mutants.takeReached();
  if (execution.problem !== null) return null;
  const entry: Entry = {
    program: execution.program,
    counters: [],
    fresh: [],
    shapes: execution.program.statements.map((_, index) =>
      describeShape(execution.bindings[index]),
    ),
    picks: 0,
  };
  const live = reached.filter((id) => state.live.has(id));
  for (const id of live) {
    const reachers = state.reachers.get(id) ?? [];
    if (reachers.length < REACHERS) reachers.push(entry);
    else reachers[session.random.int(REACHERS)] = entry;
    state.reachers.set(id, reachers);
  }
  return {
    program: execution.program,
    entry,
    text: toAssertedText(execution.recording),
    reached: live,
  };
}

/** Switches each mutant on in turn; answers those that change what the program asserts. */
function* tryMutants(state: State, look: Look, switchIds: readonly string[]): Steps<string[]> {
  const { session } = state;
  const kills: string[] = [];
  if (state.trying?.program !== look.program) {
    state.trying = { program: look.program, kills: [], told: 0 };
  }
  let isCertain = false;
  for (const switchId of switchIds) {
    if (session.isOver()) break;
    if (!state.live.has(switchId)) continue;
    if (!(yield* differs(state, look, switchId))) continue;
    if (!(yield* isStillClean(state, look))) {
      // The mutant left module state corrupted: only a program that stays the same now can say more.
      state.dirty += 1;
      return kills;
    }
    // A program that differs by itself now and then would seem to kill anything.
    if (!isCertain && !(yield* isStillClean(state, look))) return kills;
    isCertain = true;
    kills.push(switchId);
    state.trying.kills.push(switchId);
    state.live.delete(switchId);
    state.reachers.delete(switchId);
    state.lastKill = session.executions();
  }
  return kills;
}

function* differs(state: State, look: Look, switchId: string): Steps<boolean> {
  const { session, mutants } = state;
  mutants.activate(switchId);
  const execution = yield* session.execute(look.program);
  mutants.activate(null);
  if (isEndless(execution.problem)) return true;
  return toAssertedText(execution.recording) !== look.text;
}

function* isStillClean(state: State, look: Look): Steps<boolean> {
  const execution = yield* state.session.execute(look.program);
  return execution.problem === null && toAssertedText(execution.recording) === look.text;
}

/** One try near a survivor; false when no survivor has a starting point. */
function* explore(state: State): Steps<boolean> {
  const { session } = state;
  const { random } = session;
  const goals = [...state.reachers.keys()].filter((id) => state.live.has(id));
  if (goals.length === 0) return false;
  const weights = goals.map((id) => 1 / (1 + (state.live.get(id) ?? 0) / 6));
  const goal = goals[pickWeighted(random, weights)];
  const starts = goal === undefined ? undefined : state.reachers.get(goal);
  if (goal === undefined || starts === undefined) return false;
  state.live.set(goal, (state.live.get(goal) ?? 0) + 1);
  const entry = random.pick(starts);
  const program = state.deferral.takeReleased() ?? propose(state, entry);
  if (
    program === null ||
    state.tried.has(JSON.stringify(program)) ||
    state.deferral.defers(program)
  ) {
    session.skip();
    return true;
  }
  const look = yield* lookAt(state, program);
  if (look === null) return true;
  const others = look.reached.filter((id) => id !== goal);
  const side = others.length > SIDE_TRIES ? random.shuffle(others).slice(0, SIDE_TRIES) : others;
  const first = yield* tryMutants(
    state,
    look,
    look.reached.includes(goal) ? [goal, ...side] : side,
  );
  if (first.length === 0) return true;
  const rest = look.reached.filter((id) => !side.includes(id) && id !== goal);
  const kills = [...first, ...(yield* tryMutants(state, look, rest))];
  const trimmed = yield* trim(state, look, kills);
  sendKills(state, trimmed, null, kills);
  return true;
}

function propose(state: State, entry: Entry): TestProgram | null {
  const { random, kits } = state.session;
  const kit = kits.find(({ file }) => file === entry.program.module);
  if (kit === undefined) return null;
  const roll = random.next();
  if (roll < 0.55) {
    let program = varyValue(kit, random, entry.program);
    for (let times = random.int(3); times > 0 && program !== null; times -= 1) {
      program = varyValue(kit, random, program) ?? program;
    }
    return program;
  }
  if (roll < 0.75) return extendProgram(kit, random, entry);
  if (roll < 0.85) return composeSameCall(state, entry);
  return varyProgram(kit, random, entry, []);
}

/** The callee of the entry's last statement once more, with values of its own. */
function composeSameCall(state: State, entry: Entry): TestProgram | null {
  const { random, kits } = state.session;
  const kit = kits.find(({ file }) => file === entry.program.module);
  const last = entry.program.statements.findLast(
    (statement) => statement.kind === "call" || statement.kind === "new",
  );
  const target = kit?.targets.find(
    ({ path, kind }) =>
      last !== undefined &&
      path.join(".") === last.callee.join(".") &&
      (kind === "constructor") === (last.kind === "new"),
  );
  return kit === undefined || target === undefined ? null : composeCall(kit, random, target);
}

/** Leaves out statements that no kill needs. */
function* trim(state: State, look: Look, kills: readonly string[]): Steps<TestProgram> {
  let best = look.program;
  const count = best.statements.length;
  if (count < 2) return best;
  const slice = keepStatements(best, sliceFor(best, count - 1));
  if (slice.statements.length < count && (yield* killsAll(state, slice, kills))) best = slice;
  for (
    let index = best.statements.length - 2;
    index >= 0 && best.statements.length > 1;
    index -= 1
  ) {
    const smaller = dropStatement(best, index);
    if (smaller !== null && (yield* killsAll(state, smaller, kills))) best = smaller;
  }
  return best;
}

/** Whether the program makes a test that kills every one of these mutants. */
export function* killsAll(
  state: { readonly session: Session; readonly mutants: MutantSwitch },
  program: TestProgram,
  kills: readonly string[],
): Steps<boolean> {
  const { session, mutants } = state;
  mutants.activate(null);
  const base = yield* session.execute(program);
  if (base.problem !== null) return false;
  const text = toAssertedText(base.recording);
  for (const switchId of kills) {
    mutants.activate(switchId);
    const execution = yield* session.execute(program);
    mutants.activate(null);
    if (!isEndless(execution.problem) && toAssertedText(execution.recording) === text) return false;
  }
  const again = yield* session.execute(program);
  return again.problem === null && toAssertedText(again.recording) === text;
}
