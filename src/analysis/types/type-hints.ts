import type ts from "typescript";
import type { ParameterHint, TypeHint } from "../../contract/api-model.ts";
import type { ExportPath } from "../../contract/program.ts";
import { isLibraryType, libraryHint } from "./library-types.ts";

type TypeScript = typeof ts;

const UNKNOWN: TypeHint = { kind: "unknown" };
const MAX_DEPTH = 4;
const MAX_NODES = 250;
const MAX_UNION = 40;
const MAX_PROPERTIES = 40;
const MAX_TUPLE = 12;
const MAX_PARAMETERS = 20;

/** Parameters and result of one overload. */
export interface SignatureHint {
  readonly params: readonly ParameterHint[];
  readonly returns: TypeHint;
}

/** What conversion needs to know; `literals` collects the texts and numbers of literal types. */
export interface TypeContext {
  readonly typescript: TypeScript;
  readonly checker: ts.TypeChecker;
  /** Symbols of exported classes → their export paths. */
  readonly classes: ReadonlyMap<ts.Symbol, ExportPath>;
  readonly literals: Set<string | number>;
}

/** One conversion: the types around the present one, and how many hints may still be made. */
interface State extends TypeContext {
  readonly stack: readonly ts.Type[];
  readonly budget: { nodes: number };
}

/** Turns the checker's signature into hints: bounded in depth and size, whatever the types. */
export function toSignatureHint(context: TypeContext, signature: ts.Signature): SignatureHint {
  return signatureOf({ ...context, stack: [], budget: { nodes: MAX_NODES } }, signature);
}

function convert(state: State, type: ts.Type): TypeHint {
  const { typescript, checker, stack, budget } = state;
  budget.nodes -= 1;
  if (budget.nodes < 0) return UNKNOWN;
  const primitive = toPrimitive(state, type);
  if (primitive !== null) return primitive;
  if (type.isUnion()) return toUnion(state, type);
  if (stack.length > MAX_DEPTH || stack.includes(type)) return UNKNOWN;
  const inner: State = { ...state, stack: [...stack, type] };
  if (type.isIntersection()) return toIntersection(inner, type);
  if ((type.flags & typescript.TypeFlags.Instantiable) !== 0) {
    const constraint = checker.getBaseConstraintOfType(type);
    return constraint === undefined || constraint === type ? UNKNOWN : convert(inner, constraint);
  }
  return toObject(inner, type);
}

function toPrimitive({ typescript, checker, literals }: State, type: ts.Type): TypeHint | null {
  const { TypeFlags } = typescript;
  const { flags } = type;
  const is = (mask: ts.TypeFlags): boolean => (flags & mask) !== 0;
  if (is(TypeFlags.Any)) return { kind: "any" };
  if (is(TypeFlags.Unknown)) return UNKNOWN;
  if (type.isStringLiteral() || type.isNumberLiteral()) {
    literals.add(type.value);
    return { kind: "literal", value: type.value };
  }
  if (is(TypeFlags.BooleanLiteral)) {
    return { kind: "literal", value: checker.typeToString(type) === "true" };
  }
  if (is(TypeFlags.String | TypeFlags.TemplateLiteral | TypeFlags.StringMapping)) {
    return { kind: "string" };
  }
  if (is(TypeFlags.Number)) return { kind: "number" };
  if (is(TypeFlags.Boolean)) return { kind: "boolean" };
  if (is(TypeFlags.BigIntLike)) return { kind: "bigint" };
  if (is(TypeFlags.ESSymbolLike)) return { kind: "symbol" };
  if (is(TypeFlags.Null)) return { kind: "null" };
  if (is(TypeFlags.Undefined)) return { kind: "undefined" };
  if (is(TypeFlags.Void)) return { kind: "void" };
  return is(TypeFlags.Never) ? { kind: "never" } : null;
}

function toUnion(state: State, type: ts.UnionType): TypeHint {
  const seen = new Map<string, TypeHint>();
  for (const [index, member] of type.types.entries()) {
    // Of a long union the rest is widened: a result outside the listed members is no contradiction.
    const hint = index < MAX_UNION ? convert(state, member) : widen(toPrimitive(state, member));
    seen.set(JSON.stringify(hint), hint);
  }
  // The checker spells `boolean` as `true | false`.
  const isBoolean = [true, false].every((value) =>
    seen.has(JSON.stringify({ kind: "literal", value })),
  );
  const members = [...seen.values()].filter(
    (hint) => !isBoolean || hint.kind !== "literal" || typeof hint.value !== "boolean",
  );
  if (isBoolean) members.push({ kind: "boolean" });
  const [only] = members;
  return only !== undefined && members.length === 1 ? only : { kind: "union", of: members };
}

function widen(hint: TypeHint | null): TypeHint {
  if (hint?.kind !== "literal") return hint ?? UNKNOWN;
  return { kind: typeof hint.value as "string" | "number" | "boolean" };
}

function toIntersection(state: State, type: ts.IntersectionType): TypeHint {
  // A branded primitive (`string & { __brand: … }`) is that primitive at run time.
  for (const member of type.types) {
    const primitive = toPrimitive(state, member);
    if (primitive !== null && primitive.kind !== "unknown") return primitive;
  }
  return toObject(state, type);
}

function toObject(state: State, type: ts.Type): TypeHint {
  const { typescript, checker, stack } = state;
  const symbol = type.getSymbol();
  if (symbol !== undefined) {
    const instance = toInstance(state, type, symbol);
    if (instance !== null) return instance;
  }
  if (checker.isTupleType(type)) return toTuple(state, type as ts.TypeReference);
  if (symbol !== undefined && isLibraryType(symbol)) {
    const { Reference } = typescript.ObjectFlags;
    const isReference = ((type as ts.ObjectType).objectFlags & Reference) !== 0;
    const hint = libraryHint(symbol.name, (index) => {
      const argument = isReference
        ? checker.getTypeArguments(type as ts.TypeReference)[index]
        : undefined;
      return argument === undefined ? UNKNOWN : convert(state, argument);
    });
    if (hint !== null) return hint;
  }
  const [call] = type.getCallSignatures();
  if (call === undefined) return toProperties(state, type);
  return stack.length > MAX_DEPTH
    ? { kind: "function", params: [], returns: UNKNOWN }
    : { kind: "function", ...signatureOf(state, call) };
}

function toInstance(state: State, type: ts.Type, symbol: ts.Symbol): TypeHint | null {
  const path = state.classes.get(symbol);
  const isClass = (symbol.flags & state.typescript.SymbolFlags.Class) !== 0;
  if (path === undefined || !isClass || type.getConstructSignatures().length > 0) return null;
  const className = symbol.name === "default" ? (path.at(-1) ?? "default") : symbol.name;
  return { kind: "instance", path, className };
}

function toTuple(state: State, type: ts.TypeReference): TypeHint {
  const items = state.checker.getTypeArguments(type);
  const { combinedFlags } = type.target as ts.TupleType;
  // Rest elements and long tuples have no fixed length to promise.
  const isOpen = (combinedFlags & state.typescript.ElementFlags.Variable) !== 0;
  if (isOpen || items.length > MAX_TUPLE) {
    const [first] = items;
    return { kind: "array", of: first === undefined || isOpen ? UNKNOWN : convert(state, first) };
  }
  return { kind: "tuple", items: items.map((item) => convert(state, item)) };
}

function toProperties(state: State, type: ts.Type): TypeHint {
  const { typescript, checker } = state;
  const properties = type
    .getProperties()
    .slice(0, MAX_PROPERTIES)
    .flatMap((property) => {
      if (property.name.startsWith("__@") || isHidden(typescript, property)) return [];
      const optional = (property.flags & typescript.SymbolFlags.Optional) !== 0;
      const declared = checker.getTypeOfSymbol(property);
      const present = optional ? checker.getNonNullableType(declared) : declared;
      return [{ name: property.name, optional, type: convert(state, present) }];
    });
  const indexed = type.getStringIndexType() ?? type.getNumberIndexType();
  return {
    kind: "object",
    properties,
    index: indexed === undefined ? null : convert(state, indexed),
  };
}

function signatureOf(state: State, signature: ts.Signature): SignatureHint {
  return {
    params: signature
      .getParameters()
      .slice(0, MAX_PARAMETERS)
      .map((param) => toParameter(state, param)),
    returns: convert(state, signature.getReturnType()),
  };
}

function toParameter(state: State, param: ts.Symbol): ParameterHint {
  const { typescript, checker } = state;
  const declaration = param.valueDeclaration;
  const isParameter = declaration !== undefined && typescript.isParameter(declaration);
  const type = checker.getTypeOfSymbol(param);
  // JavaScript that reads `arguments` gets a rest parameter without a declaration.
  const rest = isParameter
    ? declaration.dotDotDotToken !== undefined
    : declaration === undefined && param.name === "args";
  const optional = rest || (isParameter && checker.isOptionalParameter(declaration));
  const hint = toBuffer(state, declaration, type) ?? convert(state, type);
  return {
    name: param.name.startsWith("__") ? "arg" : param.name,
    type: rest ? elementOf(hint) : optional ? withoutUndefined(hint) : hint,
    optional,
    rest,
  };
}

/** `Buffer` where Node's types are not installed: the checker only sees an unresolved name. */
function toBuffer(
  { typescript }: State,
  declaration: ts.Declaration | undefined,
  type: ts.Type,
): TypeHint | null {
  if ((type.flags & typescript.TypeFlags.Any) === 0 || declaration === undefined) return null;
  if (!typescript.isParameter(declaration) || declaration.type === undefined) return null;
  return declaration.type.getText() === "Buffer" ? { kind: "bytes" } : null;
}

function elementOf(hint: TypeHint): TypeHint {
  if (hint.kind === "array") return hint.of;
  return hint.kind === "tuple" ? (hint.items[0] ?? UNKNOWN) : UNKNOWN;
}

/** An optional parameter's own `undefined` says nothing new. */
function withoutUndefined(hint: TypeHint): TypeHint {
  if (hint.kind !== "union") return hint;
  const of = hint.of.filter((member) => member.kind !== "undefined");
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind: "union", of };
}

/** True for private and protected members. */
export function isHidden(typescript: TypeScript, symbol: ts.Symbol): boolean {
  const { Private, Protected } = typescript.ModifierFlags;
  if (symbol.name.startsWith("#") || symbol.name.startsWith("__#")) return true;
  return (symbol.declarations ?? []).some(
    (declaration) =>
      (typescript.getCombinedModifierFlags(declaration) & (Private | Protected)) !== 0,
  );
}
