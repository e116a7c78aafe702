import type { ParameterHint, TypeHint } from "../../contract/api-model.ts";
import type { FunctionTemplate, ValueGene } from "../../contract/program.ts";
import { booleanGene, functionGene, numberGene, NULL, stringGene, UNDEFINED } from "./genes.ts";
import { pickWeighted, type ValueKit } from "./kit.ts";

const OPERATORS: readonly Extract<FunctionTemplate, { kind: "operator" }>["operator"][] = [
  "-",
  "+",
  "<",
  ">",
  "===",
  "*",
];
const CONTINUATION = /^(cb|callback|done|next|resolve|reject|fn|end|read|push)$/i;

/** A callback for declared parameters and result; null means nothing is known. */
export function makeCallback(
  kit: ValueKit,
  params: readonly ParameterHint[] | null,
  returns: TypeHint | null,
  depth: number,
): ValueGene {
  const { random } = kit;
  const takesContinuation =
    params?.some((param) => param.type.kind === "function" || CONTINUATION.test(param.name)) ??
    false;
  if (takesContinuation && random.chance(0.6)) return functionGene(callsBack(kit, depth));
  if (random.chance(0.12))
    return functionGene({ kind: "spy", returns: result(kit, returns, depth) });
  if (random.chance(0.06)) return functionGene({ kind: "throws", message: "boom" });
  if (returns === null || isOpen(returns)) return functionGene(generalTemplate(kit, params, depth));
  return functionGene(typedTemplate(kit, params ?? [], returns, depth));
}

function typedTemplate(
  kit: ValueKit,
  params: readonly ParameterHint[],
  returns: TypeHint,
  depth: number,
): FunctionTemplate {
  const { random } = kit;
  if (returns.kind === "promise" || hasPromise(returns)) {
    const inner = returns.kind === "promise" ? returns.of : returns;
    if (returns.kind === "promise" || random.chance(0.5)) {
      return { kind: "async-constant", value: result(kit, inner, depth) };
    }
  }
  if (returns.kind === "void" || returns.kind === "undefined") {
    return random.chance(0.6)
      ? { kind: "spy", returns: UNDEFINED }
      : { kind: "constant", value: UNDEFINED };
  }
  const fitting = params.flatMap((param, index) =>
    isSameKind(param.type, returns) ? [index] : [],
  );
  if (fitting.length > 0 && random.chance(0.35))
    return { kind: "argument", index: random.pick(fitting) };
  const isPair = params.length >= 2;
  if (isPair && (returns.kind === "number" || returns.kind === "integer") && random.chance(0.6)) {
    return { kind: "operator", operator: random.pick(["-", "+", "*"]) };
  }
  if (isPair && returns.kind === "boolean" && random.chance(0.6)) {
    return { kind: "operator", operator: random.pick(["<", ">", "==="]) };
  }
  const name = propertyOf(kit, params);
  if (name !== null && random.chance(0.4)) return { kind: "property", name };
  return { kind: "constant", value: result(kit, returns, depth) };
}

function generalTemplate(
  kit: ValueKit,
  params: readonly ParameterHint[] | null,
  depth: number,
): FunctionTemplate {
  const { random } = kit;
  switch (pickWeighted(random, [22, 22, 18, 8, 8, 10, 12])) {
    case 0:
      return { kind: "constant", value: simpleResult(kit, depth) };
    case 1:
      return {
        kind: "argument",
        index: random.chance(0.8) ? 0 : random.int(Math.max(2, params?.length ?? 2)),
      };
    case 2:
      return { kind: "operator", operator: random.pick(OPERATORS) };
    case 3:
      return { kind: "property", name: propertyOf(kit, params ?? []) ?? "length" };
    case 4:
      return { kind: "async-constant", value: simpleResult(kit, depth) };
    case 5:
      return callsBack(kit, depth);
    default:
      return { kind: "spy", returns: simpleResult(kit, depth) };
  }
}

function callsBack(kit: ValueKit, depth: number): FunctionTemplate {
  const isFailure = kit.random.chance(0.25);
  return {
    kind: "calls-back",
    error: isFailure ? { kind: "error", type: "Error", message: "boom" } : null,
    value: isFailure ? UNDEFINED : simpleResult(kit, depth),
  };
}

function result(kit: ValueKit, returns: TypeHint | null, depth: number): ValueGene {
  return returns === null || isOpen(returns)
    ? simpleResult(kit, depth)
    : kit.forType(returns, depth + 1);
}

function simpleResult(kit: ValueKit, depth: number): ValueGene {
  const { random } = kit;
  switch (pickWeighted(random, [20, 20, 20, 12, 8, 20])) {
    case 0:
      return booleanGene(random.chance(0.6));
    case 1:
      return numberGene(random.pick([0, 1, 2, -1]));
    case 2:
      return stringGene(random.pick(["a", "", "x", "abc"]));
    case 3:
      return UNDEFINED;
    case 4:
      return NULL;
    default:
      return kit.any(depth + 1);
  }
}

function propertyOf(kit: ValueKit, params: readonly ParameterHint[]): string | null {
  const declared = params.flatMap((param) =>
    param.type.kind === "object" ? param.type.properties.map((property) => property.name) : [],
  );
  const names = declared.length > 0 ? declared : kit.propertyNames.slice(0, 12);
  return names.length === 0 ? null : kit.random.pick(names);
}

function isOpen(type: TypeHint): boolean {
  return type.kind === "unknown" || type.kind === "any";
}

function hasPromise(type: TypeHint): boolean {
  return type.kind === "union" && type.of.some((member) => member.kind === "promise");
}

function isSameKind(a: TypeHint, b: TypeHint): boolean {
  return a.kind === b.kind || isOpen(a);
}
