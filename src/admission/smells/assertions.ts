import type { Node } from "@babel/types";
import { toChain, unwrap, walk } from "./syntax.ts";

/** One assertion of a test, whichever library says it. */
export interface Assertion {
  readonly node: Node;
  /** Last name of the chain: `equal`, `toBe`, `throws`, `true`; `ok` for a bare `assert(x)`. */
  readonly method: string;
  /** `expect(x).not.toBe(…)`; methods such as `notEqual` are not turned around. */
  readonly isNegated: boolean;
  readonly actual: Node | null;
  /** Null where the method takes none. */
  readonly expected: Node | null;
}

/** Names of node:assert that tests import on their own. */
const BARE_METHODS = new Set(
  (
    "strictEqual deepStrictEqual notStrictEqual notDeepStrictEqual deepEqual notDeepEqual " +
    "partialDeepStrictEqual"
  ).split(" "),
);

const ASSERT_MODULE = /^(?:node:)?assert(?:\/strict)?$/;

/** Functions that a file takes out of node:assert, by the names that it gives them. */
export function findBareMethods(file: Node): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const statement of file.type === "Program" ? file.body : []) {
    if (statement.type === "ImportDeclaration" && ASSERT_MODULE.test(statement.source.value)) {
      for (const one of statement.specifiers) {
        if (one.type !== "ImportSpecifier") continue;
        const { imported } = one;
        names.set(one.local.name, imported.type === "Identifier" ? imported.name : imported.value);
      }
    } else if (statement.type === "VariableDeclaration") {
      for (const { id, init } of statement.declarations) {
        if (id.type === "ObjectPattern" && isAssertRequire(init)) collectPattern(id, names);
      }
    }
  }
  return names;
}

function isAssertRequire(init: Node | null | undefined): boolean {
  const call = init == null ? null : unwrap(init);
  if (call?.type !== "CallExpression" || toChain(call.callee).join(".") !== "require") return false;
  const [source] = call.arguments;
  return source?.type === "StringLiteral" && ASSERT_MODULE.test(source.value);
}

function collectPattern(
  pattern: Node & { type: "ObjectPattern" },
  names: Map<string, string>,
): void {
  for (const property of pattern.properties) {
    if (property.type !== "ObjectProperty" || property.value.type !== "Identifier") continue;
    if (property.key.type === "Identifier") names.set(property.value.name, property.key.name);
  }
}

/**
 * Every assertion in a tree, in the order of the text.
 * @param bare what the file takes out of node:assert.
 */
export function findAssertions(
  root: Node,
  bare: ReadonlyMap<string, string> = new Map(),
): readonly Assertion[] {
  const found: Assertion[] = [];
  walk(root, (node) => {
    const assertion = toAssertion(node, bare);
    if (assertion === null) return "go-on";
    found.push(assertion);
    // `expect(x).to.equal(1)` holds `expect(x).to` and `expect(x)`: those are no further assertions.
    return assertion.method === "throws" || isThrowMatcher(assertion.method) ? "go-on" : "skip";
  });
  return found.filter(
    (one, index) => !found.slice(0, index).some((other) => isWithinChain(other.node, one.node)),
  );
}

export function isThrowMatcher(method: string): boolean {
  return ["throws", "doesNotThrow", "toThrow", "toThrowError", "throw", "rejects"].includes(method);
}

function toAssertion(node: Node, bare: ReadonlyMap<string, string>): Assertion | null {
  if (node.type === "CallExpression") return toAssertCall(node, bare) ?? toExpectChain(node);
  return node.type === "MemberExpression" ? toExpectChain(node) : null;
}

function toAssertCall(
  node: Node & { type: "CallExpression" },
  bare: ReadonlyMap<string, string>,
): Assertion | null {
  if (hasExpectRoot(node)) return null;
  const chain = toChain(node.callee);
  const at = chain.indexOf("assert");
  const taken = chain.length === 1 ? bare.get(chain[0] ?? "") : undefined;
  const isBare = taken !== undefined || (chain.length === 1 && BARE_METHODS.has(chain[0] ?? ""));
  if ((at !== 0 && at !== 1) || chain.length > 4) {
    if (!isBare) return null;
  }
  const last = taken ?? chain.at(-1) ?? "";
  const method = last === "assert" || last === "strict" ? "ok" : last;
  const [actual = null, expected = null] = node.arguments;
  return { node, method, isNegated: false, actual, expected };
}

/** `expect(actual)…matcher(expected)`, `expect(actual).to.be.true`, `actual.should.equal(…)`. */
function toExpectChain(node: Node): Assertion | null {
  const root = toExpectRoot(node);
  if (root === null || root === node) return null;
  const chain = toChain(node);
  const method = chain.at(-1) ?? "";
  const [expected = null] = node.type === "CallExpression" ? node.arguments : [];
  const isShould = chain.includes("should");
  const actual = !isShould && root.type === "CallExpression" ? (root.arguments[0] ?? null) : root;
  return { node, method, isNegated: chain.includes("not"), actual, expected };
}

function hasExpectRoot(node: Node): boolean {
  const root = toExpectRoot(node);
  return root !== null && root !== node;
}

/** The `expect(…)` call, or the object before `.should`, that a chain hangs on. */
function toExpectRoot(node: Node): Node | null {
  const inner = unwrap(node);
  if (inner.type === "CallExpression") {
    const chain = toChain(inner.callee);
    const isExpect =
      inner.callee.type === "Identifier" ? chain[0] === "expect" : isNamespacedExpect(chain, inner);
    return isExpect ? inner : toExpectRoot(inner.callee);
  }
  if (inner.type !== "MemberExpression") return null;
  if (toChain(inner).at(-1) === "should") return inner.object;
  return toExpectRoot(inner.object);
}

function isNamespacedExpect(chain: readonly string[], call: Node): boolean {
  if (call.type !== "CallExpression" || call.callee.type !== "MemberExpression") return false;
  if (toExpectRoot(call.callee.object) !== null) return false;
  return chain.join(".") === "chai.expect" || chain.join(".") === "expect.soft";
}

function isWithinChain(outer: Node, inner: Node): boolean {
  let node = outer;
  for (;;) {
    if (node === inner) return true;
    if (node.type === "CallExpression") node = node.callee;
    else if (node.type === "MemberExpression") node = node.object;
    else return false;
  }
}
