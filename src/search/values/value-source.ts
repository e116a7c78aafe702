import type {
  CallableHint,
  ModuleModel,
  ParameterHint,
  TypeHint,
} from "../../contract/api-model.ts";
import type { ExportPath, ValueGene } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";
import { makeCallback } from "./callbacks.ts";
import { numberGene, stringGene, UNDEFINED } from "./genes.ts";
import type { ValueContext, ValueKit } from "./kit.ts";
import { anyKey, anyList, anyObject, makerForName } from "./names.ts";
import { anyNumber } from "./numbers.ts";
import { createLiteralPool } from "./pool.ts";
import { anyText } from "./texts.ts";
import { makeAny, makeForType } from "./types.ts";

export type { ValueContext } from "./kit.ts";

export interface ValueSourceInput {
  readonly random: Random;
  readonly model: ModuleModel;
  /** Export paths of classes, usable as values. */
  readonly instancePaths: readonly ExportPath[];
}

/** Makes values for arguments. Deterministic for a seed and a sequence of calls. */
export interface ValueSource {
  /** One argument; null when nothing is known of the parameter. About one in ten is ill-typed on purpose. */
  forParameter(hint: ParameterHint | null, context: ValueContext): ValueGene;
  /**
   * All arguments of a call: usually as many as declared, now and then fewer or one more; a rest
   * parameter takes some. `params` null means nothing is known.
   */
  forArguments(
    params: readonly ParameterHint[] | null,
    context: Omit<ValueContext, "argumentIndex">,
  ): readonly ValueGene[];
  /** A value that the type allows; `depth` 0 at the top. */
  forType(type: TypeHint, depth: number): ValueGene;
  any(): ValueGene;
  /** A text, number or property name from the pools, for mutation. */
  text(): string;
  number(): number;
  key(): string;
  /** Takes in an operand that a comparison of the target saw. Runs no code of the value. */
  observe(value: unknown): void;
}

const ILL_TYPED = 0.09;
const FROM_CALLABLE = 0.16;

/** Values for one module, drawn from its types, names, literals and from what comparisons showed. */
export function createValueSource(input: ValueSourceInput): ValueSource {
  const { random, model } = input;
  const kit: ValueKit = {
    random,
    pool: createLiteralPool(random, model),
    instancePaths: input.instancePaths,
    propertyNames: model.propertyNames,
    forType: (type, depth) => makeForType(kit, type, depth),
    forName: (name, depth) => makerForName(name)?.(kit, depth) ?? null,
    callback: (params, returns, depth) => makeCallback(kit, params, returns, depth),
    any: (depth) =>
      makeAny(
        kit,
        depth,
        () => anyList(kit, depth),
        () => anyObject(kit, depth),
      ),
  };
  const source: ValueSource = {
    forParameter: (hint, context) => forParameter(kit, hint, context),
    forArguments: (params, context) => forArguments(kit, params, context),
    forType: (type, depth) => kit.forType(type, depth),
    any: () => kit.any(0),
    text: () => anyText(kit),
    number: () => anyNumber(kit),
    key: () => anyKey(kit),
    observe: (value) => {
      kit.pool.observe(value);
    },
  };
  return source;
}

function forArguments(
  kit: ValueKit,
  params: readonly ParameterHint[] | null,
  context: Omit<ValueContext, "argumentIndex">,
): readonly ValueGene[] {
  const { random } = kit;
  const make = (hint: ParameterHint | null, argumentIndex: number): ValueGene =>
    forParameter(kit, hint, { ...context, argumentIndex });
  if (params === null) {
    const count = random.pick([0, 1, 1, 1, 2, 2, 3]);
    return Array.from({ length: count }, (_unused, index) => make(null, index));
  }
  const args: ValueGene[] = [];
  for (const param of params) {
    // What follows an omitted optional argument is left out too, so that calls stay natural.
    if (param.optional && !param.rest && random.chance(0.35)) break;
    const count = param.rest ? random.pick([0, 1, 2, 2, 3]) : 1;
    for (let index = 0; index < count; index += 1) args.push(make(param, args.length));
  }
  if (args.length > 0 && random.chance(0.04)) return args.slice(0, -1);
  if (random.chance(0.03)) args.push(make(null, args.length));
  return args;
}

function forParameter(kit: ValueKit, hint: ParameterHint | null, context: ValueContext): ValueGene {
  const { random } = kit;
  const type = hint?.type ?? { kind: "unknown" };
  const isOpen = type.kind === "unknown" || type.kind === "any";
  if (!isOpen && random.chance(ILL_TYPED)) return illTyped(kit, context);
  const ref = pickRef(kit, type, context);
  if (ref !== null) return ref;
  const own = random.chance(FROM_CALLABLE) ? ownLiteral(kit, type, context.callable) : null;
  if (own !== null) return own;
  const named = hint === null ? null : makerForName(hint.name);
  if (isOpen) {
    if (named !== null && random.chance(0.7)) return named(kit, 0);
    return kit.any(0);
  }
  if (hint !== null && named !== null && isRefinedByName(type)) {
    // The name narrows what the type leaves open: a `string` called `path`, a `number` called `count`.
    if (random.chance(0.45)) {
      const gene = named(kit, 0);
      if (isOfKind(gene, type)) return gene;
    }
  }
  if (hint?.optional === true && random.chance(0.04)) return UNDEFINED;
  return kit.forType(type, 0);
}

function illTyped(kit: ValueKit, context: ValueContext): ValueGene {
  const { random } = kit;
  if (context.refs.length > 0 && random.chance(0.2)) {
    return { kind: "ref", statement: random.pick(context.refs).statement };
  }
  return kit.any(0);
}

/** Class names under which a live value shows up, by kind of declared type. */
const CLASSES_OF: Readonly<Record<string, readonly string[]>> = {
  string: ["String"],
  number: ["Number"],
  integer: ["Number"],
  boolean: ["Boolean"],
  array: ["Array"],
  tuple: ["Array"],
  iterable: ["Array", "Set", "Map", "Generator", "Object"],
  function: ["Function", "AsyncFunction"],
  map: ["Map"],
  set: ["Set"],
  date: ["Date"],
  promise: ["Promise"],
  regexp: ["RegExp"],
  bytes: ["Buffer", "Uint8Array", "ArrayBuffer"],
  error: ["Error", "TypeError", "RangeError"],
};

/** An earlier result that suits the parameter, with a probability that follows how well it suits. */
function pickRef(kit: ValueKit, type: TypeHint, context: ValueContext): ValueGene | null {
  const { random } = kit;
  if (context.refs.length === 0) return null;
  const toRef = (ref: { readonly statement: number }): ValueGene => ({
    kind: "ref",
    statement: ref.statement,
  });
  if (type.kind === "unknown" || type.kind === "any") {
    return random.chance(0.2) ? toRef(random.pick(context.refs)) : null;
  }
  const wanted = wantedClasses(type);
  const fitting = context.refs.filter((ref) => wanted.includes(ref.className));
  if (fitting.length === 0) return null;
  const isInstance = type.kind === "instance" || (type.kind === "union" && hasInstance(type));
  return random.chance(isInstance ? 0.85 : 0.22) ? toRef(random.pick(fitting)) : null;
}

function wantedClasses(type: TypeHint): readonly string[] {
  if (type.kind === "instance") return [type.className];
  if (type.kind === "union") return type.of.flatMap(wantedClasses);
  if (type.kind === "object") return ["Object"];
  if (type.kind === "typed-array") return [type.type];
  return CLASSES_OF[type.kind] ?? [];
}

function hasInstance(type: Extract<TypeHint, { kind: "union" }>): boolean {
  return type.of.some((member) => member.kind === "instance");
}

/** A literal of the callable's own body where it could be the argument; numbers also one off. */
function ownLiteral(
  kit: ValueKit,
  type: TypeHint,
  callable: CallableHint | null,
): ValueGene | null {
  if (callable === null || callable.literals.length === 0) return null;
  const { random } = kit;
  const literal = random.pick(callable.literals);
  if (!isOfKind(literal, type)) return null;
  if (literal.kind === "number" && typeof literal.value === "number" && random.chance(0.4)) {
    return numberGene(literal.value + random.pick([1, -1]));
  }
  if (literal.kind === "string" && random.chance(0.35)) {
    const other = random.chance(0.5) ? anyText(kit) : "a";
    return stringGene(random.chance(0.5) ? literal.value + other : other + literal.value);
  }
  return literal;
}

function isRefinedByName(type: TypeHint): boolean {
  if (type.kind === "union") return type.of.some(isRefinedByName);
  return (
    type.kind === "string" ||
    type.kind === "number" ||
    (type.kind === "array" && isOpenHint(type.of))
  );
}

function isOpenHint(type: TypeHint): boolean {
  return type.kind === "any" || type.kind === "unknown";
}

/** A coarse check, enough to keep a guess by name or literal within the declared kind. */
function isOfKind(gene: ValueGene, type: TypeHint): boolean {
  switch (type.kind) {
    case "any":
    case "unknown":
      return true;
    case "union":
      return type.of.some((member) => isOfKind(gene, member));
    case "number":
      return gene.kind === "number";
    case "integer":
      return gene.kind === "number" && Number.isInteger(gene.value);
    case "literal":
      return "value" in gene && gene.value === type.value;
    default:
      return gene.kind === type.kind;
  }
}
