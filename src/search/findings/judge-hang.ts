import type { ApiModel, CallableHint, ModuleModel } from "../../contract/api-model.ts";
import type { Statement, TestProgram, ValueGene } from "../../contract/program.ts";
import type { Recording } from "../../contract/snapshot.ts";
import { toCalleeKey, toCost } from "../engine/program-tools.ts";
import { toNumber } from "../values/genes.ts";
import { childrenOf } from "../values/walk-value.ts";
import { matchSignatures } from "./allowed.ts";
import { resolveCallable } from "./resolve-callable.ts";
import { weaknessFactor } from "./weakness.ts";

/** Programs that did not seem to end on inputs that ought to be fine; one for each callee. */
export interface HangSuspects {
  /** Takes a program that was stopped, where a hang of it would be a finding. */
  readonly add: (program: TestProgram) => void;
  /** The likeliest, best first; the same whatever the order of `add`. */
  readonly list: () => readonly HangSuspect[];
}

export interface HangSuspect {
  readonly program: TestProgram;
  /** What the evidence weighs, 0 to 1. */
  readonly factor: number;
}

const MAX_SUSPECTS = 5;

/** Collects programs that were stopped. */
export function createHangSuspects(model: ApiModel): HangSuspects {
  const best = new Map<string, HangSuspect>();
  return {
    add: (program) => {
      const last = program.statements.at(-1);
      const factor = weighHang(model, program);
      if (last === undefined || factor === 0) return;
      const key = toCalleeKey(program, last);
      const known = best.get(key);
      const suspect = { program, factor };
      if (known === undefined || compare(suspect, known) < 0) best.set(key, suspect);
    },
    list: () => [...best.values()].sort(compare).slice(0, MAX_SUSPECTS),
  };
}

function compare(a: HangSuspect, b: HangSuspect): number {
  const byCost = b.factor - a.factor || toCost(a.program) - toCost(b.program);
  if (byCost !== 0) return byCost;
  return JSON.stringify(a.program) < JSON.stringify(b.program) ? -1 : 1;
}

const NOTHING: Recording = { outcomes: [], mutations: [], spies: [], files: {} };
/** Above this an argument may be a count that asks for much work. */
const LARGE = 1_000;
/** Kinds that nobody declared but that its use gives away. */
const GUESSED_FACTOR = 0.8;
/** Each further statement leaves more room for another explanation. */
const STEP_FACTOR = 0.95;
/** What blocks or waits on purpose. */
const WAITS =
  /sleep|wait|delay|pause|listen|forever|endless|infinite|busy|prompt|readline|stdin|pbkdf|scrypt|bcrypt|^(?:block|serve|watch|question|ask|input|repl|derive|benchmark)/iu;

/**
 * How much it would mean that the program never ends: 0 where that proves nothing, since an argument
 * lies outside its declaration, is a callback, or asks for a lot of work.
 */
export function weighHang(model: ApiModel, program: TestProgram): number {
  const module = model.modules.find(({ file }) => file === program.module);
  if (module === undefined || program.usesFixture) return 0;
  const factors = program.statements.map((statement) => weighStatement(module, program, statement));
  return Math.min(1, ...factors) * STEP_FACTOR ** (factors.length - 1);
}

function weighStatement(module: ModuleModel, program: TestProgram, statement: Statement): number {
  if (statement.kind !== "call" && statement.kind !== "new" && statement.kind !== "method")
    return 0;
  const hint = resolveCallable(module, program, NOTHING, statement);
  const { args } = statement;
  if (hint === null || WAITS.test(hint.path.at(-1) ?? "") || !isSaid(hint, args)) return 0;
  if (matchSignatures(hint, args, () => null).verdict !== "yes") return 0;
  if (!args.every(isModest)) return 0;
  return hint.isTyped ? 1 : GUESSED_FACTOR;
}

/** A guessed parameter says what a value may be, not that it may be left out. */
function isSaid(hint: CallableHint, args: readonly ValueGene[]): boolean {
  if (hint.isTyped || hint.signatures.every(({ params }) => params.length === 0)) return true;
  return (
    hint.signatures.some(({ params }) => params.length === args.length) &&
    args.every(({ kind }) => kind !== "undefined")
  );
}

/** Whether nobody would expect long work, or work of somebody else's, for this value. */
function isModest(gene: ValueGene): boolean {
  if (weaknessFactor(gene) < 0.8 || !childrenOf(gene).every(isModest)) return false;
  switch (gene.kind) {
    case "number":
      return Math.abs(toNumber(gene)) <= LARGE;
    case "bigint":
      return Math.abs(Number(gene.value)) <= LARGE;
    case "typed-array":
      return gene.items.every((item) => Math.abs(item) <= LARGE);
    case "function":
    case "export":
    case "promise":
    case "rejected-promise":
      return false;
    default:
      return true;
  }
}
