import { types } from "node:util";

import type { CallableHint, ModuleModel } from "../../contract/api-model.ts";
import type { ExportPath } from "../../contract/program.ts";
import { isWholeExport, resolveMember, type LoadedModule } from "../worker/modules.ts";
import { classNameOf, readData } from "../worker/snapshot.ts";

/** One thing of a module's public surface that a program can start with. */
export interface Target {
  readonly module: string;
  readonly path: ExportPath;
  readonly kind: "function" | "constructor";
  /** Parameters that the function itself declares. */
  readonly arity: number;
  readonly hint: CallableHint | null;
}

/** A member of a live result. */
export interface ResultShape {
  readonly className: string;
  readonly methods: readonly string[];
  /** Names of properties that hold functions or objects worth reaching. */
  readonly members: readonly string[];
  readonly isCallable: boolean;
  readonly isThenable: boolean;
  readonly iterates: "sync" | "async" | null;
  readonly isEmitter: boolean;
}

const MAX_DEPTH = 3;
const MAX_TARGETS = 600;

/** Everything callable that a loaded module offers, in a stable order. */
export function discoverTargets(
  module: LoadedModule,
  model: ModuleModel,
  only: readonly (readonly string[])[],
): Target[] {
  const targets: Target[] = [];
  const seen = new Map<unknown, number>();
  const visit = (path: ExportPath, value: unknown, depth: number): void => {
    if (!isObject(value) || targets.length >= MAX_TARGETS || isBuiltin(value)) return;
    const times = seen.get(value) ?? 0;
    // A second name of the same thing (`default`, an alias) is called too, but not searched again.
    if (times > 1 || (times === 1 && typeof value !== "function")) return;
    seen.set(value, times + 1);
    if (typeof value === "function" && path.length > 0) {
      targets.push(...toTargets(module.file, path, value, model));
    }
    if (times > 0 || depth >= MAX_DEPTH) return;
    for (const name of listNames(value)) {
      if (depth > 0 && name === "constructor") continue;
      const inner = [
        ...path.filter((part, at) => !(at === 0 && part === "default" && isWholeExport(module))),
        name,
      ];
      visit(inner, resolveQuietly(module, inner), depth + 1);
    }
  };
  if (isWholeExport(module)) visit(["default"], module.namespace, 0);
  else visit([], module.namespace, 0);
  return targets.filter(
    ({ path }) => only.length === 0 || only.some((prefix) => isUnder(path, prefix)),
  );
}

function isUnder(path: ExportPath, prefix: readonly string[]): boolean {
  return prefix.every((part, index) => path[index] === part);
}

function resolveQuietly(module: LoadedModule, path: ExportPath): unknown {
  try {
    return resolveMember(module, path).value;
  } catch {
    return undefined;
  }
}

function toTargets(file: string, path: ExportPath, value: object, model: ModuleModel): Target[] {
  const hints = model.callables.filter((hint) => hint.path.join("\0") === path.join("\0"));
  const arity = readArity(value);
  const asFunction = hints.find((hint) => hint.kind !== "constructor") ?? null;
  const asClass = hints.find((hint) => hint.kind === "constructor") ?? null;
  const base = { module: file, path, arity };
  const source = Function.prototype.toString.call(value);
  if (/^class\b/u.test(source))
    return [{ ...base, kind: "constructor", hint: asClass ?? asFunction }];
  const isClassLike = asClass !== null || hasMethods(value);
  const targets: Target[] = [{ ...base, kind: "function", hint: asFunction ?? asClass }];
  if (isClassLike) targets.push({ ...base, kind: "constructor", hint: asClass ?? asFunction });
  return targets;
}

function hasMethods(value: object): boolean {
  const prototype = Object.getOwnPropertyDescriptor(value, "prototype")?.value as unknown;
  return (
    isObject(prototype) &&
    Object.getOwnPropertyNames(prototype).some((name) => name !== "constructor")
  );
}

function readArity(value: object): number {
  const length = Object.getOwnPropertyDescriptor(value, "length")?.value as unknown;
  return typeof length === "number" && length >= 0 ? Math.min(length, 8) : 0;
}

/** Own and inherited names up to the first builtin prototype, without the private-looking last. */
function listNames(value: object): string[] {
  const names = new Set<string>();
  let at: unknown = value;
  for (let depth = 0; depth < 4 && isObject(at) && !isBuiltin(at); depth += 1) {
    if (types.isProxy(at)) break;
    for (const name of Object.getOwnPropertyNames(at)) {
      if (typeof at === "function" && FUNCTION_OWN.has(name)) continue;
      if (name !== "__proto__" && name !== "constructor" && name !== "__esModule") names.add(name);
    }
    at = Object.getPrototypeOf(at);
  }
  return [...names].slice(0, 400);
}

const FUNCTION_OWN = new Set(["length", "name", "prototype", "arguments", "caller", "super_"]);

/**
 * Globals of Node that come with its HTTP client: to look at one of them loads it, 20 ms and 70 modules in each
 * process, and hardly any target hands one out. One that a target put in Node's place counts as Node's.
 */
const LATE_NAMES = [
  "CloseEvent",
  "ErrorEvent",
  "EventSource",
  "FormData",
  "Headers",
  "MessageEvent",
  "Request",
  "Response",
  "WebSocket",
];

let lateNames: ReadonlySet<unknown> = new Set(LATE_NAMES);
const BUILTINS = collectBuiltins();

/** Intrinsics: their methods are not the target's. */
function collectBuiltins(): Set<unknown> {
  const builtins = new Set<unknown>();
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!lateNames.has(name)) addGlobal(builtins, name);
  }
  const iterators: unknown[] = [
    [][Symbol.iterator](),
    new Map().entries(),
    new Set().values(),
    ""[Symbol.iterator](),
  ];
  for (const iterator of iterators) builtins.add(Object.getPrototypeOf(iterator));
  builtins.add(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
  builtins.add(Object.getPrototypeOf(Int8Array));
  builtins.add(Object.getPrototypeOf(Int8Array.prototype));
  return builtins;
}

function addGlobal(builtins: Set<unknown>, name: string): void {
  const value: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
  if (!isObject(value)) return;
  builtins.add(value);
  const prototype = Object.getOwnPropertyDescriptor(value, "prototype")?.value as unknown;
  if (isObject(prototype)) builtins.add(prototype);
}

function isBuiltin(value: unknown): boolean {
  if (BUILTINS.has(value)) return true;
  if (!lateNames.has(nameOf(value))) return false;
  for (const name of lateNames) addGlobal(BUILTINS, String(name));
  lateNames = new Set();
  return BUILTINS.has(value);
}

/** The name of a function, or of the function that a prototype belongs to. */
function nameOf(value: unknown): unknown {
  if (!isObject(value) || types.isProxy(value)) return undefined;
  const owner: unknown =
    typeof value === "function"
      ? value
      : Object.getOwnPropertyDescriptor(value, "constructor")?.value;
  if (typeof owner !== "function" || types.isProxy(owner)) return undefined;
  return Object.getOwnPropertyDescriptor(owner, "name")?.value;
}

/** What can be done with a live value; null for values that offer nothing. */
export function describeShape(value: unknown): ResultShape | null {
  if (!isObject(value) || types.isProxy(value) || isBuiltin(value)) return null;
  const className = classNameOf(value) ?? "Object";
  const methods: string[] = [];
  const members: string[] = [];
  for (const name of listNames(value)) {
    if (/^\d+$/u.test(name)) continue;
    const member = readData(value, name);
    if (typeof member === "function" && !/^class\b/u.test(Function.prototype.toString.call(member)))
      methods.push(name);
    else if (isObject(member) && !isBuiltin(member) && !Array.isArray(member)) members.push(name);
    else if (member === undefined && isAccessor(value, name)) members.push(name);
  }
  const isArrayLike =
    Array.isArray(value) || types.isTypedArray(value) || types.isMap(value) || types.isSet(value);
  const shape: ResultShape = {
    className,
    methods,
    members: members.slice(0, 20),
    isCallable: typeof value === "function",
    isThenable: typeof readData(value, "then") === "function",
    iterates: isArrayLike ? null : readIteration(value),
    isEmitter:
      typeof readData(value, "once") === "function" &&
      typeof readData(value, "emit") === "function",
  };
  const isUseful =
    shape.isCallable || shape.isThenable || shape.iterates !== null || shape.isEmitter;
  return isUseful || methods.length > 0 || members.length > 0 ? shape : null;
}

function readIteration(value: object): "sync" | "async" | null {
  let at: unknown = value;
  for (let depth = 0; depth < 6 && isObject(at) && !types.isProxy(at); depth += 1) {
    if (Object.getOwnPropertyDescriptor(at, Symbol.asyncIterator) !== undefined) return "async";
    if (Object.getOwnPropertyDescriptor(at, Symbol.iterator) !== undefined) return "sync";
    at = Object.getPrototypeOf(at);
  }
  return null;
}

function isAccessor(value: object, name: string): boolean {
  let at: unknown = value;
  for (let depth = 0; depth < 6 && isObject(at); depth += 1) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor !== undefined) return descriptor.get !== undefined;
    at = Object.getPrototypeOf(at);
  }
  return false;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
