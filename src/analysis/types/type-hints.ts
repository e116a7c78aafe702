import type ts from "typescript";
import type { ParameterHint, TypeHint } from "../../contract/api-model.ts";
import type { ExportPath } from "../../contract/program.ts";
import { isLibraryType, libraryHint } from "./library-types.ts";

type TypeScript = typeof ts;

const UNKNOWN: TypeHint = { kind: "unknown" };
const MAX_DEPTH = 5;
const MAX_NODES = 600;
const MAX_UNION = 40;
const MAX_PROPERTIES = 40;

/** Turns the checker's types into hints. */
export interface TypeConverter {
  toHint(type: ts.Type): TypeHint;
  toSignature(signature: ts.Signature): {
    readonly params: readonly ParameterHint[];
    readonly returns: TypeHint;
  };
  /** Strings and numbers seen in literal types so far. */
  readonly literals: ReadonlySet<string | number>;
}

interface State {
  readonly stack: readonly ts.Type[];
  nodes: number;
}

/** `classes` maps the symbols of exported classes to their export paths. */
export function createTypeConverter(
  typescript: TypeScript,
  checker: ts.TypeChecker,
  classes: ReadonlyMap<ts.Symbol, ExportPath>,
): TypeConverter {
  const { TypeFlags, SymbolFlags, ObjectFlags } = typescript;
  const literals = new Set<string | number>();

  const convert = (type: ts.Type, state: State): TypeHint => {
    state.nodes += 1;
    if (state.nodes > MAX_NODES) return UNKNOWN;
    const primitive = toPrimitive(type);
    if (primitive !== null) return primitive;
    if (type.isUnion()) return toUnion(type, state);
    if (state.stack.length > MAX_DEPTH || state.stack.includes(type)) return UNKNOWN;
    const inner: State = {
      stack: [...state.stack, type],
      get nodes() {
        return state.nodes;
      },
      set nodes(value) {
        state.nodes = value;
      },
    };
    if (type.isIntersection()) return toIntersection(type, inner);
    if ((type.flags & TypeFlags.Instantiable) !== 0) {
      const constraint = checker.getBaseConstraintOfType(type);
      return constraint === undefined || constraint === type ? UNKNOWN : convert(constraint, inner);
    }
    return toObject(type, inner);
  };

  const toPrimitive = (type: ts.Type): TypeHint | null => {
    const { flags } = type;
    if ((flags & TypeFlags.Any) !== 0) return { kind: "any" };
    if ((flags & TypeFlags.Unknown) !== 0) return UNKNOWN;
    if (type.isStringLiteral() || type.isNumberLiteral()) {
      literals.add(type.value);
      return { kind: "literal", value: type.value };
    }
    if ((flags & TypeFlags.BooleanLiteral) !== 0) {
      return { kind: "literal", value: checker.typeToString(type) === "true" };
    }
    if ((flags & (TypeFlags.String | TypeFlags.TemplateLiteral | TypeFlags.StringMapping)) !== 0) {
      return { kind: "string" };
    }
    if ((flags & TypeFlags.Number) !== 0) return { kind: "number" };
    if ((flags & TypeFlags.Boolean) !== 0) return { kind: "boolean" };
    if ((flags & TypeFlags.BigIntLike) !== 0) return { kind: "bigint" };
    if ((flags & TypeFlags.ESSymbolLike) !== 0) return { kind: "symbol" };
    if ((flags & TypeFlags.Null) !== 0) return { kind: "null" };
    if ((flags & TypeFlags.Undefined) !== 0) return { kind: "undefined" };
    if ((flags & TypeFlags.Void) !== 0) return { kind: "void" };
    if ((flags & TypeFlags.Never) !== 0) return { kind: "never" };
    return null;
  };

  const toUnion = (type: ts.UnionType, state: State): TypeHint => {
    const seen = new Map<string, TypeHint>();
    for (const member of type.types.slice(0, MAX_UNION)) {
      const hint = convert(member, state);
      seen.set(JSON.stringify(hint), hint);
    }
    const isBoolean = [true, false].every((value) =>
      seen.has(JSON.stringify({ kind: "literal", value })),
    );
    const members = [...seen.values()].filter(
      (hint) => !isBoolean || hint.kind !== "literal" || typeof hint.value !== "boolean",
    );
    if (isBoolean) members.push({ kind: "boolean" });
    const [only] = members;
    return only !== undefined && members.length === 1 ? only : { kind: "union", of: members };
  };

  const toIntersection = (type: ts.IntersectionType, state: State): TypeHint => {
    // A branded primitive (`string & { __brand: … }`) is that primitive at run time.
    for (const member of type.types) {
      const primitive = toPrimitive(member);
      if (primitive !== null && primitive.kind !== "unknown") return primitive;
    }
    return toObject(type, state);
  };

  const toObject = (type: ts.Type, state: State): TypeHint => {
    const symbol = type.getSymbol();
    const exported = symbol === undefined ? undefined : classes.get(symbol);
    const isInstance = symbol !== undefined && (symbol.flags & SymbolFlags.Class) !== 0;
    if (exported !== undefined && isInstance && type.getConstructSignatures().length === 0) {
      return { kind: "instance", path: exported, className: symbol?.name ?? "" };
    }
    if (checker.isTupleType(type)) return toTuple(type as ts.TypeReference, state);
    const argument = (index: number): TypeHint => {
      const found = checker.getTypeArguments(type as ts.TypeReference)[index];
      return found === undefined ? UNKNOWN : convert(found, state);
    };
    const isReference = ((type as ts.ObjectType).objectFlags & ObjectFlags.Reference) !== 0;
    if (symbol !== undefined && isLibraryType(symbol)) {
      const hint = libraryHint(symbol.name, isReference ? argument : () => UNKNOWN);
      if (hint !== null) return hint;
    }
    const [call] = type.getCallSignatures();
    if (call !== undefined) {
      return state.stack.length > MAX_DEPTH
        ? { kind: "function", params: [], returns: UNKNOWN }
        : { kind: "function", ...signatureOf(call, state) };
    }
    return toProperties(type, state);
  };

  const toTuple = (type: ts.TypeReference, state: State): TypeHint => ({
    kind: "tuple",
    items: checker
      .getTypeArguments(type)
      .slice(0, 12)
      .map((item) => convert(item, state)),
  });

  const toProperties = (type: ts.Type, state: State): TypeHint => {
    const properties = type
      .getProperties()
      .slice(0, MAX_PROPERTIES)
      .flatMap((property) => {
        if (property.name.startsWith("__@") || isHidden(typescript, property)) return [];
        const optional = (property.flags & SymbolFlags.Optional) !== 0;
        const declared = checker.getTypeOfSymbol(property);
        const hint = convert(optional ? checker.getNonNullableType(declared) : declared, state);
        return [{ name: property.name, optional, type: hint }];
      });
    const indexed = type.getStringIndexType() ?? type.getNumberIndexType();
    return {
      kind: "object",
      properties,
      index: indexed === undefined ? null : convert(indexed, state),
    };
  };

  const signatureOf = (
    signature: ts.Signature,
    state: State,
  ): { readonly params: readonly ParameterHint[]; readonly returns: TypeHint } => ({
    params: signature
      .getParameters()
      .slice(0, 20)
      .map((param) => toParameter(param, state)),
    returns: convert(signature.getReturnType(), state),
  });

  const toParameter = (param: ts.Symbol, state: State): ParameterHint => {
    const declaration = param.valueDeclaration;
    const isParameter = declaration !== undefined && typescript.isParameter(declaration);
    const type = checker.getTypeOfSymbol(param);
    const rest = isParameter && declaration.dotDotDotToken !== undefined;
    const optional = rest || (isParameter && checker.isOptionalParameter(declaration));
    const hint = bufferHint(declaration, type) ?? convert(type, state);
    return {
      name: param.name.startsWith("__") ? "arg" : param.name,
      type: rest ? elementOf(hint) : optional ? withoutUndefined(hint) : hint,
      optional,
      rest,
    };
  };

  /** `Buffer` where Node's types are not installed: the checker only sees an unresolved name. */
  const bufferHint = (declaration: ts.Declaration | undefined, type: ts.Type): TypeHint | null => {
    if ((type.flags & TypeFlags.Any) === 0 || declaration === undefined) return null;
    if (!typescript.isParameter(declaration) || declaration.type === undefined) return null;
    return declaration.type.getText() === "Buffer" ? { kind: "bytes" } : null;
  };

  return {
    literals,
    toHint: (type) => convert(type, { stack: [], nodes: 0 }),
    toSignature: (signature) => signatureOf(signature, { stack: [], nodes: 0 }),
  };
}

function elementOf(hint: TypeHint): TypeHint {
  if (hint.kind === "array") return hint.of;
  if (hint.kind === "tuple") return hint.items[0] ?? UNKNOWN;
  return UNKNOWN;
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
  const { ModifierFlags } = typescript;
  return (symbol.declarations ?? []).some((declaration) => {
    if (symbol.name.startsWith("#")) return true;
    const flags = typescript.getCombinedModifierFlags(declaration);
    return (flags & (ModifierFlags.Private | ModifierFlags.Protected)) !== 0;
  });
}
