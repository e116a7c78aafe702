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

function toEqual(actual: Node, expected: Node, scope: Scope): string | null {
  const a = toConstant(actual, scope);
  const b = toConstant(expected, scope);
  if (a !== null && b !== null) return "compares two constants";
  if (isSameTree(actual, expected) && !hasEffects(actual)) return "compares a value with itself";
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
  const isNew = a?.kind === "object" || b?.kind === "object";
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
  if (node.type !== "BinaryExpression") return false;
  const { left, right, operator } = node;
  if (["===", "==", "<=", ">="].includes(operator)) {
    if (isSameTree(left, right) && !hasEffects(left)) return true;
  }
  if (operator === "!==" || operator === "!=") {
    return [left, right].some((side) => toConstant(side, scope)?.kind === "object");
  }
  return operator === ">=" && isNeverNegative(left) && isZero(right, scope);
}

function isNeverNegative(node: Node): boolean {
  const chain = toChain(node);
  const isCall = unwrap(node).type === "CallExpression";
  return isCall ? chain.join(".") === "Math.abs" : ["length", "size"].includes(chain.at(-1) ?? "");
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
