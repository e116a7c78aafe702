import type { Node } from "@babel/types";
import type { Assertion } from "./assertions.ts";
import type { Scope } from "./scope.ts";
import { dependsOnOutside, isOwnFunction } from "./scope.ts";
import { isFunction, toChain, unwrap, walk } from "./syntax.ts";

const MOCK_CALLS =
  /^(?:(?:vi|jest)\.(?:fn|mock|doMock|spyOn)|(?:\w+\.)?mock\.(?:fn|method|getter|setter|module)|sinon\.(?:stub|spy|mock|fake))(?:\.|$)/;

/** Whether a call makes a mock, stub or spy by one of the known libraries. */
function isMockCall(node: Node): boolean {
  return node.type === "CallExpression" && MOCK_CALLS.test(toChain(node.callee).join("."));
}

/** Why an assertion speaks of what a stand-in was told to return, or null. */
export function toMockAssertion(assertion: Assertion, scope: Scope): string | null {
  if (assertion.actual === null) return null;
  const actual = toResolved(assertion.actual, scope);
  const chain = toChain(actual);
  const at = chain.indexOf("mock");
  const isResult = at !== -1 && (chain.includes("results", at) || chain.at(-1) === "result");
  if (isResult || chain.includes("returnValues")) {
    return `asserts what the mock ${chain[0] ?? ""} itself returned`;
  }
  const replaced = findReplacedCall(actual, scope);
  if (replaced !== null) return `asserts what the stand-in ${replaced} itself returns`;
  if (actual.type !== "CallExpression" || actual.callee.type !== "Identifier") return null;
  const { name } = actual.callee;
  const init = scope.locals.get(name)?.init ?? null;
  if (init === null) return null;
  const isStandIn = isMockCall(unwrap(init)) || isOwnFunction(init, scope);
  return isStandIn ? `asserts what the stand-in ${name} itself returns` : null;
}

/** A call of a method that the test itself has replaced, such as `box.open` after `mock.method(box, "open", …)`. */
function findReplacedCall(value: Node, scope: Scope): string | null {
  let found: string | null = null;
  walk(value, (node) => {
    if (node.type !== "CallExpression") return "go-on";
    const chain = toChain(node.callee).join(".");
    if (scope.replaced.has(chain)) found ??= chain;
    return "go-on";
  });
  return found;
}

const REPLACES = /^(?:(?:\w+\.)?mock\.method|(?:vi|jest)\.spyOn|sinon\.stub)$/;

const TELLS = /^(?:vi|jest)\.spyOn\.mock(?:Return|Resolved|Rejected|Implementation)\w*$/;

/** Members that a test replaces by stand-ins that return what it told them: `box.open`. */
export function findReplaced(body: Node): ReadonlySet<string> {
  const replaced = new Set<string>();
  const overriding = new Map<string, readonly string[]>();
  walk(body, (node) => {
    if (node.type === "ClassDeclaration" && node.id != null && node.superClass != null)
      overriding.set(node.id.name, listMethods(node.body));
    if (node.type === "CallExpression") {
      const chain = toChain(node.callee).join(".");
      // `vi.spyOn(box, "open").mockReturnValue(3)`
      const isTold = TELLS.test(chain) && node.callee.type === "MemberExpression";
      const call = isTold && "object" in node.callee ? unwrap(node.callee.object) : node;
      const isReplacing = isTold || REPLACES.test(chain);
      const [owner, name, instead] =
        isReplacing && call.type === "CallExpression" ? call.arguments : [];
      // Without one of its own the method still is what it was, and only watched.
      const isOwn = isTold || (instead !== undefined && isFunction(unwrap(instead)));
      if (owner !== undefined && name?.type === "StringLiteral" && isOwn)
        replaced.add(`${toChain(owner).join(".")}.${name.value}`);
    }
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") {
      const { id } = node;
      const object = node.init == null ? null : unwrap(node.init);
      const made = object?.type === "NewExpression" ? toChain(object.callee).join(".") : "";
      for (const name of overriding.get(made) ?? []) replaced.add(`${id.name}.${name}`);
      for (const property of object?.type === "ObjectExpression" ? object.properties : []) {
        if (property.type !== "ObjectProperty" || property.key.type !== "Identifier") continue;
        const isTold = isMockCall(property.value) && hasFunction(property.value);
        if (isTold) replaced.add(`${id.name}.${property.key.name}`);
      }
    }
    return "go-on";
  });
  return replaced;
}

/** Methods of a class of the test's own, which stand in for those of the class that it extends. */
function listMethods(body: Node): readonly string[] {
  return body.type !== "ClassBody"
    ? []
    : body.body.flatMap((member) =>
        member.type === "ClassMethod" &&
        member.kind === "method" &&
        member.key.type === "Identifier"
          ? [member.key.name]
          : [],
      );
}

function hasFunction(call: Node): boolean {
  return call.type === "CallExpression" && call.arguments.some((one) => isFunction(unwrap(one)));
}

/** Looks through one `const` that holds the value. */
function toResolved(node: Node, scope: Scope): Node {
  const inner = unwrap(node);
  if (inner.type !== "Identifier") return inner;
  const init = scope.locals.get(inner.name)?.init ?? null;
  return init === null ? inner : unwrap(init);
}

/** Names of test libraries: calling them is no call of the target. */
const LIBRARIES = new Set(
  "assert expect test it describe vi jest mock sinon t chai console setTimeout setImmediate".split(
    " ",
  ),
);

/** Why a test stands on mocks rather than on the target, or null. */
export function toOverMocking(body: Node, scope: Scope): string | null {
  let mocks = 0;
  let realCalls = 0;
  walk(body, (node) => {
    if (isMockCall(node)) mocks += 1;
    else if (isRealCall(node, scope)) realCalls += 1;
    return "go-on";
  });
  return mocks > realCalls
    ? `${String(mocks)} mocks and ${String(realCalls)} calls of anything real`
    : null;
}

function isRealCall(node: Node, scope: Scope): boolean {
  if (node.type !== "CallExpression" && node.type !== "NewExpression") return false;
  const root = toChain(node.callee)[0] ?? "?";
  if (LIBRARIES.has(root)) return false;
  const init = scope.locals.get(root)?.init ?? null;
  if (init !== null && isMockCall(unwrap(init))) return false;
  return dependsOnOutside(node.callee, scope);
}
