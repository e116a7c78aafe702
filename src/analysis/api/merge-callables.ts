import type { CallableHint, ParameterHint, TypeHint } from "../../contract/api-model.ts";
import type { ExportPath, ValueGene } from "../../contract/program.ts";
import type { ModuleSystem } from "../../contract/project.ts";
import type { TypedCallable } from "../types/protocol.ts";
import type { Implementation } from "./implementations.ts";

/** A function found by its name alone, for exports that are put together at run time. */
export interface NamedFunction {
  readonly literals: readonly ValueGene[];
  readonly where: { readonly file: string; readonly line: number };
}

export interface MergeInput {
  readonly system: ModuleSystem;
  readonly typed: readonly TypedCallable[];
  readonly implementations: readonly Implementation[];
  /** Functions of all reachable files by name; only unique names are there. */
  readonly byName: ReadonlyMap<string, NamedFunction>;
}

/**
 * One hint a callable: signatures from types, parameters that nobody typed from their use, literals and
 * place from the code. Typed callables come first, in declaration order.
 */
export function mergeCallables(input: MergeInput): readonly CallableHint[] {
  const byPath = new Map(input.implementations.map((item) => [keyOf(item.path), item]));
  const merged = new Map<string, CallableHint>();
  const typedByCode = new Map<string, TypedCallable>();
  const isWhole = byPath.has("default") && input.system === "commonjs";
  for (const typed of input.typed) {
    const implementation = byPath.get(keyOf(typed.path)) ?? byPath.get(keyOf(shorten(typed.path)));
    if (implementation !== undefined) typedByCode.set(implementation.key, typed);
    const hint = toHint(typed, implementation ?? null, input.byName);
    add(merged, hint);
    const short = shorten(typed.path);
    // Static members of a class that is `module.exports` itself are named without `default`.
    if (isWhole && short !== typed.path) add(merged, { ...hint, path: short });
  }
  const wholeTyped = findWhole(input);
  for (const implementation of input.implementations) {
    const key = keyOf(implementation.path);
    if ([...KINDS].some((kind) => merged.has(`${kind}\0${key}`))) continue;
    const same = typedByCode.get(implementation.key) ?? typedLike(implementation, wholeTyped);
    add(
      merged,
      same === null
        ? untyped(implementation)
        : { ...toHint(same, implementation, input.byName), path: implementation.path },
    );
  }
  return [...merged.values()];
}

const KINDS: readonly CallableHint["kind"][] = ["function", "constructor", "method"];

function add(merged: Map<string, CallableHint>, hint: CallableHint): void {
  const key = `${hint.kind}\0${keyOf(hint.path)}`;
  if (!merged.has(key)) merged.set(key, hint);
}

function keyOf(path: ExportPath): string {
  return path.join("\0");
}

/** `["default", "of"]` → `["of"]`; prototype paths stay. */
function shorten(path: ExportPath): ExportPath {
  return path[0] === "default" && path.length > 1 && path[1] !== "prototype" ? path.slice(1) : path;
}

/** Typed callables by their own last name, where a declaration places them elsewhere than the code does. */
function findWhole(input: MergeInput): ReadonlyMap<string, readonly TypedCallable[]> {
  const groups = new Map<string, TypedCallable[]>();
  for (const typed of input.typed) {
    const name = `${typed.path.includes("prototype") ? "m" : "f"}:${typed.path.at(-1) ?? ""}`;
    groups.set(name, [...(groups.get(name) ?? []), typed]);
  }
  return groups;
}

function typedLike(
  implementation: Implementation,
  groups: ReadonlyMap<string, readonly TypedCallable[]>,
): TypedCallable | null {
  const isMethod = implementation.path.includes("prototype");
  const names = [implementation.path.at(-1), implementation.name];
  for (const name of names) {
    if (name === undefined || name === null) continue;
    const found = groups.get(`${isMethod ? "m" : "f"}:${name}`) ?? [];
    const [only] = found;
    if (only !== undefined && new Set(found.map((typed) => keyOf(typed.path))).size === 1)
      return only;
  }
  return null;
}

function toHint(
  typed: TypedCallable,
  implementation: Implementation | null,
  byName: MergeInput["byName"],
): CallableHint {
  const named = implementation === null ? (byName.get(typed.path.at(-1) ?? "") ?? null) : null;
  const guessed = implementation?.params ?? [];
  return {
    path: typed.path,
    kind: typed.kind,
    signatures: typed.signatures.map((signature) => ({
      params: fillParameters(signature.params, guessed, typed.isTyped),
      returns: signature.returns,
    })),
    isTyped: typed.isTyped,
    literals: implementation?.literals ?? named?.literals ?? [],
    where: implementation?.where ?? named?.where ?? typed.where,
    summary: typed.summary ?? implementation?.doc?.summary ?? null,
    documentedThrows: [
      ...new Set([...typed.documentedThrows, ...(implementation?.doc?.throws ?? [])]),
    ],
  };
}

/** Use in the body speaks where types say nothing. */
function fillParameters(
  params: readonly ParameterHint[],
  guessed: readonly ParameterHint[],
  isTyped: boolean,
): readonly ParameterHint[] {
  const filled = params.map((param, index) => {
    const guess = guessed[index];
    if (guess === undefined || !isVague(param.type)) return param;
    const optional = isTyped ? param.optional : param.optional || guess.optional;
    const type = isVague(guess.type) ? param.type : guess.type;
    return { ...param, optional, type: isTyped && type.kind === "unknown" ? param.type : type };
  });
  return filled;
}

function isVague(type: TypeHint): boolean {
  return (
    type.kind === "any" ||
    type.kind === "unknown" ||
    (type.kind === "array" && isVague(type.of)) ||
    (type.kind === "object" && type.properties.length === 0)
  );
}

function untyped(implementation: Implementation): CallableHint {
  return {
    path: implementation.path,
    kind: implementation.kind,
    signatures: [{ params: implementation.params, returns: { kind: "unknown" } }],
    isTyped: false,
    literals: implementation.literals,
    where: implementation.where,
    summary: implementation.doc?.summary ?? null,
    documentedThrows: implementation.doc?.throws ?? [],
  };
}
