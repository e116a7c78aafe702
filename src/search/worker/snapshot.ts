import { types } from "node:util";

import type { Snapshot, ThrownSnapshot } from "../../contract/snapshot.ts";

const MAX_DEPTH = 6;
const MAX_ITEMS = 40;
const MAX_NODES = 300;
const MAX_TEXT = 400;
const MAX_BYTES = 256;

/** What a snapshot needs to know about the world around the value. */
export interface SnapshotContext {
  /** Makes texts independent of the place where the code runs. */
  readonly normalise: (text: string) => string;
}

interface Walk {
  readonly normalise: (text: string) => string;
  readonly stack: Set<object>;
  nodes: number;
}

/**
 * Describes any value without running its code: no accessor, proxy trap, `toJSON` or iterator of
 * the value is touched. Bounded in depth, width and total size.
 */
export function takeSnapshot(value: unknown, context: SnapshotContext): Snapshot {
  return describe(value, 0, { normalise: context.normalise, stack: new Set(), nodes: 0 });
}

/** Describes what was thrown; a message is read only where it is plain data. */
export function describeThrown(thrown: unknown, context: SnapshotContext): ThrownSnapshot {
  if (typeof thrown !== "object" || thrown === null || types.isProxy(thrown)) {
    const text = typeof thrown === "string" ? cut(context.normalise(thrown)) : safeText(thrown);
    return {
      name: thrown === null ? "null" : typeof thrown,
      message: text,
      code: null,
      isError: false,
    };
  }
  const isError = isErrorObject(thrown);
  const message = readData(thrown, "message");
  const code = readData(thrown, "code");
  const name = readData(thrown, "name");
  const className = classNameOf(thrown);
  return {
    name:
      typeof name === "string" && name.length > 0 && name.length < 100
        ? name
        : (className ?? "Object"),
    message: typeof message === "string" ? cut(context.normalise(message)) : "",
    code: typeof code === "string" && code.length < 100 ? code : null,
    isError,
  };
}

/** The name of the constructor as plain data on the prototype; null without one. */
export function classNameOf(value: object): string | null {
  if (types.isProxy(value)) return "Proxy";
  let prototype: unknown;
  prototype = Object.getPrototypeOf(value);
  for (let depth = 0; depth < 4 && isObject(prototype); depth += 1) {
    if (types.isProxy(prototype)) return "Proxy";
    const descriptor = Object.getOwnPropertyDescriptor(prototype, "constructor");
    if (descriptor !== undefined && typeof descriptor.value === "function") {
      const name = Object.getOwnPropertyDescriptor(descriptor.value, "name");
      return typeof name?.value === "string" ? name.value : "";
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return null;
}

function describe(value: unknown, depth: number, walk: Walk): Snapshot {
  walk.nodes += 1;
  switch (typeof value) {
    case "undefined":
      return { kind: "undefined" };
    case "boolean":
      return { kind: "boolean", value };
    case "number":
      return { kind: "number", value: toNumberText(value) };
    case "bigint":
      return { kind: "bigint", value: cut(value.toString()) };
    case "string": {
      const text = walk.normalise(value);
      return { kind: "string", value: cut(text), length: text.length };
    }
    case "symbol":
      return { kind: "symbol", description: cut(value.description ?? "") };
    case "function":
      return { kind: "function", name: functionName(value) };
    case "object":
      return value === null ? { kind: "null" } : describeObject(value, depth, walk);
  }
}

function describeObject(value: object, depth: number, walk: Walk): Snapshot {
  if (types.isProxy(value)) return { kind: "opaque", className: "Proxy" };
  const className = classNameOf(value);
  if (walk.stack.has(value) || depth > MAX_DEPTH || walk.nodes > MAX_NODES) {
    return { kind: "opaque", className: className ?? "Object" };
  }
  const builtin = describeBuiltin(value, className);
  if (builtin !== null) return builtin;
  walk.stack.add(value);
  try {
    if (Array.isArray(value)) return describeArray(value, depth, walk);
    if (types.isMap(value)) {
      const entries = [...Map.prototype.entries.call(value)].slice(0, MAX_ITEMS);
      return {
        kind: "map",
        entries: entries.map(([key, inner]) => [
          describe(key, depth + 1, walk),
          describe(inner, depth + 1, walk),
        ]),
        size: value.size,
      };
    }
    if (types.isSet(value)) {
      const items = [...Set.prototype.values.call(value)].slice(0, MAX_ITEMS);
      return {
        kind: "set",
        items: items.map((item) => describe(item, depth + 1, walk)),
        size: value.size,
      };
    }
    if (isErrorObject(value)) {
      const { name, message } = describeThrown(value, walk);
      return { kind: "error", name, message };
    }
    return describeEntries(value, className, depth, walk);
  } finally {
    walk.stack.delete(value);
  }
}

function describeBuiltin(value: object, className: string | null): Snapshot | null {
  if (types.isRegExp(value)) {
    const text = RegExp.prototype.toString.call(value);
    const slash = text.lastIndexOf("/");
    return { kind: "regexp", source: cut(text.slice(1, slash)), flags: text.slice(slash + 1) };
  }
  if (types.isDate(value)) {
    const epochMs = Date.prototype.getTime.call(value);
    return { kind: "date", epochMs: Number.isNaN(epochMs) ? "NaN" : epochMs };
  }
  if (types.isAnyArrayBuffer(value)) {
    return toBytes("ArrayBuffer", new Uint8Array(value));
  }
  if (types.isUint8Array(value)) {
    return toBytes(Buffer.isBuffer(value) ? "Buffer" : "Uint8Array", value);
  }
  if (types.isTypedArray(value)) {
    const items = Array.from(value as ArrayLike<number | bigint>).slice(0, MAX_ITEMS);
    return {
      kind: "typed-array",
      type: className ?? "TypedArray",
      items: items.map((item) =>
        typeof item === "bigint" ? `${item.toString()}n` : toNumberText(item),
      ),
      length: (value as ArrayLike<unknown>).length,
    };
  }
  const isOpaque =
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isBoxedPrimitive(value) ||
    types.isDataView(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    types.isModuleNamespaceObject(value);
  return isOpaque ? { kind: "opaque", className: className ?? "Object" } : null;
}

function describeArray(value: readonly unknown[], depth: number, walk: Walk): Snapshot {
  const items: Snapshot[] = [];
  const shown = Math.min(value.length, MAX_ITEMS);
  let holes = 0;
  for (let index = 0; index < shown; index += 1) {
    const descriptor = Object.getOwnPropertyDescriptor(value, index);
    if (descriptor === undefined) holes += 1;
    items.push(
      describe(
        descriptor === undefined ? undefined : (descriptor.value as unknown),
        depth + 1,
        walk,
      ),
    );
  }
  const isPlain =
    holes === 0 &&
    Object.getPrototypeOf(value) === Array.prototype &&
    (value.length > MAX_ITEMS || Object.keys(value).length === value.length);
  return { kind: "array", items, length: value.length, ...(isPlain ? {} : { isPlain: false }) };
}

function describeEntries(
  value: object,
  className: string | null,
  depth: number,
  walk: Walk,
): Snapshot {
  const entries: (readonly [string, Snapshot])[] = [];
  let isPartial = false;
  for (const key of Object.keys(value)) {
    if (entries.length >= MAX_ITEMS) {
      isPartial = true;
      break;
    }
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (descriptor === undefined || !("value" in descriptor)) isPartial = true;
    else
      entries.push([walk.normalise(key), describe(descriptor.value as unknown, depth + 1, walk)]);
  }
  return { kind: "object", className: className ?? "null", entries, isPartial };
}

function toBytes(type: string, bytes: Uint8Array): Snapshot {
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_BYTES));
  return { kind: "bytes", type, base64: shown.toString("base64"), length: bytes.length };
}

function toNumberText(value: number): number | "NaN" | "Infinity" | "-Infinity" | "-0" {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "Infinity";
  if (value === -Infinity) return "-Infinity";
  return Object.is(value, -0) ? "-0" : value;
}

function functionName(value: object): string {
  if (types.isProxy(value)) return "";
  const name = Object.getOwnPropertyDescriptor(value, "name");
  return typeof name?.value === "string" ? cut(name.value) : "";
}

/** Reads a property along the prototype chain without running an accessor. */
export function readData(value: object, key: string): unknown {
  let at: object | null = value;
  for (let depth = 0; depth < 8 && at !== null; depth += 1) {
    if (types.isProxy(at)) return undefined;
    const descriptor = Object.getOwnPropertyDescriptor(at, key);
    if (descriptor !== undefined) return descriptor.value as unknown;
    at = Object.getPrototypeOf(at) as object | null;
  }
  return undefined;
}

function isErrorObject(value: object): boolean {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function safeText(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
}
