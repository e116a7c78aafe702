import type { Expression } from "@babel/types";
import { parseExpression } from "./parse.ts";

/** Reads JSON with comments and trailing commas; undefined when it is none. */
export function toJsonValue(text: string): unknown {
  const expression = parseExpression(`(${text}\n)`);
  return expression === null ? undefined : toValue(expression, 0);
}

const MAX_DEPTH = 40;

function toValue(node: Expression, depth: number): unknown {
  if (depth > MAX_DEPTH) return undefined;
  switch (node.type) {
    case "ParenthesizedExpression":
      return toValue(node.expression, depth);
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
      return node.value;
    case "NullLiteral":
      return null;
    case "ArrayExpression":
      return node.elements.map((item) =>
        item === null || item.type === "SpreadElement" ? undefined : toValue(item, depth + 1),
      );
    case "ObjectExpression": {
      // A null prototype, so that a key named __proto__ stays a key.
      const result = Object.create(null) as Record<string, unknown>;
      for (const property of node.properties) {
        if (property.type !== "ObjectProperty" || property.computed) continue;
        const key = property.key;
        const name =
          key.type === "StringLiteral" ? key.value : key.type === "Identifier" ? key.name : null;
        if (name !== null) result[name] = toValue(property.value as Expression, depth + 1);
      }
      return result;
    }
    default:
      return undefined;
  }
}
