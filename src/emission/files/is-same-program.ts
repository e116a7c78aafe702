import { parse } from "@babel/parser";

/**
 * Whether two texts say the same but for layout: white space, comments, quotes, parentheses, trailing
 * commas, the form of number literals and of property names. False where either does not parse.
 */
export function isSameProgram(one: string, other: string, isTypeScript: boolean): boolean {
  try {
    return isSameTree(toTree(one, isTypeScript), toTree(other, isTypeScript));
  } catch {
    return false;
  }
}

function toTree(text: string, isTypeScript: boolean): unknown {
  const { program } = parse(text, {
    sourceType: "unambiguous",
    allowAwaitOutsideFunction: true,
    attachComment: false,
    plugins: isTypeScript ? ["typescript"] : [],
  });
  return program;
}

/** What an author or a formatter may choose freely. */
const LAYOUT = new Set(["start", "end", "loc", "range", "extra"]);

function isSameTree(one: unknown, other: unknown): boolean {
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => isSameTree(item, other[index]))
    );
  }
  if (!isRecord(one) || !isRecord(other)) return Object.is(one, other);
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.every((name) => {
    if (LAYOUT.has(name)) return true;
    const [left, right] = [one[name], other[name]];
    return name === "key" && one["computed"] !== true
      ? isSameTree(toName(left), toName(right))
      : isSameTree(left, right);
  });
}

/** `{ a: 1 }` and `{ "a": 1 }` are one. */
function toName(key: unknown): unknown {
  if (!isRecord(key)) return key;
  if (key["type"] === "Identifier") return key["name"];
  const isLiteral = key["type"] === "StringLiteral" || key["type"] === "NumericLiteral";
  return isLiteral ? String(key["value"]) : key;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
