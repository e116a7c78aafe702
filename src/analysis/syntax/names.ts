import type { Node } from "@babel/types";
import { isModuleExports } from "./file-facts.ts";

/** The static name of a property key or member (`a.b`, `a["b"]`, `{ b: … }`), or null when computed. */
export function keyName(node: {
  readonly computed?: boolean | null;
  readonly property?: Node;
  readonly key?: Node;
}): string | null {
  const key = node.property ?? node.key;
  if (key === undefined) return null;
  if (key.type === "StringLiteral") return key.value;
  if (key.type === "NumericLiteral") return String(key.value);
  if (node.computed === true) return null;
  return key.type === "Identifier" ? key.name : null;
}

/** True for `exports`, `module.exports`, `this` is not counted. */
export function isExportsObject(node: Node): boolean {
  return (node.type === "Identifier" && node.name === "exports") || isModuleExports(node);
}

/** The text of `require("text")`, or null. */
export function requiredSpecifier(node: Node): string | null {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return null;
  if (node.callee.name !== "require") return null;
  const argument = node.arguments[0];
  return argument?.type === "StringLiteral" ? argument.value : null;
}

/** Takes wrappers off that change nothing at run time: parentheses, casts, non-null assertions. */
export function unwrap(node: Node): Node {
  let inner = node;
  for (;;) {
    switch (inner.type) {
      case "ParenthesizedExpression":
      case "TSAsExpression":
      case "TSSatisfiesExpression":
      case "TSNonNullExpression":
      case "TSTypeAssertion":
      case "TypeCastExpression":
        inner = inner.expression;
        continue;
      default:
        return inner;
    }
  }
}
