import type { Node } from "@babel/types";
import { isFunction, toChildren, unwrap, walk } from "./syntax.ts";

/** A name that the test itself declares. */
export interface Local {
  readonly name: string;
  /** What a `const` was bound to; null for everything that may change. */
  readonly init: Node | null;
  /** How often the name is used beside its declaration. */
  readonly uses: number;
}

export interface Scope {
  readonly locals: ReadonlyMap<string, Local>;
  /** Names that the file declares or imports around its tests. */
  readonly fileNames: ReadonlySet<string>;
  /** Members that the test replaces by stand-ins, such as `box.open`. */
  readonly replaced: ReadonlySet<string>;
}

/** What a constant expression is: a value, or a new object that is equal to itself alone. */
export type Constant =
  { readonly kind: "primitive"; readonly value: unknown } | { readonly kind: "object" };

/** Names that stand for the same thing in every program and know nothing of the target. */
const GLOBALS = new Set(
  (
    "undefined NaN Infinity Math Object Array String Number Boolean BigInt Symbol JSON Date RegExp " +
    "Map Set WeakMap WeakSet Promise Error TypeError RangeError SyntaxError Buffer ArrayBuffer " +
    "Uint8Array Int8Array Int32Array Uint16Array Uint32Array Float32Array Float64Array Reflect " +
    "parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent structuredClone"
  ).split(" "),
);

/**
 * @param fileNames names bound outside the test; a target may export a `Promise` of its own.
 */
export function toScope(
  body: Node,
  fileNames: ReadonlySet<string> = new Set(),
  replaced: ReadonlySet<string> = new Set(),
): Scope {
  const declared = new Map<string, Node | null>();
  const uses = new Map<string, number>();
  walk(body, (node) => {
    if (node.type === "VariableDeclaration") {
      for (const one of node.declarations) {
        const isFixed = node.kind === "const" && one.id.type === "Identifier";
        for (const name of toNames(one.id)) declared.set(name, isFixed ? (one.init ?? null) : null);
      }
    } else if (node.type === "FunctionDeclaration" && node.id) declared.set(node.id.name, node);
    if ("params" in node && isFunction(node)) {
      for (const param of node.params as Node[]) {
        for (const name of toNames(param)) declared.set(name, null);
      }
    }
    if (node.type === "Identifier") uses.set(node.name, (uses.get(node.name) ?? 0) + 1);
    return "go-on";
  });
  const locals = [...declared].map(([name, init]): [string, Local] => [
    name,
    { name, init, uses: (uses.get(name) ?? 1) - 1 },
  ]);
  return { locals: new Map(locals), fileNames, replaced };
}

/** Every name that a file binds at any place, imports included. */
export function toBoundNames(file: Node): ReadonlySet<string> {
  const names = new Set(toScope(file).locals.keys());
  walk(file, (node) => {
    if (/^Import.*Specifier$/.test(node.type) && "local" in node) {
      for (const name of toNames(node.local)) names.add(name);
    } else if (node.type === "ClassDeclaration" && node.id) names.add(node.id.name);
    return "go-on";
  });
  return names;
}

export function toNames(pattern: Node): readonly string[] {
  const names: string[] = [];
  walk(pattern, (node) => {
    if (node.type === "Identifier") names.push(node.name);
    return "go-on";
  });
  return names;
}

/** The value of an expression that is the same whatever the target does, or null. */
export function toConstant(expression: Node, scope: Scope): Constant | null {
  const node = unwrap(expression);
  switch (node.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
    case "BigIntLiteral":
      return { kind: "primitive", value: node.value };
    case "NullLiteral":
      return { kind: "primitive", value: null };
    case "Identifier":
      return toNamedConstant(node.name, scope);
    case "UnaryExpression":
      return toUnary(node.operator, toConstant(node.argument, scope));
    case "TemplateLiteral":
      return node.expressions.every((part) => toConstant(part, scope)?.kind === "primitive")
        ? { kind: "primitive", value: "text" }
        : null;
    case "RegExpLiteral":
      return { kind: "object" };
    case "ArrayExpression":
    case "ObjectExpression":
      return toChildren(node).every((child) => isConstantPart(child, scope))
        ? { kind: "object" }
        : null;
    case "NewExpression":
      return node.callee.type === "Identifier" &&
        GLOBALS.has(node.callee.name) &&
        !scope.fileNames.has(node.callee.name) &&
        node.arguments.every((argument) => toConstant(argument, scope) !== null)
        ? { kind: "object" }
        : null;
    default:
      return null;
  }
}

function isConstantPart(child: Node, scope: Scope): boolean {
  if (child.type === "ObjectProperty") {
    return (
      toConstant(child.value, scope) !== null &&
      (!child.computed || toConstant(child.key, scope) !== null)
    );
  }
  return toConstant(child, scope) !== null;
}

function toNamedConstant(name: string, scope: Scope): Constant | null {
  if (name === "undefined") return { kind: "primitive", value: undefined };
  if (name === "NaN" || name === "Infinity") return { kind: "primitive", value: Number(name) };
  const init = scope.locals.get(name)?.init ?? null;
  if (init === null) return null;
  const constant = toConstant(init, scope);
  // A named object may have been changed by whoever it was handed to.
  return constant?.kind === "primitive" ? constant : null;
}

function toUnary(operator: string, argument: Constant | null): Constant | null {
  if (argument === null) return null;
  if (operator === "void") return { kind: "primitive", value: undefined };
  if (operator === "typeof") return { kind: "primitive", value: "typeof" };
  if (operator === "!") {
    const value = argument.kind === "object" ? true : Boolean(argument.value);
    return { kind: "primitive", value: !value };
  }
  if (argument.kind === "object") return null;
  return { kind: "primitive", value: operator === "-" ? -Number(argument.value) : argument.value };
}

/**
 * Whether the value of an expression can depend on anything outside the test: a name it does not
 * declare, or a name of its own that it also used elsewhere, and so may have handed to the target.
 */
export function dependsOnOutside(
  expression: Node,
  scope: Scope,
  seen: Set<string> = new Set<string>(),
): boolean {
  const node = unwrap(expression);
  if (node.type === "Identifier") return isOutside(node.name, scope, seen);
  if (node.type === "ThisExpression") return true;
  if (node.type === "MemberExpression" || node.type === "OptionalMemberExpression") {
    return (
      dependsOnOutside(node.object, scope, seen) ||
      (node.computed && dependsOnOutside(node.property, scope, seen))
    );
  }
  if (node.type === "ObjectProperty" || node.type === "ObjectMethod") {
    const value = node.type === "ObjectProperty" ? node.value : node.body;
    return (
      (node.computed && dependsOnOutside(node.key, scope, seen)) ||
      dependsOnOutside(value, scope, seen)
    );
  }
  return toChildren(node).some((child) => dependsOnOutside(child, scope, seen));
}

function isOutside(name: string, scope: Scope, seen: Set<string>): boolean {
  if (seen.has(name)) return false;
  const local = scope.locals.get(name);
  if (local === undefined) return !GLOBALS.has(name) || scope.fileNames.has(name);
  if (local.init === null) return !isParameter(name, seen);
  seen.add(name);
  if (toConstant(local.init, scope)?.kind === "primitive") return false;
  if (isFunction(unwrap(local.init))) return functionDepends(local.init, scope, seen);
  return local.uses > 1 || dependsOnOutside(local.init, scope, seen);
}

/** Parameters of a function in question are entered as `(name)`. */
function isParameter(name: string, seen: ReadonlySet<string>): boolean {
  return seen.has(`(${name})`);
}

function functionDepends(fn: Node, scope: Scope, seen: Set<string>): boolean {
  const node = unwrap(fn);
  if (!("params" in node) || !("body" in node)) return true;
  const inner = new Set(seen);
  for (const param of node.params as Node[]) {
    for (const name of toNames(param)) inner.add(`(${name})`);
  }
  return dependsOnOutside(node.body, scope, inner);
}

/** Whether a function knows nothing but its parameters, literals and language built-ins. */
export function isOwnFunction(expression: Node, scope: Scope): boolean {
  const node = unwrap(expression);
  return isFunction(node) && !functionDepends(node, scope, new Set());
}
