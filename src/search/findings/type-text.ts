import type { TypeHint } from "../../contract/api-model.ts";

/** A type as TypeScript would write it; long ones are cut. */
export function describeType(type: TypeHint, depth = 0): string {
  if (depth > 3) return "…";
  const inner = (of: TypeHint): string => describeType(of, depth + 1);
  switch (type.kind) {
    case "literal":
      return JSON.stringify(type.value);
    case "regexp":
      return "RegExp";
    case "date":
      return "Date";
    case "error":
      return "Error";
    case "bytes":
      return "Buffer";
    case "typed-array":
      return type.type;
    case "array":
      return type.of.kind === "union" || type.of.kind === "function"
        ? `(${inner(type.of)})[]`
        : `${inner(type.of)}[]`;
    case "tuple":
      return `[${type.items.map(inner).join(", ")}]`;
    case "object":
      return describeShape(type, inner);
    case "union":
      return type.of.map(inner).join(" | ");
    case "function":
      return `(${type.params.map((param) => `${param.name}: ${inner(param.type)}`).join(", ")}) => ${inner(type.returns)}`;
    case "promise":
      return `Promise<${inner(type.of)}>`;
    case "iterable":
      return `${type.isAsync ? "AsyncIterable" : "Iterable"}<${inner(type.of)}>`;
    case "map":
      return `Map<${inner(type.key)}, ${inner(type.value)}>`;
    case "set":
      return `Set<${inner(type.of)}>`;
    case "instance":
      return type.className;
    case "integer":
      return "integer";
    default:
      return type.kind;
  }
}

function describeShape(
  type: Extract<TypeHint, { kind: "object" }>,
  inner: (of: TypeHint) => string,
): string {
  const members = type.properties
    .slice(0, 6)
    .map(({ name, optional, type: of }) => `${name}${optional ? "?" : ""}: ${inner(of)}`);
  if (type.properties.length > 6) members.push("…");
  if (type.index !== null) members.push(`[key: string]: ${inner(type.index)}`);
  return members.length === 0 ? "{}" : `{ ${members.join("; ")} }`;
}

/**
 * A JavaScript condition that holds for values of the type; null where every value may be one.
 *
 * @param expression a name or member access, evaluated several times
 */
export function toCondition(type: TypeHint, expression: string, depth = 0): string | null {
  switch (type.kind) {
    case "number":
    case "string":
    case "boolean":
    case "bigint":
    case "symbol":
    case "function":
      return `typeof ${expression} === "${type.kind}"`;
    case "integer":
      return `typeof ${expression} === "number"`;
    case "null":
    case "undefined":
      return `${expression} === ${type.kind}`;
    case "literal":
      return `${expression} === ${JSON.stringify(type.value)}`;
    case "regexp":
    case "date":
    case "error":
    case "map":
    case "set":
    case "promise":
      return `${expression} instanceof ${describeClass(type.kind)}`;
    case "typed-array":
      return `${expression} instanceof ${type.type}`;
    case "bytes":
      return `ArrayBuffer.isView(${expression})`;
    case "array":
    case "tuple":
      return arrayCondition(type, expression, depth);
    case "object":
      return shapeCondition(type, expression, depth);
    case "union": {
      const parts = type.of.map((member) => toCondition(member, expression, depth));
      const known = parts.filter((part) => part !== null);
      return known.length === 0 || known.length < parts.length
        ? null
        : known.map(wrap).join(" || ");
    }
    case "instance":
      return `typeof ${expression} === "object" && ${expression} !== null`;
    case "iterable":
      return `typeof ${expression}?.[Symbol.${type.isAsync ? "asyncIterator" : "iterator"}] === "function"`;
    default:
      return null;
  }
}

const CLASS_NAMES: Readonly<Record<string, string>> = {
  regexp: "RegExp",
  date: "Date",
  error: "Error",
  map: "Map",
  set: "Set",
  promise: "Promise",
};

function describeClass(kind: string): string {
  return CLASS_NAMES[kind] ?? "Object";
}

function arrayCondition(
  type: Extract<TypeHint, { kind: "array" | "tuple" }>,
  expression: string,
  depth: number,
): string {
  const isArray = `Array.isArray(${expression})`;
  if (depth > 1) return isArray;
  if (type.kind === "array") {
    const item = depth === 0 ? "item" : `item${depth}`;
    const each = toCondition(type.of, item, depth + 1);
    return each === null ? isArray : `${isArray} && ${expression}.every((${item}) => ${each})`;
  }
  const items = type.items.flatMap((member, index) => {
    const condition = toCondition(member, `${expression}[${index}]`, depth + 1);
    return condition === null ? [] : [wrap(condition)];
  });
  return [isArray, ...items].join(" && ");
}

function shapeCondition(
  type: Extract<TypeHint, { kind: "object" }>,
  expression: string,
  depth: number,
): string {
  const isObject = `typeof ${expression} === "object" && ${expression} !== null`;
  if (depth > 1) return isObject;
  const members = type.properties.flatMap(({ name, optional, type: of }) => {
    const member = /^[A-Za-z_$][\w$]*$/.test(name)
      ? `${expression}.${name}`
      : `${expression}[${JSON.stringify(name)}]`;
    const condition = toCondition(of, member, depth + 1);
    if (condition === null) return optional ? [] : [`${JSON.stringify(name)} in ${expression}`];
    return [optional ? `(${member} === undefined || ${wrap(condition)})` : wrap(condition)];
  });
  return [isObject, ...members].join(" && ");
}

function wrap(condition: string): string {
  return /&&|\|\|/.test(condition) ? `(${condition})` : condition;
}
