import type { Node } from "@babel/types";

const SKIPPED_KEYS: ReadonlySet<string> = new Set([
  "loc",
  "start",
  "end",
  "range",
  "extra",
  "tokens",
  "errors",
  "comments",
  "leadingComments",
  "trailingComments",
  "innerComments",
]);

/**
 * Visits `root` and everything below it, parents first, in source order. `enter` answering `false`
 * skips what is below. Iterative, so that deep trees cannot exhaust the stack.
 */
export function walk(
  root: Node,
  enter: (node: Node, parent: Node | null) => boolean | undefined,
): void {
  const stack: { readonly node: Node; readonly parent: Node | null }[] = [
    { node: root, parent: null },
  ];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (enter(top.node, top.parent) === false) continue;
    const children = childrenOf(top.node);
    for (let index = children.length - 1; index >= 0; index -= 1) {
      const child = children[index];
      if (child !== undefined) stack.push({ node: child, parent: top.node });
    }
  }
}

/** The first answer that is not null, in the order of {@link walk}; `skip` prunes what is below a node. */
export function findFirst<T>(
  root: Node,
  pick: (node: Node) => T | null,
  skip: (node: Node) => boolean = () => false,
): T | null {
  const found: T[] = [];
  walk(root, (node) => {
    if (found.length > 0 || skip(node)) return false;
    const answer = pick(node);
    if (answer !== null) found.push(answer);
    return undefined;
  });
  return found[0] ?? null;
}

/** The direct child nodes, in the order in which Babel lists them. */
export function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    if (SKIPPED_KEYS.has(key)) continue;
    if (isNode(value)) children.push(value);
    else if (Array.isArray(value)) {
      for (const item of value as unknown[]) if (isNode(item)) children.push(item);
    }
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "start" in value
  );
}

/** True for any function with a body of its own (methods included). */
export function isFunctionNode(node: Node): node is FunctionNode {
  return (
    node.type === "FunctionDeclaration" ||
    node.type === "FunctionExpression" ||
    node.type === "ArrowFunctionExpression" ||
    node.type === "ObjectMethod" ||
    node.type === "ClassMethod" ||
    node.type === "ClassPrivateMethod"
  );
}

export type FunctionNode = Extract<
  Node,
  {
    type:
      | "FunctionDeclaration"
      | "FunctionExpression"
      | "ArrowFunctionExpression"
      | "ObjectMethod"
      | "ClassMethod"
      | "ClassPrivateMethod";
  }
>;
