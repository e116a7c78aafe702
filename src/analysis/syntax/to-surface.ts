import type { Node } from "@babel/types";
import { parseSource } from "./parse.ts";
import { walk } from "./walk.ts";

/**
 * The text of a module without a single body: exports, signatures, types and the comments above them. Comments within
 * bodies go with these, and so do values of constants that are not a plain literal. A text that does not parse is empty.
 */
export function toSurface(text: string, path: string): string {
  const outcome = parseSource(text, path);
  if (outcome.kind === "failed") return "";
  const cuts: { readonly start: number; readonly end: number; readonly by: string }[] = [];
  walk(outcome.file.program, (node) => {
    const hidden = toHidden(node);
    if (hidden === null) return true;
    cuts.push({ start: hidden.start ?? 0, end: hidden.end ?? 0, by: toStandIn(hidden) });
    return hidden !== node;
  });
  let surface = text;
  for (const { start, end, by } of toOutermost(cuts).reverse()) {
    surface = surface.slice(0, start) + by + surface.slice(end);
  }
  return surface.replaceAll(/\n{3,}/gu, "\n\n").trim();
}

/** What of a node tells how it works. */
function toHidden(node: Node): Node | null {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ClassMethod":
    case "ClassPrivateMethod":
    case "ObjectMethod":
      return node.body;
    case "StaticBlock":
    case "IfStatement":
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "WhileStatement":
    case "TryStatement":
    case "SwitchStatement":
      return node;
    case "AssignmentExpression":
      return isTelling(node.right) && node.right.type !== "ObjectExpression" ? node.right : null;
    case "ObjectProperty":
      return isTelling(node.value) ? node.value : null;
    case "VariableDeclarator":
      return node.init != null && isTelling(node.init) ? node.init : null;
    case "ClassProperty":
    case "ClassPrivateProperty":
      return node.value != null && isTelling(node.value) ? node.value : null;
    default:
      return null;
  }
}

/** Literals and names are part of what a module promises; functions and classes are cut further down. */
function isTelling(value: Node): boolean {
  return !/Literal$|^(?:Arrow)?FunctionExpression$|^ClassExpression$|^Identifier$|^MemberExpression$|Pattern$/u.test(
    value.type,
  );
}

function toStandIn(node: Node): string {
  if (node.type === "BlockStatement") return "{ … }";
  return node.type === "StaticBlock" ? "static { … }" : /Statement$/u.test(node.type) ? "" : "…";
}

function toOutermost<T extends { readonly start: number; readonly end: number }>(
  cuts: readonly T[],
): T[] {
  const outermost: T[] = [];
  for (const cut of cuts.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = outermost.at(-1);
    if (last === undefined || cut.start >= last.end) outermost.push(cut);
  }
  return outermost;
}
