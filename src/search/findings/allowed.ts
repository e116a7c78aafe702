import type { CallableHint, ParameterHint, TypeHint } from "../../contract/api-model.ts";
import type { FunctionTemplate, ValueGene } from "../../contract/program.ts";
import type { Snapshot } from "../../contract/snapshot.ts";
import { conforms } from "./conforms.ts";
import { allOf, anyOf, toVerdict, type Verdict } from "./verdict.ts";

/** What an earlier statement gave, or null when it gave nothing usable. */
export type ResolveRef = (statement: number) => Snapshot | null;

const NO_REFS: ResolveRef = () => null;

/** Whether a declared type allows a value. Only `yes` makes a value count as evidence. */
export function isAllowed(gene: ValueGene, type: TypeHint, resolve: ResolveRef = NO_REFS): Verdict {
  if (type.kind === "union")
    return anyOf(type.of.map((member) => isAllowed(gene, member, resolve)));
  if (type.kind === "unknown" || type.kind === "any") return "unknown";
  if (type.kind === "never") return "no";
  switch (gene.kind) {
    case "ref": {
      const snapshot = resolve(gene.statement);
      return snapshot === null ? "unknown" : conforms(snapshot, type);
    }
    case "export":
      return "unknown";
    case "undefined":
      return toVerdict(type.kind === "undefined" || type.kind === "void");
    case "number":
      if (type.kind === "literal") return toVerdict(gene.value === type.value);
      if (type.kind === "integer") return toVerdict(Number.isInteger(gene.value));
      return toVerdict(type.kind === "number");
    case "string":
    case "boolean":
      return toVerdict(
        type.kind === "literal" ? gene.value === type.value : type.kind === gene.kind,
      );
    case "null":
    case "bigint":
    case "symbol":
    case "regexp":
    case "date":
      return toVerdict(type.kind === gene.kind);
    case "error":
      return toVerdict(type.kind === "error");
    default:
      return isStructureAllowed(gene, type, resolve);
  }
}

/** Whether any declared signature allows the arguments, and which returns are then possible. */
export function matchSignatures(
  hint: CallableHint,
  args: readonly ValueGene[],
  resolve: ResolveRef,
): { readonly verdict: Verdict; readonly returns: readonly TypeHint[] } {
  const verdicts = hint.signatures.map(({ params, returns }) => ({
    verdict: areAllowed(args, params, resolve),
    returns,
  }));
  const verdict = anyOf(verdicts.map((each) => each.verdict));
  // An overload that may match leaves its result possible.
  const returns = verdicts.filter((each) => each.verdict !== "no").map((each) => each.returns);
  return { verdict, returns };
}

function areAllowed(
  args: readonly ValueGene[],
  params: readonly ParameterHint[],
  resolve: ResolveRef,
): Verdict {
  const rest = params.at(-1)?.rest === true ? params.at(-1) : undefined;
  const fixed = rest === undefined ? params : params.slice(0, -1);
  if (args.length > fixed.length && rest === undefined) return "no";
  const forFixed = fixed.map((param, index): Verdict => {
    const arg = args[index];
    if (arg === undefined || arg.kind === "undefined") {
      if (param.optional) return "yes";
      return arg === undefined ? "no" : isAllowed(arg, param.type, resolve);
    }
    return isAllowed(arg, param.type, resolve);
  });
  const element = rest?.type.kind === "array" ? rest.type.of : rest?.type;
  const forRest = args
    .slice(fixed.length)
    .map((arg) => (element === undefined ? "no" : isAllowed(arg, element, resolve)));
  return allOf([...forFixed, ...forRest]);
}

type Structure = Extract<
  ValueGene,
  {
    kind:
      | "array"
      | "object"
      | "map"
      | "set"
      | "bytes"
      | "typed-array"
      | "promise"
      | "rejected-promise"
      | "iterable"
      | "function";
  }
>;

function isStructureAllowed(gene: Structure, type: TypeHint, resolve: ResolveRef): Verdict {
  switch (gene.kind) {
    case "array":
      return isArrayAllowed(gene.items, type, resolve);
    case "object":
      return type.kind === "object" ? isShapeAllowed(gene, type, resolve) : "no";
    case "map":
      if (type.kind !== "map") return "no";
      return allOf(
        gene.entries.flatMap(([key, value]) => [
          isAllowed(key, type.key, resolve),
          isAllowed(value, type.value, resolve),
        ]),
      );
    case "set":
      if (type.kind !== "set") return "no";
      return allOf(gene.items.map((item) => isAllowed(item, type.of, resolve)));
    case "bytes":
      // `bytes` stands for several classes; a Buffer is all of them but ArrayBuffer.
      if (type.kind === "bytes") return gene.type === "Buffer" ? "yes" : "unknown";
      return toVerdict(type.kind === "typed-array" && type.type === gene.type);
    case "typed-array":
      return toVerdict(type.kind === "typed-array" && type.type === gene.type);
    case "promise":
      return type.kind === "promise" ? isAllowed(gene.value, type.of, resolve) : "no";
    case "rejected-promise":
      // Types say nothing about rejection, and passing one on is the natural thing to do.
      return type.kind === "promise" ? "unknown" : "no";
    case "iterable":
      if (type.kind !== "iterable" || type.isAsync) return "no";
      return allOf(gene.items.map((item) => isAllowed(item, type.of, resolve)));
    case "function":
      return type.kind === "function" ? isCallbackAllowed(gene.template, type, resolve) : "no";
  }
}

function isArrayAllowed(items: readonly ValueGene[], type: TypeHint, resolve: ResolveRef): Verdict {
  if (type.kind === "array" || (type.kind === "iterable" && !type.isAsync)) {
    return allOf(items.map((item) => isAllowed(item, type.of, resolve)));
  }
  if (type.kind !== "tuple" || type.items.length !== items.length) return "no";
  return allOf(
    type.items.map((member, index) =>
      isAllowed(items[index] ?? { kind: "undefined" }, member, resolve),
    ),
  );
}

function isShapeAllowed(
  gene: Extract<ValueGene, { kind: "object" }>,
  type: Extract<TypeHint, { kind: "object" }>,
  resolve: ResolveRef,
): Verdict {
  // Without members the hint may stand for a type that was too deep to describe.
  if (type.properties.length === 0 && type.index === null) return "unknown";
  const values = new Map(gene.entries);
  const declared = type.properties.map((property): Verdict => {
    const value = values.get(property.name);
    if (value === undefined) return toVerdict(property.optional);
    // Whether `{ a: undefined }` fits `a?: T` depends on a compiler option.
    if (property.optional && value.kind === "undefined") return "unknown";
    return isAllowed(value, property.type, resolve);
  });
  const names = new Set(type.properties.map((property) => property.name));
  const further = gene.entries
    .filter(([key]) => !names.has(key))
    .map(([, value]) => (type.index === null ? "no" : isAllowed(value, type.index, resolve)));
  return allOf([...declared, ...further]);
}

function isCallbackAllowed(
  template: FunctionTemplate,
  type: Extract<TypeHint, { kind: "function" }>,
  resolve: ResolveRef,
): Verdict {
  const returned = (value: ValueGene, declared: TypeHint): Verdict =>
    declared.kind === "void" ? "yes" : isAllowed(value, declared, resolve);
  switch (template.kind) {
    case "constant":
      return returned(template.value, type.returns);
    case "spy":
      return returned(template.returns, type.returns);
    case "async-constant":
      if (type.returns.kind === "void") return "yes";
      return type.returns.kind === "promise" ? returned(template.value, type.returns.of) : "no";
    case "argument": {
      const param = type.params[template.index];
      if (type.returns.kind === "void") return "yes";
      return param !== undefined && isSame(param.type, type.returns) ? "yes" : "unknown";
    }
    case "operator":
      return isOperatorAllowed(template.operator, type);
    // A failing callback is the test's own doing; the others touch values of unknown shape.
    case "throws":
    case "property":
    case "calls-back":
      return "unknown";
  }
}

function isOperatorAllowed(
  operator: string,
  type: Extract<TypeHint, { kind: "function" }>,
): Verdict {
  const takesNumbers =
    type.params.length >= 2 &&
    type.params.slice(0, 2).every(({ type: { kind } }) => kind === "number" || kind === "integer");
  if (!takesNumbers) return "unknown";
  const isComparison = operator === "<" || operator === ">" || operator === "===";
  return type.returns.kind === (isComparison ? "boolean" : "number") || type.returns.kind === "void"
    ? "yes"
    : "unknown";
}

function isSame(a: TypeHint, b: TypeHint): boolean {
  return a.kind !== "unknown" && a.kind !== "any" && JSON.stringify(a) === JSON.stringify(b);
}
