import { posix } from "node:path";
import type { Node } from "@babel/types";
import type { ValueGene } from "../../contract/program.ts";
import { keyName } from "../syntax/names.ts";

type NumberGene = Extract<ValueGene, { kind: "number" }>;

/** A number as a gene; those that JSON cannot hold become text. */
export function numberGene(value: number): NumberGene {
  if (Number.isNaN(value)) return { kind: "number", value: "NaN" };
  if (value === Number.POSITIVE_INFINITY) return { kind: "number", value: "Infinity" };
  if (value === Number.NEGATIVE_INFINITY) return { kind: "number", value: "-Infinity" };
  return { kind: "number", value: Object.is(value, -0) ? "-0" : value };
}

export function toNumber(gene: ValueGene): number | null {
  return gene.kind === "number" ? Number(gene.value) : null;
}

/** Literals and well-known names: `1`, `"a"`, `/a/`, `NaN`, `Math.PI`. Null for everything else. */
export function literalGene(node: Node): ValueGene | null {
  switch (node.type) {
    case "StringLiteral":
      return { kind: "string", value: node.value };
    case "NumericLiteral":
      return numberGene(node.value);
    case "BooleanLiteral":
      return { kind: "boolean", value: node.value };
    case "NullLiteral":
      return { kind: "null" };
    case "BigIntLiteral":
      return { kind: "bigint", value: node.value };
    case "RegExpLiteral":
      return { kind: "regexp", source: node.pattern, flags: node.flags };
    case "Identifier":
      return namedConstant(node.name);
    case "MemberExpression":
      return memberConstant(node);
    default:
      return null;
  }
}

function namedConstant(name: string): ValueGene | null {
  switch (name) {
    case "undefined":
      return { kind: "undefined" };
    case "NaN":
      return numberGene(Number.NaN);
    case "Infinity":
      return numberGene(Number.POSITIVE_INFINITY);
    // Programs run in a fixture folder; this is its folder and its file.
    case "__dirname":
      return { kind: "string", value: "dir" };
    case "__filename":
      return { kind: "string", value: "file.txt" };
    default:
      return null;
  }
}

const MATH = new Set(["PI", "E", "SQRT2", "LN2", "LN10", "LOG2E", "LOG10E", "SQRT1_2"]);
const NUMBER = new Set([
  "MAX_SAFE_INTEGER",
  "MIN_SAFE_INTEGER",
  "MAX_VALUE",
  "MIN_VALUE",
  "EPSILON",
  "NaN",
  "POSITIVE_INFINITY",
  "NEGATIVE_INFINITY",
]);

function memberConstant(node: Extract<Node, { type: "MemberExpression" }>): ValueGene | null {
  const name = keyName(node);
  if (name === null || node.object.type !== "Identifier") return null;
  if (node.object.name === "Math" && MATH.has(name)) {
    return numberGene(Math[name as "PI"]);
  }
  if (node.object.name === "Number" && NUMBER.has(name)) {
    return numberGene(Number[name as "MAX_VALUE"]);
  }
  return null;
}

/** Folds arithmetic over numbers and concatenation with strings. */
export function foldBinary(operator: string, left: ValueGene, right: ValueGene): ValueGene | null {
  if (operator === "+" && (left.kind === "string" || right.kind === "string")) {
    const texts = [plainText(left), plainText(right)];
    const [a, b] = texts;
    return a == null || b == null || a.length + b.length > 10_000
      ? null
      : { kind: "string", value: a + b };
  }
  const a = toNumber(left);
  const b = toNumber(right);
  if (a === null || b === null) return null;
  switch (operator) {
    case "+":
      return numberGene(a + b);
    case "-":
      return numberGene(a - b);
    case "*":
      return numberGene(a * b);
    case "/":
      return numberGene(a / b);
    case "%":
      return numberGene(a % b);
    case "**":
      return numberGene(a ** b);
    default:
      return null;
  }
}

export function foldUnary(operator: string, value: ValueGene): ValueGene | null {
  if (operator === "void") return { kind: "undefined" };
  if (operator === "!" && value.kind === "boolean") return { kind: "boolean", value: !value.value };
  if (operator === "-" && value.kind === "bigint")
    return { kind: "bigint", value: `-${value.value}` };
  const number = toNumber(value);
  if (number === null) return null;
  if (operator === "-") return numberGene(-number);
  if (operator === "+") return value;
  return operator === "~" ? numberGene(~number) : null;
}

function plainText(gene: ValueGene): string | null {
  if (gene.kind === "string") return gene.value;
  if (gene.kind === "number" || gene.kind === "boolean") return String(gene.value);
  return gene.kind === "null" || gene.kind === "undefined" ? gene.kind : null;
}

/** Text of a template or string gene, for `String(x)` and template pieces. */
export function textOf(gene: ValueGene): string | null {
  return plainText(gene);
}

const TYPED_ARRAYS = /^(?:Int8|Int32|Float64|Uint16|Uint32|Float32)Array$/;

/** `new Date(0)`, `new Map([[1, 2]])`, `new Error("x")`, …; null when it is no builtin or not constant. */
export function builtinNew(name: string, args: readonly ValueGene[]): ValueGene | null {
  const [first, second] = args;
  switch (name) {
    case "Date":
      return toDate(args);
    case "RegExp":
      return first?.kind === "string"
        ? {
            kind: "regexp",
            source: first.value,
            flags: second?.kind === "string" ? second.value : "",
          }
        : null;
    case "Error":
    case "TypeError":
    case "RangeError":
      return { kind: "error", type: name, message: first?.kind === "string" ? first.value : "" };
    case "Set":
      return { kind: "set", items: first?.kind === "array" ? first.items : [] };
    case "Map":
      return toMap(first);
    case "Uint8Array":
    case "Buffer":
      return toBytes(name, first);
    case "Array":
      return args.length === 1 && first?.kind === "number" ? null : { kind: "array", items: args };
    case "Object":
      return { kind: "object", entries: [] };
    default:
      return TYPED_ARRAYS.test(name) ? toTypedArray(name, first) : null;
  }
}

function toDate(args: readonly ValueGene[]): ValueGene | null {
  const [first] = args;
  if (args.length === 1 && first?.kind === "number") {
    const value = Number(first.value);
    return { kind: "date", epochMs: Number.isFinite(value) ? value : "NaN" };
  }
  if (args.length === 1 && first?.kind === "string") {
    // Only texts with a zone mean the same instant on every machine.
    if (!/^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(first.value)) return null;
    const value = Date.parse(first.value);
    return { kind: "date", epochMs: Number.isNaN(value) ? "NaN" : value };
  }
  const numbers = args.map(toNumber);
  if (numbers.length < 2 || numbers.some((number) => number === null)) return null;
  const [year = 0, month = 0, ...rest] = numbers.map(Number);
  return { kind: "date", epochMs: Date.UTC(year, month, ...rest) };
}

function toMap(first: ValueGene | undefined): ValueGene | null {
  if (first === undefined) return { kind: "map", entries: [] };
  if (first.kind !== "array") return null;
  const entries = first.items.flatMap((item): (readonly [ValueGene, ValueGene])[] => {
    if (item.kind !== "array") return [];
    const [key, value] = item.items;
    return key === undefined ? [] : [[key, value ?? { kind: "undefined" }]];
  });
  return { kind: "map", entries };
}

function toBytes(type: "Uint8Array" | "Buffer", first: ValueGene | undefined): ValueGene | null {
  if (first === undefined) return { kind: "bytes", type, base64: "" };
  if (first.kind === "string") {
    return { kind: "bytes", type, base64: Buffer.from(first.value).toString("base64") };
  }
  if (first.kind !== "array") return null;
  const numbers = first.items.map(toNumber);
  return numbers.some((number) => number === null)
    ? null
    : { kind: "bytes", type, base64: Buffer.from(numbers.map(Number)).toString("base64") };
}

function toTypedArray(type: string, first: ValueGene | undefined): ValueGene | null {
  const numbers = first?.kind === "array" ? first.items.map(toNumber) : [];
  if (numbers.some((number) => number === null)) return null;
  return { kind: "typed-array", type: type as "Float64Array", items: numbers.map(Number) };
}

/** Calls of builtins whose value is plain: `Buffer.from("a")`, `Promise.resolve(1)`, `Symbol("s")`. */
export function builtinCall(
  owner: string | null,
  name: string,
  args: readonly ValueGene[],
): ValueGene | null {
  const [first] = args;
  switch (owner === null ? name : `${owner}.${name}`) {
    case "Buffer.from":
      return toBytes("Buffer", first);
    case "Buffer.alloc":
      return toZeroes(first);
    case "Promise.resolve":
      return { kind: "promise", value: first ?? { kind: "undefined" } };
    case "Promise.reject":
      return {
        kind: "rejected-promise",
        message: first?.kind === "error" ? first.message : "rejected",
      };
    case "Symbol":
      return { kind: "symbol", description: first?.kind === "string" ? first.value : "" };
    case "BigInt":
      return first?.kind === "number" && Number.isInteger(Number(first.value))
        ? { kind: "bigint", value: String(first.value) }
        : null;
    case "Date.UTC": {
      const numbers = args.map(toNumber);
      if (numbers.some((number) => number === null)) return null;
      const [year = Number.NaN, ...rest] = numbers.map(Number);
      return numberGene(Date.UTC(year, ...(rest as [number])));
    }
    case "Date":
    case "Error":
    case "TypeError":
    case "RangeError":
    case "RegExp":
    case "Array":
    case "Object":
      return owner === null && name !== "Date" ? builtinNew(name, args) : null;
    case "Math.sqrt":
      return first?.kind === "number" ? numberGene(Math.sqrt(Number(first.value))) : null;
    case "path.join":
    case "path.resolve":
    case "join":
      return joinTexts(args);
    case "os.tmpdir":
    case "tmpdir":
    case "process.cwd":
      return { kind: "string", value: "dir" };
    case "Object.create":
      return { kind: "object", entries: [] };
    default:
      return null;
  }
}

function joinTexts(args: readonly ValueGene[]): ValueGene | null {
  const texts = args.map((arg) => (arg.kind === "string" ? arg.value : null));
  return texts.length === 0 || texts.includes(null)
    ? null
    : { kind: "string", value: posix.join(...(texts as string[])) };
}

function toZeroes(first: ValueGene | undefined): ValueGene | null {
  const size = first === undefined ? null : toNumber(first);
  if (size === null || !(size >= 0 && size <= 4_096)) return null;
  const base64 = Buffer.alloc(Math.floor(size)).toString("base64");
  return { kind: "bytes", type: "Buffer", base64 };
}
