import type { TypeHint } from "../../contract/api-model.ts";
import type { Snapshot } from "../../contract/snapshot.ts";
import { allOf, anyOf, toVerdict, type Verdict } from "./verdict.ts";

/** True when an observed value certainly is not of the declared type. */
export function contradicts(snapshot: Snapshot, type: TypeHint): boolean {
  return conforms(snapshot, type) === "no";
}

/**
 * Whether an observed value is of a declared type. A snapshot shows own data only, and a class may
 * have subclasses: what they could explain is `unknown`.
 */
export function conforms(snapshot: Snapshot, type: TypeHint): Verdict {
  if (snapshot.kind === "opaque" || snapshot.kind === "same") return conformsOpaque(snapshot, type);
  switch (type.kind) {
    case "unknown":
    case "any":
      return "unknown";
    // A function declared `void` may return anything (TypeScript handbook, "Return type void").
    case "void":
      return "yes";
    case "never":
      return "unknown";
    case "number":
    case "string":
    case "boolean":
    case "bigint":
    case "symbol":
    case "null":
    case "undefined":
    case "regexp":
    case "date":
      return toVerdict(snapshot.kind === type.kind);
    case "integer":
      return conformsInteger(snapshot);
    case "literal":
      return conformsLiteral(snapshot, type.value);
    case "union":
      return anyOf(type.of.map((member) => conforms(snapshot, member)));
    default:
      return isPrimitive(snapshot) ? primitiveFor(snapshot, type) : conformsObject(snapshot, type);
  }
}

type StructureHint = Exclude<
  TypeHint,
  {
    kind:
      | "unknown"
      | "any"
      | "void"
      | "never"
      | "number"
      | "string"
      | "boolean"
      | "bigint"
      | "symbol"
      | "null"
      | "undefined"
      | "regexp"
      | "date"
      | "integer"
      | "literal"
      | "union";
  }
>;

function conformsObject(snapshot: Snapshot, type: StructureHint): Verdict {
  switch (type.kind) {
    case "error":
      return snapshot.kind === "error" ? "yes" : "unknown";
    case "bytes":
      return snapshot.kind === "bytes" ? "yes" : builtinElse(snapshot);
    case "typed-array":
      return snapshot.kind === "typed-array" || snapshot.kind === "bytes"
        ? toVerdict(snapshot.type === type.type)
        : builtinElse(snapshot);
    case "array":
      return snapshot.kind === "array"
        ? allOf(snapshot.items.map((item) => conforms(item, type.of)))
        : builtinElse(snapshot);
    case "tuple":
      return conformsTuple(snapshot, type.items);
    case "map":
      return snapshot.kind === "map"
        ? allOf(
            snapshot.entries.flatMap(([key, value]) => [
              conforms(key, type.key),
              conforms(value, type.value),
            ]),
          )
        : builtinElse(snapshot);
    case "set":
      return snapshot.kind === "set"
        ? allOf(snapshot.items.map((item) => conforms(item, type.of)))
        : builtinElse(snapshot);
    case "function":
      return snapshot.kind === "function" ? "yes" : builtinElse(snapshot);
    case "iterable":
      return snapshot.kind === "array" && !type.isAsync
        ? allOf(snapshot.items.map((item) => conforms(item, type.of)))
        : "unknown";
    case "promise":
      // Any object may be a thenable.
      return "unknown";
    case "instance":
      return snapshot.kind === "object" && snapshot.className === type.className
        ? "yes"
        : "unknown";
    case "object":
      return conformsShape(snapshot, type);
  }
}

function conformsShape(snapshot: Snapshot, type: Extract<TypeHint, { kind: "object" }>): Verdict {
  // Inherited members do not show, so only a plain object can lack one for certain.
  if (snapshot.kind !== "object" || snapshot.className !== "Object") return "unknown";
  const values = new Map(snapshot.entries);
  const verdicts = type.properties.map((property): Verdict => {
    const value = values.get(property.name);
    if (value === undefined)
      return property.optional ? "yes" : snapshot.isPartial ? "unknown" : "no";
    if (property.optional && value.kind === "undefined") return "yes";
    return conforms(value, property.type);
  });
  return verdicts.length === 0 ? "unknown" : allOf(verdicts);
}

function conformsTuple(snapshot: Snapshot, items: readonly TypeHint[]): Verdict {
  if (snapshot.kind !== "array") return builtinElse(snapshot);
  return allOf(
    items.map((item, index) => {
      const value = snapshot.items[index];
      if (value !== undefined) return conforms(value, item);
      return snapshot.length > snapshot.items.length
        ? "unknown"
        : conforms({ kind: "undefined" }, item);
    }),
  );
}

function conformsInteger(snapshot: Snapshot): Verdict {
  if (snapshot.kind !== "number") return "no";
  if (typeof snapshot.value === "string") return snapshot.value === "-0" ? "yes" : "unknown";
  return Number.isInteger(snapshot.value) ? "yes" : "unknown";
}

function conformsLiteral(snapshot: Snapshot, value: string | number | boolean): Verdict {
  if (snapshot.kind !== "string" && snapshot.kind !== "number" && snapshot.kind !== "boolean")
    return "no";
  if (snapshot.kind === "number" && typeof snapshot.value === "string") return "unknown";
  return toVerdict(snapshot.value === value);
}

/** Promises, proxies and other things that cannot be looked into. */
function conformsOpaque(snapshot: Snapshot, type: TypeHint): Verdict {
  if (type.kind === "void") return "yes";
  if (snapshot.kind !== "opaque" || snapshot.className !== "Promise") return "unknown";
  if (type.kind === "promise") return "yes";
  if (type.kind === "union")
    return anyOf(type.of.map((member) => conformsOpaque(snapshot, member)));
  return PRIMITIVE_HINTS.has(type.kind) || type.kind === "array" ? "no" : "unknown";
}

const PRIMITIVE_HINTS: ReadonlySet<TypeHint["kind"]> = new Set([
  "number",
  "integer",
  "string",
  "boolean",
  "bigint",
  "symbol",
  "null",
  "undefined",
  "literal",
]);

function isPrimitive(snapshot: Snapshot): boolean {
  return (PRIMITIVE_HINTS as ReadonlySet<string>).has(snapshot.kind);
}

/** A primitive is no structure, except that a string can be iterated and may have the shape asked for. */
function primitiveFor(snapshot: Snapshot, type: StructureHint): Verdict {
  if (snapshot.kind === "undefined" || snapshot.kind === "null") return "no";
  if (type.kind === "iterable")
    return snapshot.kind === "string" && !type.isAsync ? "unknown" : "no";
  // `{}` and `{ length: number }` take primitives too.
  if (type.kind === "object") return "unknown";
  return "no";
}

/** Certain for built-in kinds and plain objects; any other class might extend what is asked for. */
function builtinElse(snapshot: Snapshot): Verdict {
  if (snapshot.kind !== "object") return "no";
  return snapshot.className === "Object" ? "no" : "unknown";
}
