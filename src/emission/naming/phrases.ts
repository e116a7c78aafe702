import type { FunctionTemplate, ValueGene } from "../../contract/program.ts";
import type { Snapshot } from "../../contract/snapshot.ts";
import { renderFlat } from "../layout.ts";
import { isLongFloat, toNumberLiteral } from "../values/literals.ts";
import { hasPlaceMark, judge, printExpected } from "../values/print-expected.ts";
import { printValue } from "../values/print-value.ts";
import { withArticle } from "./names.ts";

/** How long a literal may be inside a title. */
const LONGEST_LITERAL = 28;

/** A value in a title, and whether it is written as a literal (`n = 0`) or in words. */
export interface Phrase {
  readonly text: string;
  readonly isLiteral: boolean;
  /** The literal behind words such as "an empty string", for use after `name =`. */
  readonly empty?: string;
}

/** Names an argument; `describeRef` names an earlier result. */
export function phraseGene(
  gene: ValueGene,
  describeRef: (statement: number) => Phrase,
  limit: number = LONGEST_LITERAL,
): Phrase {
  switch (gene.kind) {
    case "ref":
      return describeRef(gene.statement);
    case "export":
      return literal(gene.path.filter((name) => name !== "default").join(".") || "the module");
    case "string":
      return phraseText(gene.value, limit);
    case "number":
      return literal(phraseNumber(gene.value));
    case "function":
      return words(phraseFunction(gene.template));
    case "array":
      if (gene.items.length === 0) return { ...words("an empty array"), empty: "[]" };
      break;
    case "object":
      if (gene.entries.length === 0) return { ...words("an empty object"), empty: "{}" };
      break;
    case "bytes":
      return words(
        `${count(Buffer.from(gene.base64, "base64").length, "byte")} in ${withArticle(gene.type)}`,
      );
    case "typed-array":
      return words(`${withArticle(gene.type)} of ${count(gene.items.length, "item")}`);
    case "promise":
      return words("a promise");
    case "rejected-promise":
      return words("a rejected promise");
    case "error":
      return words(withArticle(gene.type));
    case "iterable":
      return words(
        gene.items.length === 0
          ? "an empty iterator"
          : `an iterator of ${count(gene.items.length, "item")}`,
      );
    default:
      break;
  }
  const text = toPlainText(gene);
  return text !== null && text.length <= limit ? literal(text) : words(phraseKind(gene));
}

/** Names a result. */
export function phraseSnapshot(value: Snapshot, limit: number = LONGEST_LITERAL): Phrase {
  switch (value.kind) {
    case "string":
      return value.length === value.value.length && !hasPlaceMark(value.value)
        ? phraseText(value.value, limit)
        : words(withArticle(`${value.length}-character string`));
    case "number":
      return literal(phraseNumber(value.value));
    case "function":
      return words("a function");
    case "same":
      return words("the same object");
    case "error":
      return words(withArticle(spoken(value.name, "Error")));
    case "opaque":
      return words(withArticle(spoken(value.className, "object")));
    case "symbol":
      return words("a symbol");
    case "bytes":
      return words(`${count(value.length, "byte")} in ${withArticle(value.type)}`);
    case "typed-array":
      return words(
        `${withArticle(spoken(value.type, "typed array"))} of ${count(value.length, "item")}`,
      );
    case "array":
      if (value.length === 0) return words("an empty array");
      break;
    case "object":
      return phraseObject(value, limit);
    case "map":
      if (value.size === 0) return words("an empty map");
      break;
    case "set":
      if (value.size === 0) return words("an empty set");
      break;
    case "date":
      return value.epochMs === "NaN"
        ? words("an invalid date")
        : literal(new Date(value.epochMs).toISOString());
    default:
      break;
  }
  return shortLiteral(value, limit) ?? words(phraseSize(value));
}

/** `1 item`, `2 items`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

/** Text that survives every reporter: visible, on one line, without escapes. */
export function isPlainText(text: string): boolean {
  return /^[\p{L}\p{N}\p{P}\p{S} ]*$/u.test(text) && text.isWellFormed() && !text.includes("\\");
}

function phraseText(value: string, limit: number): Phrase {
  if (value === "") return { ...words("an empty string"), empty: '""' };
  if (/^ +$/.test(value)) return words(count(value.length, "space"));
  const quoted = value.includes('"') && !value.includes("`") ? `\`${value}\`` : `"${value}"`;
  const isShort = isPlainText(value) && quoted.length <= limit && !/ {3}/.test(value);
  if (isShort) return literal(quoted);
  const unit = /^(.)\1+$/u.exec(value)?.[1];
  if (unit !== undefined && isPlainText(unit) && unit !== " ")
    return words(`"${unit}" ${value.length / unit.length} times`);
  const lines = value.split("\n").length;
  return lines > 1
    ? words(`a string of ${lines} lines`)
    : words(withArticle(`${value.length}-character string`));
}

function phraseNumber(value: number | string): string {
  if (typeof value === "number" && isLongFloat(value)) {
    const short = toNumberLiteral(Number(value.toPrecision(5)));
    return `about ${short}`;
  }
  return toNumberLiteral(value);
}

function phraseObject(value: Extract<Snapshot, { kind: "object" }>, limit: number): Phrase {
  const isPlain = value.className === "Object" || value.className === "null";
  if (!isPlain) return words(withArticle(spoken(value.className, "object")));
  if (value.entries.length === 0) return words(value.isPartial ? "an object" : "an empty object");
  const short = shortLiteral(value, limit);
  if (short !== null) return short;
  const keys = value.entries.map(([key]) => key).filter((key) => isPlainText(key));
  const shown = keys.slice(0, 2).join(" and ");
  return shown === "" || shown.length > limit
    ? words("an object")
    : words(`an object with ${shown}`);
}

function shortLiteral(value: Snapshot, limit: number): Phrase | null {
  if (judge(value).hasHoles) return null;
  const text = renderFlat(
    printExpected(value, (float) => toNumberLiteral(Number(float.toPrecision(4)))),
  );
  return text !== null && text.length <= limit && isPlainText(text) ? literal(text) : null;
}

function phraseSize(value: Snapshot): string {
  switch (value.kind) {
    case "array":
      return `an array of ${count(value.length, "item")}`;
    case "map":
      return `a map of ${count(value.size, "entry").replace("entrys", "entries")}`;
    case "set":
      return `a set of ${count(value.size, "item")}`;
    case "regexp":
      return "a regular expression";
    case "bigint":
      return "a large bigint";
    default:
      return "a value";
  }
}

function phraseKind(gene: ValueGene): string {
  switch (gene.kind) {
    case "array":
      return `an array of ${count(gene.items.length, "item")}`;
    case "object": {
      const keys = gene.entries.map(([key]) => key).filter((key) => isPlainText(key) && key !== "");
      const shown = keys.slice(0, 2).join(" and ");
      return shown === "" || shown.length > LONGEST_LITERAL
        ? "an object"
        : `an object with ${shown}`;
    }
    case "map":
      return `a map of ${count(gene.entries.length, "entry").replace("entrys", "entries")}`;
    case "set":
      return `a set of ${count(gene.items.length, "item")}`;
    case "regexp":
      return "a regular expression";
    case "symbol":
      return "a symbol";
    case "date":
      return "a date";
    default:
      return "a value";
  }
}

function phraseFunction(template: FunctionTemplate): string {
  switch (template.kind) {
    case "throws":
      return "a throwing callback";
    case "async-constant":
      return "an async callback";
    case "spy":
      return "a callback";
    default:
      return "a function";
  }
}

function toPlainText(gene: ValueGene): string | null {
  const doc = printValue(gene, {
    refOf: () => "…",
    exportOf: (path) => path.at(-1) ?? "",
    rejectionOf: () => "…",
    isTypeScript: false,
  });
  const text = renderFlat(doc);
  return text !== null && isPlainText(text) && !text.includes("…") ? text : null;
}

/** A class name as a noun, or a general one where it says nothing. */
function spoken(className: string, fallback: string): string {
  return /^[A-Za-z][\w]*$/.test(className) && className !== "Object" ? className : fallback;
}

function literal(text: string): Phrase {
  return { text, isLiteral: true };
}

function words(text: string): Phrase {
  return { text, isLiteral: false };
}

/** Names of parameters as titles use them. */
export function toParameterName(name: string): string | null {
  return /^[A-Za-z_$][\w$]*$/.test(name) && !/^(?:arg|param|args|_)\d*$/.test(name) ? name : null;
}
