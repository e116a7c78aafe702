import type { Node } from "@babel/types";
import type { Assertion } from "./assertions.ts";
import type { Scope } from "./scope.ts";
import { dependsOnOutside, toConstant } from "./scope.ts";
import { hasEffects, isFunction, isSameTree, toChain, unwrap, walk } from "./syntax.ts";

const EQUAL = new Set(
  (
    "equal strictEqual deepEqual deepStrictEqual partialDeepStrictEqual toBe toEqual toStrictEqual " +
    "toMatchObject eql eq equals"
  ).split(" "),
);
const NOT_EQUAL = new Set("notEqual notStrictEqual notDeepEqual notDeepStrictEqual".split(" "));
/** Those that compare by identity: a new object never is another. */
const BY_IDENTITY = new Set("equal strictEqual toBe eq notEqual notStrictEqual".split(" "));
const TRUTHY = new Set("ok isOk isTrue toBeTruthy true".split(" "));

/** Why an assertion cannot fail whatever the target does, or null. */
export function toTautology(assertion: Assertion, scope: Scope): string | null {
  const { actual, expected, method } = assertion;
  if (actual === null) return null;
  if (isFunction(unwrap(actual))) return toVoidThrow(assertion, scope);
  if (EQUAL.has(method) && expected !== null) {
    return assertion.isNegated
      ? toDifferent(assertion, actual, expected, scope)
      : toEqual(actual, expected, scope);
  }
  if (NOT_EQUAL.has(method) && expected !== null) {
    return toDifferent(assertion, actual, expected, scope);
  }
  if (TRUTHY.has(method) && !assertion.isNegated && isAlwaysTrue(actual, scope)) {
    return "asserts a condition that always holds";
  }
  return dependsOnOutside(actual, scope) ? null : "asserts a value of the test's own";
}

/** Whether both sides are the same call with the same values, one of them perhaps under a name. */
export function comparesOneCall({ actual, expected, method }: Assertion, scope: Scope): boolean {
  if (actual === null || expected === null || !EQUAL.has(method)) return false;
  const [a, b] = [toNamedCall(actual, scope), toNamedCall(expected, scope)];
  return a.type === "CallExpression" && isSameTree(a, b);
}

function toNamedCall(value: Node, scope: Scope): Node {
  const node = unwrap(value);
  const init = node.type === "Identifier" ? (scope.locals.get(node.name)?.init ?? null) : null;
  return init === null ? node : unwrap(init);
}

function toEqual(actual: Node, expected: Node, scope: Scope): string | null {
  const a = toConstant(actual, scope);
  const b = toConstant(expected, scope);
  if (a !== null && b !== null) return "compares two constants";
  if (isSameTree(actual, expected) && !hasEffects(actual)) return "compares a value with itself";
  if (isSameValue(actual, expected, scope)) return "compares a value with a copy of itself";
  const [one, other] = a === null ? [b, actual] : [a, expected];
  if (one?.kind === "primitive" && one.value === true && isAlwaysTrue(other, scope)) {
    return "asserts a condition that always holds";
  }
  const isOwn = !dependsOnOutside(actual, scope) && !dependsOnOutside(expected, scope);
  return isOwn ? "asserts a value of the test's own" : null;
}

function toDifferent(
  assertion: Assertion,
  actual: Node,
  expected: Node,
  scope: Scope,
): string | null {
  const a = toConstant(actual, scope);
  const b = toConstant(expected, scope);
  if (a !== null && b !== null) return "compares two constants";
  const areNew = [actual, expected].every((side) => unwrap(side).type === "NewExpression");
  const isNew = areNew || a?.kind === "object" || b?.kind === "object";
  return isNew && BY_IDENTITY.has(assertion.method) ? "a new object never is another" : null;
}

function isAlwaysTrue(condition: Node, scope: Scope): boolean {
  const node = unwrap(condition);
  const constant = toConstant(node, scope);
  if (constant !== null) return constant.kind === "object" || Boolean(constant.value);
  if (node.type === "LogicalExpression") {
    const sides = [node.left, node.right].map((side) => isAlwaysTrue(side, scope));
    return node.operator === "||" ? sides.includes(true) : !sides.includes(false);
  }
  if (node.type === "CallExpression" && toChain(node.callee).join(".") === "Object.is") {
    const [a, b] = node.arguments;
    return a !== undefined && b !== undefined && isSameTree(a, b) && !hasEffects(a);
  }
  if (toMadeClass(node, scope) !== null) return true;
  if (node.type !== "BinaryExpression") return false;
  const { left, right, operator } = node;
  if (operator === "instanceof") {
    const made = toMadeClass(left, scope);
    return made !== null && made === toChain(right).join(".");
  }
  if (["===", "==", "<=", ">="].includes(operator)) {
    if (isSameTree(left, right) && !hasEffects(left)) return true;
  }
  if (operator === "!==" || operator === "!=") {
    const sides = [left, right];
    if (sides.some((side) => toConstant(side, scope)?.kind === "object")) return true;
    const isNothing = sides.some((side) => isNullish(side, scope));
    return isNothing && sides.some((side) => toMadeClass(side, scope) !== null);
  }
  if ((operator === ">" && isZero(right, scope)) || (operator === ">=" && isOne(right, scope))) {
    return isSplitLength(left, scope);
  }
  return operator === ">=" && isNeverNegative(left) && isZero(right, scope);
}

/** The class of which a value is a new instance, as the test writes it; null for anything else. */
function toMadeClass(value: Node, scope: Scope): string | null {
  const node = unwrap(value);
  if (node.type === "NewExpression") return toChain(node.callee).join(".");
  const init = node.type === "Identifier" ? scope.locals.get(node.name)?.init : null;
  return init == null || unwrap(init).type === "Identifier" ? null : toMadeClass(init, scope);
}

function isNullish(node: Node, scope: Scope): boolean {
  const constant = toConstant(node, scope);
  return constant?.kind === "primitive" && constant.value == null;
}

/** A text that is split at something has one part at least. */
function isSplitLength(value: Node, scope: Scope): boolean {
  const node = unwrap(value);
  if (node.type !== "MemberExpression" || toChain(node).at(-1) !== "length") return false;
  let list = unwrap(node.object);
  if (list.type === "Identifier") list = unwrap(scope.locals.get(list.name)?.init ?? list);
  if (list.type !== "CallExpression" || toChain(list.callee).at(-1) !== "split") return false;
  const [separator] = list.arguments;
  return separator?.type === "StringLiteral" && separator.value !== "";
}

/** Whether one side is the other under another name, or a copy made on the spot. */
function isSameValue(one: Node, other: Node, scope: Scope): boolean {
  const [a, b] = [toOrigin(one, scope), toOrigin(other, scope)];
  if (a.type === "Identifier" && b.type === "Identifier") return a.name === b.name;
  if (a.type !== "MemberExpression" || b.type !== "MemberExpression") return false;
  if (a.computed || b.computed || toChain(a).at(-1) !== toChain(b).at(-1)) return false;
  return isSameValue(a.object, b.object, scope);
}

const COPIES = /^(?:structuredClone|Array\.from|Object\.assign)$/;

/** The value behind other names of it and behind copies. A copy under a name of its own may have been made earlier. */
function toOrigin(value: Node, scope: Scope): Node {
  const node = unwrap(value);
  if (node.type === "Identifier") {
    const init = scope.locals.get(node.name)?.init ?? null;
    const alias = init === null ? null : unwrap(init);
    return alias?.type === "Identifier" ? toOrigin(alias, scope) : node;
  }
  if (node.type === "ArrayExpression" || node.type === "ObjectExpression") {
    const parts = node.type === "ArrayExpression" ? node.elements : node.properties;
    const [only] = parts;
    return parts.length === 1 && only?.type === "SpreadElement"
      ? toOrigin(only.argument, scope)
      : node;
  }
  if (node.type !== "CallExpression") return node;
  const chain = toChain(node.callee).join(".");
  const last = node.arguments.at(-1);
  if (last !== undefined && COPIES.test(chain)) return toOrigin(last, scope);
  if (chain === "JSON.parse" && last?.type === "CallExpression") {
    const [inner] = last.arguments;
    const isRoundTrip = toChain(last.callee).join(".") === "JSON.stringify";
    return isRoundTrip && inner !== undefined ? toOrigin(inner, scope) : node;
  }
  return node;
}

function isNeverNegative(node: Node): boolean {
  const chain = toChain(node);
  const isCall = unwrap(node).type === "CallExpression";
  return isCall ? chain.join(".") === "Math.abs" : ["length", "size"].includes(chain.at(-1) ?? "");
}

function isOne(node: Node, scope: Scope): boolean {
  const constant = toConstant(node, scope);
  return constant?.kind === "primitive" && Number(constant.value) === 1;
}

function isZero(node: Node, scope: Scope): boolean {
  const constant = toConstant(node, scope);
  return constant?.kind === "primitive" && Number(constant.value) === 0;
}

/** `throws` around a function that throws by itself, `doesNotThrow` around one that does nothing. */
function toVoidThrow(assertion: Assertion, scope: Scope): string | null {
  const fn = unwrap(assertion.actual ?? assertion.node);
  if (!("body" in fn)) return null;
  const isQuiet = assertion.method === "doesNotThrow" || assertion.isNegated;
  let calls = 0;
  walk(fn.body as Node, (node) => {
    // Reading a property may run a getter; writing one a setter.
    const isAction =
      node.type === "CallExpression" ||
      node.type === "NewExpression" ||
      node.type === "MemberExpression" ||
      node.type === "TaggedTemplateExpression" ||
      node.type === "SpreadElement" ||
      node.type === "ForOfStatement" ||
      node.type === "BinaryExpression" ||
      node.type === "TemplateLiteral";
    if (isAction && dependsOnOutside(node, scope)) calls += 1;
    return "go-on";
  });
  if (calls > 0) return null;
  return isQuiet ? "nothing in it could throw" : "expects what the test itself throws";
}
