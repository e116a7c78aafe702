import type { Node } from "@babel/types";

/** A test as a tree: the call of `test` or `it` that its source text is. */
export interface ParsedTest {
  /** Everything in the text. */
  readonly root: Node;
  /** The function that is the test's body, or null when there is none. */
  readonly body: Node | null;
  /** Its text with white space evened out, without the title; equal for equal tests. */
  readonly bodyText: string;
}

export type ParseOutcome =
  | { readonly kind: "parsed"; readonly test: ParsedTest }
  | { readonly kind: "syntax-error"; readonly message: string };

/** Parses the source text of a test, or of a file without its tests. */
export type ParseTest = (source: string, file: string) => ParseOutcome;

/** The parser, loaded on first use: most commands never need it. */
export async function loadParser(): Promise<ParseTest> {
  const { parse } = await import("@babel/parser");
  return (source, file) => {
    try {
      const { program } = parse(source, {
        sourceType: "module",
        allowAwaitOutsideFunction: true,
        plugins: toPlugins(file),
      });
      return { kind: "parsed", test: toParsedTest(program, source) };
    } catch (thrown) {
      return { kind: "syntax-error", message: String(thrown) };
    }
  };
}

function toPlugins(file: string): ("typescript" | "jsx")[] {
  if (/\.[cm]?ts$/.test(file)) return ["typescript"];
  return file.endsWith(".tsx") ? ["typescript", "jsx"] : ["jsx"];
}

function toParsedTest(root: Node, source: string): ParsedTest {
  const body = findBody(root);
  return { root, body, bodyText: toText(body ?? root, source) };
}

/** The last function among the arguments of the first call that has one. */
function findBody(root: Node): Node | null {
  const found: Node[] = [];
  walk(root, (node) => {
    if (found.length === 0 && node.type === "CallExpression") {
      const body = node.arguments.findLast(isFunction);
      if (body !== undefined) found.push(body);
    }
    return found.length > 0 ? "skip" : "go-on";
  });
  return found[0] ?? null;
}

function toText(node: Node, source: string): string {
  return source.slice(node.start ?? 0, node.end ?? source.length).replace(/\s+/g, " ");
}

export function isFunction(node: Node): boolean {
  return (
    node.type === "ArrowFunctionExpression" ||
    node.type === "FunctionExpression" ||
    node.type === "FunctionDeclaration"
  );
}

/** Visits a tree, parents first; `"skip"` leaves out what lies below a node. */
export function walk(node: Node, visit: (node: Node) => "go-on" | "skip"): void {
  if (visit(node) === "skip") return;
  for (const child of toChildren(node)) walk(child, visit);
}

export function toChildren(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    if (key === "loc" || key.endsWith("Comments") || key === "extra") continue;
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(item)) children.push(item);
    }
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}

/** Strips parentheses, `await` and type assertions. */
export function unwrap(node: Node): Node {
  switch (node.type) {
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
      return unwrap(node.expression);
    case "AwaitExpression":
      return unwrap(node.argument);
    default:
      return node;
  }
}

/**
 * The names of a member chain, outermost last: `a.b(1).c` gives `["a", "b", "c"]`; a root that is no
 * name gives `"?"` in its place.
 */
export function toChain(node: Node): readonly string[] {
  const inner = unwrap(node);
  if (inner.type === "Identifier") return [inner.name];
  if (inner.type === "ThisExpression") return ["this"];
  if (inner.type === "CallExpression" || inner.type === "OptionalCallExpression") {
    return toChain(inner.callee);
  }
  if (inner.type === "MemberExpression" || inner.type === "OptionalMemberExpression") {
    return [...toChain(inner.object), toPropertyName(inner.property, inner.computed)];
  }
  return ["?"];
}

function toPropertyName(property: Node, isComputed: boolean): string {
  if (property.type === "StringLiteral") return property.value;
  if (property.type === "Identifier" && !isComputed) return property.name;
  return "?";
}

/** Equal trees, positions aside. */
export function isSameTree(a: Node, b: Node): boolean {
  return toShape(a) === toShape(b);
}

function toShape(node: Node): string {
  return JSON.stringify(node, (key, value: unknown) =>
    ["loc", "start", "end", "extra", "range"].includes(key) || key.endsWith("Comments")
      ? undefined
      : value,
  );
}

/** Whether evaluating the tree twice could give two values or do something. */
export function hasEffects(node: Node): boolean {
  let found = false;
  walk(node, (inner) => {
    switch (inner.type) {
      case "CallExpression":
      case "OptionalCallExpression":
      case "NewExpression":
      case "AwaitExpression":
      case "UpdateExpression":
      case "AssignmentExpression":
      case "YieldExpression":
        found = true;
        return "skip";
      default:
        return found || isFunction(inner) ? "skip" : "go-on";
    }
  });
  return found;
}
