import { readTestFile } from "../files/test-calls.ts";
import { type AnyNode, isNode, walk } from "./tree.ts";

/**
 * Calls with plain values in the text of a test, as `name(values)` with layout and quotes evened out: two tests that
 * share one say something about the same behaviour. Calls of assertions are none. Empty where the text does not parse.
 */
export function listCalls(text: string, isTypeScript: boolean): ReadonlySet<string> {
  const calls = new Set<string>();
  try {
    walk(readTestFile(text, isTypeScript).program, (node) => {
      const isCall = node.type === "CallExpression" || node.type === "NewExpression";
      const name = isCall ? toLastName(node["callee"]) : null;
      const args = node["arguments"];
      if (name !== null && Array.isArray(args)) {
        const values = (args as readonly unknown[]).map(toPlainText);
        if (values.length > 0 && values.every((value) => value !== null))
          calls.add(`${name}(${values.join(",")})`);
      }
      return true;
    });
  } catch (failure) {
    if (!(failure instanceof SyntaxError)) throw failure;
  }
  return calls;
}

/** Their arguments are titles, settings and expectations. */
const NO_TARGET =
  /^(?:test|it|describe|suite|require|assert|ok|equal|.*Equal|throws|rejects|match|expect|to[A-Z]\w*)$/u;

function toLastName(callee: unknown): string | null {
  if (!isNode(callee)) return null;
  const named = callee.type === "MemberExpression" ? callee["property"] : callee;
  const name = isNode(named) ? named["name"] : null;
  return typeof name === "string" && !NO_TARGET.test(name) ? name : null;
}

function toPlainText(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (/^(?:String|Numeric|Boolean|BigInt)Literal$/u.test(node.type))
    return JSON.stringify(node["value"]);
  if (node.type === "NullLiteral") return "null";
  if (node.type === "Identifier") return node["name"] === "undefined" ? "undefined" : null;
  if (node.type === "UnaryExpression") {
    const inner = toPlainText(node["argument"]);
    return inner === null ? null : `${String(node["operator"])}${inner}`;
  }
  if (node.type === "ArrayExpression") return toList(node["elements"], "[", "]");
  if (node.type === "ObjectExpression") return toList(node["properties"], "{", "}", toEntry);
  return null;
}

function toEntry(node: unknown): string | null {
  if (!isNode(node) || node.type !== "ObjectProperty" || node["computed"] === true) return null;
  const value = toPlainText(node["value"]);
  return value === null ? null : `${toKey(node["key"])}:${value}`;
}

function toKey(key: unknown): string {
  const node = key as AnyNode;
  return String(node["name"] ?? node["value"]);
}

function toList(
  items: unknown,
  open: string,
  close: string,
  toText: (item: unknown) => string | null = toPlainText,
): string | null {
  const texts = (items as readonly unknown[]).map(toText);
  return texts.includes(null) ? null : `${open}${texts.join(",")}${close}`;
}
