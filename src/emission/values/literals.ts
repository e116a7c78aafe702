import { group, HARD_LINE, indent, type Doc } from "../layout.ts";

/** Characters that a reader cannot see or that change how the line reads; written as escapes. */
const INVISIBLE =
  // eslint-disable-next-line no-control-regex -- control characters are what this finds
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\u{e0000}-\u{e0fff}]/gu;
const ESCAPED_SURROGATE = /\\u[0-9a-f]{4}/i;
const LONGEST_LINE = 64;
const SHORTEST_REPEATED = 24;

/** A double-quoted string literal that evaluates to exactly `value`, lone surrogates included. */
export function toStringLiteral(value: string): string {
  // JSON.stringify escapes quotes, backslashes, C0 controls and lone surrogates.
  const escaped = JSON.stringify(value)
    .replaceAll(INVISIBLE, toEscape)
    .replaceAll(/<\/(script)/gi, "<\\/$1")
    .replaceAll("<!--", "<\\!--");
  const prefersSingle =
    value.includes('"') && !value.includes("'") && !ESCAPED_SURROGATE.test(escaped);
  return prefersSingle ? `'${escaped.slice(1, -1).replaceAll('\\"', '"')}'` : escaped;
}

/** A string literal; a long one is repeated text or pieces joined over several lines. */
export function toStringDoc(value: string): Doc {
  const literal = toStringLiteral(value);
  const repeated = value.length >= SHORTEST_REPEATED ? toRepeated(value) : null;
  if (repeated !== null) return repeated;
  if (literal.length <= LONGEST_LINE + 2) return literal;
  const pieces = toPieces(value).map(toStringLiteral);
  const [first = '""', ...others] = pieces;
  return group([first, indent(others.map((piece): Doc => [" +", HARD_LINE, piece]))]);
}

/** A number literal: canonical, with `-0`, `NaN` and infinities by name. */
export function toNumberLiteral(value: number | string): string {
  return typeof value === "number" ? (Object.is(value, -0) ? "-0" : String(value)) : value;
}

/** An object key: bare where it is an identifier or a canonical index, else quoted or computed. */
export function toKey(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  if (isIdentifierName(name) || isIndex(name)) return name;
  return toStringLiteral(name);
}

/** `.name` or `["name"]`. */
export function toMember(name: string | number): string {
  if (typeof name === "number" || isIndex(name)) return `[${name}]`;
  return isIdentifierName(name) ? `.${name}` : `[${toStringLiteral(name)}]`;
}

/** A regular expression literal, or a constructor call where a literal would not be the same. */
export function toRegExpLiteral(source: string, flags: string): string {
  const constructed = `new RegExp(${toStringLiteral(source)}, ${toStringLiteral(flags)})`;
  try {
    const regexp = new RegExp(source, flags);
    const isSafe = regexp.source.search(INVISIBLE) < 0 && regexp.source.isWellFormed();
    return isSafe ? `/${regexp.source}/${regexp.flags}` : constructed;
  } catch {
    return constructed;
  }
}

/** A date: epoch zero by number, others by ISO text. */
export function toDateLiteral(epochMs: number | "NaN"): string {
  const date = new Date(Number(epochMs));
  if (Number.isNaN(date.getTime())) return "new Date(NaN)";
  return epochMs === 0 ? "new Date(0)" : `new Date("${date.toISOString()}")`;
}

/** Bytes as readable text where they are text, as numbers where they are few, else as base64. */
export function toBytesDoc(type: string, base64: string): Doc {
  const bytes = Buffer.from(base64, "base64");
  const numbers = `[${[...bytes].join(", ")}]`;
  if (type === "Buffer") {
    if (bytes.length === 0) return "Buffer.alloc(0)";
    const text = bytes.toString("utf8");
    const isText = /^[\n\x20-\x7e]*$/.test(text) && Buffer.from(text).equals(bytes);
    if (isText) return ["Buffer.from(", toStringDoc(text), ")"];
    return bytes.length <= 16 ? `Buffer.from(${numbers})` : `Buffer.from("${base64}", "base64")`;
  }
  const content =
    bytes.length === 0 ? "" : bytes.length <= 32 ? numbers : `Buffer.from("${base64}", "base64")`;
  const array = `new Uint8Array(${content})`;
  return type === "ArrayBuffer" ? `${array}.buffer` : array;
}

/** Whether a number needs tolerance: its shortest text has more than ten significant digits. */
export function isLongFloat(value: number | string): boolean {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return false;
  const digits = value.toExponential().replace(/e.*$/, "").replaceAll(/[-.]/g, "");
  return digits.length > 10;
}

export function isIdentifierName(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
}

function isIndex(name: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(name);
}

function toEscape(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
    .join("");
}

/** `"ab".repeat(50)` for text that is a short unit over and over. */
function toRepeated(value: string): string | null {
  for (let size = 1; size <= 8; size += 1) {
    const count = value.length / size;
    const unit = value.slice(0, size);
    if (Number.isInteger(count) && unit.isWellFormed() && unit.repeat(count) === value) {
      return `${toStringLiteral(unit)}.repeat(${count})`;
    }
  }
  return null;
}

/** Cuts long text after line ends or spaces, never inside a surrogate pair. */
function toPieces(value: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of value) {
    piece += character;
    const length = toStringLiteral(piece).length;
    const isBreakable = character === "\n" || (character === " " && length > LONGEST_LINE - 12);
    if (isBreakable || length >= LONGEST_LINE) {
      pieces.push(piece);
      piece = "";
    }
  }
  return piece === "" ? pieces : [...pieces, piece];
}
