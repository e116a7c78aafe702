import type { ApiModel, CallableHint, ModuleModel } from "../../contract/api-model.ts";
import type { Statement, TestProgram, ValueGene } from "../../contract/program.ts";
import type { Recording, Snapshot } from "../../contract/snapshot.ts";
import {
  argsOf,
  concatPrograms,
  keepStatements,
  sliceFor,
  toCalleeKey,
  toCost,
  withArgs,
} from "../engine/program-tools.ts";
import { childrenOf } from "../values/walk-value.ts";
import { matchSignatures } from "./allowed.ts";
import { resolveCallable, resolveValue } from "./resolve-callable.ts";

/** What a program did at two times: in two processes, or twice in one. */
export interface Sighting {
  readonly program: TestProgram;
  readonly recordings: readonly Recording[];
}

const MAX_SUSPECTS = 5;
/** How often a suspected call is repeated: twice the longest period looked for. */
const REPEATS = 8;

/**
 * Calls that answered differently at different times, as programs of their own: a call, or a method
 * on an instance made for it. One for each callee, the smallest first.
 */
export function listLeakSuspects(
  model: ApiModel,
  sightings: readonly Sighting[],
): readonly TestProgram[] {
  const best = new Map<string, TestProgram>();
  for (const { program, recordings } of sightings) {
    const module = model.modules.find(({ file }) => file === program.module);
    if (module === undefined || program.usesFixture) continue;
    for (const index of listUnequal(program, recordings)) {
      const unit = toUnit(module, program, index);
      const last = unit?.statements.at(-1);
      if (unit === null || last === undefined) continue;
      const key = toCalleeKey(unit, last);
      const known = best.get(key);
      if (known === undefined || compare(unit, known) < 0) best.set(key, unit);
    }
  }
  return [...best.values()].sort(compare).slice(0, MAX_SUSPECTS);
}

function compare(a: TestProgram, b: TestProgram): number {
  const byCost = toCost(a) - toCost(b);
  return byCost === 0 ? (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : byCost;
}

/** Statements whose outcome differs between recordings, or from that of an equal one before. */
function listUnequal(program: TestProgram, recordings: readonly Recording[]): readonly number[] {
  const [first] = recordings;
  return [...program.statements.keys()].filter((index) => {
    const text = JSON.stringify(first?.outcomes[index]);
    if (recordings.some(({ outcomes }) => JSON.stringify(outcomes[index]) !== text)) return true;
    const statement = program.statements[index];
    if (statement?.kind !== "call" || first === undefined) return false;
    const own = JSON.stringify(statement);
    const earlier = program.statements.findIndex((other) => JSON.stringify(other) === own);
    return earlier < index && toText(first, earlier) !== toText(first, index);
  });
}

function toText(recording: Recording, statement: number): string {
  return JSON.stringify(resolveValue(recording, statement));
}

/** Names of what is there to answer differently each time. */
const STATEFUL =
  /toggle|random|sample|unique|throttle|debounce|limit|acquire|round|cycle|alternat|lock$|once|first|changed|dirty|^(?:on|off|try|flip|switch|swap|next|prev|rotate|pick|choose|shuffle|take|pop|shift|step|advance|tick|read|poll|consume|release|claim|allow|attempt|seed|set|add|remove|delete|clear|reset|register|enable|disable|open|close|start|stop|push|save|store|emit)/iu;

/** The call alone with what it needs; null where a difference would prove nothing. */
function toUnit(module: ModuleModel, program: TestProgram, index: number): TestProgram | null {
  const unit = keepStatements(program, sliceFor(program, index));
  const last = unit.statements.at(-1);
  const receiver = unit.statements.length === 2 ? unit.statements[0] : undefined;
  const isCall = last?.kind === "call" && unit.statements.length === 1 && last.callee.length === 1;
  const isMethod = last?.kind === "method" && last.receiver === 0 && receiver?.kind === "new";
  if (last === undefined || (!isCall && !isMethod)) return null;
  // A call without arguments is a counter or a source of something; state is what it is for.
  if (argsCount(last) === 0) return null;
  return unit.statements.every((statement) => isPlain(module, unit, statement)) ? unit : null;
}

const NOTHING: Recording = { outcomes: [], mutations: [], spies: [], files: {} };

function isPlain(module: ModuleModel, program: TestProgram, statement: Statement): boolean {
  if (!("args" in statement) || statement.args.some(isAlive)) return false;
  const hint: CallableHint | null = resolveCallable(module, program, NOTHING, statement);
  if (hint === null || STATEFUL.test(hint.path.at(-1) ?? "")) return false;
  const { verdict } = matchSignatures(hint, statement.args, () => null);
  return hint.isTyped ? verdict === "yes" : verdict !== "no";
}

function argsCount(statement: Statement): number {
  return "args" in statement ? statement.args.length : 0;
}

/** Values that carry a state of their own, or are somebody else's. */
function isAlive(gene: ValueGene): boolean {
  return (
    ["ref", "export", "function", "iterable", "promise", "regexp"].includes(gene.kind) ||
    childrenOf(gene).some(isAlive)
  );
}

/** Calls that are made twice in a row to see whether the answer stays, in all and for each callee. */
const MAX_TWICE = 90;
const TWICE_PER_CALLEE = 4;

/**
 * Programs that make a call twice: the order of the recordings alone shows a state only where other
 * programs happen to call the same function an odd number of times.
 */
export function listTwice(
  model: ApiModel,
  programs: readonly TestProgram[],
): readonly TestProgram[] {
  const byCallee = new Map<string, Map<string, TestProgram>>();
  for (const program of programs) {
    const module = model.modules.find(({ file }) => file === program.module);
    if (module === undefined || program.usesFixture) continue;
    for (const index of program.statements.keys()) {
      const unit = toUnit(module, program, index);
      const last = unit?.statements.at(-1);
      if (unit === null || last === undefined) continue;
      const key = toCalleeKey(unit, last);
      const known = byCallee.get(key) ?? new Map<string, TestProgram>();
      for (const one of [unit, toShort(unit)]) known.set(JSON.stringify(one), one);
      byCallee.set(key, known);
    }
  }
  // Some arguments leave no trace, such as an empty text.
  return [...byCallee.values()]
    .flatMap((units) => [...units.values()].sort(compare).slice(0, TWICE_PER_CALLEE))
    .sort(compare)
    .slice(0, MAX_TWICE)
    .map((unit) => concatPrograms(unit, unit));
}

/** The same with texts of one character: what walks through a text is then at its end at once. */
function toShort(unit: TestProgram): TestProgram {
  const statements = unit.statements.map((statement) => {
    const args = argsOf(statement).map((gene) =>
      gene.kind === "string" ? { ...gene, value: gene.value.trim().slice(0, 1) } : gene,
    );
    return withArgs(statement, args);
  });
  return { ...unit, statements };
}

/** The suspected call, again and again. */
export function repeatUnit(unit: TestProgram): TestProgram {
  let program = unit;
  for (let count = 1; count < REPEATS; count += 1) program = concatPrograms(program, unit);
  return program;
}

/** The two statements that show a leak, with the program up to the later one. */
export interface Leak {
  readonly program: TestProgram;
  readonly recording: Recording;
  readonly first: number;
  readonly second: number;
}

/**
 * Whether the answers to one repeated call leak: an answer with something in it, and one with nothing,
 * in turns that repeat. What grows, counts or is set once is the purpose of a call rather than a slip, so
 * it has to come back to where it started with no help.
 */
export function judgeRepeats(program: TestProgram, recording: Recording): Leak | null {
  const size = program.statements.length / REPEATS;
  const answers: Snapshot[] = [];
  for (let round = 0; round < REPEATS; round += 1) {
    const value = resolveValue(recording, (round + 1) * size - 1);
    if (value === null) return null;
    answers.push(value);
  }
  const texts = answers.map((answer) => JSON.stringify(answer));
  const turn = texts.findIndex((text) => text !== texts[0]);
  const [start] = answers;
  const other = answers[turn];
  if (start === undefined || other === undefined || isEmpty(start) === isEmpty(other)) return null;
  if (new Set(texts).size !== 2 || !hasPeriod(texts)) return null;
  const second = (turn + 1) * size - 1;
  return {
    program: { ...program, statements: program.statements.slice(0, second + 1) },
    recording: { ...recording, outcomes: recording.outcomes.slice(0, second + 1) },
    first: second - size,
    second,
  };
}

function hasPeriod(texts: readonly string[]): boolean {
  return Array.from({ length: REPEATS / 2 - 1 }, (_, index) => index + 2).some((period) =>
    texts.every((text, index) => text === texts[index % period]),
  );
}

function isEmpty(snapshot: Snapshot): boolean {
  switch (snapshot.kind) {
    case "undefined":
    case "null":
      return true;
    case "boolean":
      return !snapshot.value;
    case "number":
      return snapshot.value === 0 || snapshot.value === -1;
    case "string":
    case "array":
      return snapshot.length === 0;
    default:
      return false;
  }
}
