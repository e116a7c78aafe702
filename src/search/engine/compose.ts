import type { CallableHint, ParameterHint } from "../../contract/api-model.ts";
import type { ExportPath, Statement, TestProgram, ValueGene } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";
import type { Entry } from "./corpus.ts";
import type { ResultShape, Target } from "./surface.ts";
import type { ValueTools } from "./value-tools.ts";

/** Longest program the search builds. */
export const MAX_STATEMENTS: number = 9;

/** What one module offers to the composer. */
export interface ModuleKit {
  readonly file: string;
  readonly targets: readonly Target[];
  readonly values: ValueTools;
  /** Hints of prototype methods: `Class.method` → hint. */
  readonly methods: ReadonlyMap<string, CallableHint>;
  /** Hints of methods by bare name, for results whose class has another name. */
  readonly methodsByName: ReadonlyMap<string, CallableHint>;
  usesFixture: boolean;
}

/** A program under construction: statements so far and what their results offer, as far as known. */
interface Draft {
  readonly statements: Statement[];
  readonly refs: { statement: number; className: string }[];
}

/** Writes a call of `target` with fresh values, preceded by what its parameters need. */
export function composeCall(kit: ModuleKit, random: Random, target: Target): TestProgram {
  const draft: Draft = { statements: [], refs: [] };
  appendTarget(kit, random, target, draft, 0);
  return finish(kit, draft);
}

function finish(kit: ModuleKit, draft: Draft): TestProgram {
  return { module: kit.file, usesFixture: kit.usesFixture, statements: draft.statements };
}

function appendTarget(
  kit: ModuleKit,
  random: Random,
  target: Target,
  draft: Draft,
  depth: number,
): number {
  const params = pickParams(random, target.hint, target.arity);
  provideInstances(kit, random, params, draft, depth);
  const args = toArguments(kit, random, target.hint, params, draft);
  draft.statements.push(toCall(random, target, args));
  const statement = draft.statements.length - 1;
  if (target.kind === "constructor") {
    draft.refs.push({ statement, className: target.path.at(-1) ?? "" });
  }
  return statement;
}

function toCall(random: Random, target: Target, args: readonly ValueGene[]): Statement {
  if (target.kind === "constructor") return { kind: "new", callee: target.path, args };
  if (wantsCallback(target.hint, args.length) && random.chance(0.6)) {
    return {
      kind: "call-with-callback",
      callee: target.path,
      args: dropCallback(target.hint, args),
    };
  }
  return { kind: "call", callee: target.path, args, awaits: false };
}

const CALLBACK = /^(?:cb|callback|done|next|fn|onComplete|completion)$/iu;

/** True when the last declared parameter is a Node-style callback by name. */
function wantsCallback(hint: CallableHint | null, given: number): boolean {
  const params = hint?.signatures[0]?.params ?? [];
  const last = params.at(-1);
  return last !== undefined && !last.rest && CALLBACK.test(last.name) && given <= params.length;
}

function dropCallback(hint: CallableHint | null, args: readonly ValueGene[]): readonly ValueGene[] {
  const count = hint?.signatures[0]?.params.length ?? 0;
  return args.length >= count ? args.slice(0, Math.max(0, count - 1)) : args;
}

/** The parameters to fill this time: one signature, optional ones now and then left out. */
function pickParams(
  random: Random,
  hint: CallableHint | null,
  arity: number,
): readonly (ParameterHint | null)[] {
  const signatures = hint?.signatures ?? [];
  if (signatures.length === 0) {
    const extra = random.chance(0.25) ? random.int(3) : 0;
    const missing = random.chance(0.1) ? 1 : 0;
    return Array.from({ length: Math.max(0, arity + extra - missing) }, () => null);
  }
  const { params } = random.pick(signatures);
  const chosen: (ParameterHint | null)[] = [];
  for (const param of params) {
    if (param.rest) {
      for (let count = random.int(4); count > 0; count -= 1) chosen.push(param);
      break;
    }
    if (param.optional && random.chance(0.35)) break;
    chosen.push(param);
  }
  // Now and then one argument short or too many: guards against misuse are code too.
  if (chosen.length > 0 && random.chance(0.04)) chosen.pop();
  else if (random.chance(0.04)) chosen.push(null);
  return chosen;
}

function provideInstances(
  kit: ModuleKit,
  random: Random,
  params: readonly (ParameterHint | null)[],
  draft: Draft,
  depth: number,
): void {
  if (depth > 2) return;
  for (const param of params) {
    const path = param === null ? null : findInstancePath(param.type);
    if (path === null || random.chance(0.15)) continue;
    const className = path.at(-1) ?? "";
    if (draft.refs.some((ref) => ref.className === className) && random.chance(0.5)) continue;
    const maker = kit.targets.find(
      (target) => target.kind === "constructor" && target.path.join(".") === path.join("."),
    );
    if (maker !== undefined) appendTarget(kit, random, maker, draft, depth + 1);
  }
}

function findInstancePath(type: ParameterHint["type"]): ExportPath | null {
  if (type.kind === "instance") return type.path;
  if (type.kind === "array" || type.kind === "iterable") return findInstancePath(type.of);
  if (type.kind === "union") {
    for (const inner of type.of) {
      const path = findInstancePath(inner);
      if (path !== null) return path;
    }
  }
  return null;
}

function toArguments(
  kit: ModuleKit,
  random: Random,
  hint: CallableHint | null,
  params: readonly (ParameterHint | null)[],
  draft: Draft,
): readonly ValueGene[] {
  return params.map((param, argumentIndex) => {
    if (hint !== null && hint.literals.length > 0 && random.chance(0.12))
      return random.pick(hint.literals);
    return kit.values.forParameter(param, { callable: hint, refs: draft.refs, argumentIndex });
  });
}

/** Refs that an entry's results offer to later statements. */
function toDraft(entry: Entry): Draft {
  return {
    statements: [...entry.program.statements],
    refs: entry.shapes.flatMap((shape, statement) =>
      shape === null ? [] : [{ statement, className: shape.className }],
    ),
  };
}

/** The entry's program with one step more that uses one of its results; null when none can be used. */
export function extendProgram(kit: ModuleKit, random: Random, entry: Entry): TestProgram | null {
  if (entry.program.statements.length >= MAX_STATEMENTS) return null;
  const draft = toDraft(entry);
  const usable = entry.shapes.flatMap((shape, statement) =>
    shape === null ? [] : [{ shape, statement }],
  );
  if (usable.length === 0 || random.chance(0.12)) {
    if (kit.targets.length === 0) return null;
    appendTarget(kit, random, random.pick(kit.targets), draft, 1);
    return draft.statements.length > MAX_STATEMENTS ? null : finish(kit, draft);
  }
  // Later results are where a sequence was heading.
  const chosen = random.chance(0.5) ? usable.at(-1) : random.pick(usable);
  if (chosen === undefined) return null;
  const step = toStep(kit, random, chosen.shape, chosen.statement, draft);
  if (step === null) return null;
  draft.statements.push(step);
  return finish(kit, draft);
}

function toStep(
  kit: ModuleKit,
  random: Random,
  shape: ResultShape,
  receiver: number,
  draft: Draft,
): Statement | null {
  const options: (() => Statement)[] = [];
  if (shape.methods.length > 0) {
    options.push(
      ...Array<() => Statement>(6).fill(() => toMethod(kit, random, shape, receiver, draft)),
    );
  }
  if (shape.isCallable) {
    const call = (): Statement => ({
      kind: "call-value",
      callee: receiver,
      args: anyArguments(kit, random, draft),
      awaits: false,
    });
    options.push(call, call, call);
  }
  if (shape.members.length > 0) {
    options.push(() => ({ kind: "get", receiver, name: random.pick(shape.members) }));
    options.push(() => ({
      kind: "set",
      receiver,
      name: random.pick(shape.members),
      value: kit.values.any(),
    }));
  }
  const { iterates } = shape;
  if (iterates !== null) {
    const step: Statement = { kind: "iterate", receiver, limit: 5, awaits: iterates === "async" };
    options.push(...Array<() => Statement>(4).fill(() => step));
  }
  if (shape.isThenable) {
    options.push(() => ({
      kind: "method",
      receiver,
      name: "then",
      args: [{ kind: "function", template: { kind: "argument", index: 0 } }],
      awaits: true,
    }));
  }
  if (shape.isEmitter) {
    options.push(() => ({ kind: "wait-event", receiver, event: random.pick(EVENTS) }));
  }
  return options.length === 0 ? null : random.pick(options)();
}

const EVENTS = ["end", "data", "error", "close", "finish", "change", "load", "drain", "ready"];

function toMethod(
  kit: ModuleKit,
  random: Random,
  shape: ResultShape,
  receiver: number,
  draft: Draft,
): Statement {
  const name = random.pick(shape.methods);
  const hint = kit.methods.get(`${shape.className}.${name}`) ?? kit.methodsByName.get(name) ?? null;
  const params = pickParams(random, hint, hint === null ? random.int(4) : 0);
  provideInstances(kit, random, params, draft, 1);
  const args = toArguments(kit, random, hint, params, draft);
  if (wantsCallback(hint, args.length) && random.chance(0.6)) {
    return {
      kind: "call-with-callback",
      callee: { receiver, name },
      args: dropCallback(hint, args),
    };
  }
  return { kind: "method", receiver, name, args, awaits: false };
}

function anyArguments(kit: ModuleKit, random: Random, draft: Draft): readonly ValueGene[] {
  return Array.from({ length: random.int(4) }, (_, argumentIndex) =>
    kit.values.forParameter(null, { callable: null, refs: draft.refs, argumentIndex }),
  );
}
