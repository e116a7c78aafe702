import type { ThrownSnapshot } from "../../contract/snapshot.ts";

/** The part of an error that will not change with the engine, the machine or the input. */
export interface ErrorExpectation {
  /** `error.name`. */
  readonly name: string;
  readonly message: StableText | null;
  readonly code: string | null;
}

/** A whole text, or the longest piece of it that can be relied on. */
export interface StableText {
  readonly kind: "whole" | "piece";
  readonly text: string;
}

const BUILTIN_ERRORS: ReadonlySet<string> = new Set([
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ReferenceError",
  "EvalError",
  "URIError",
  "AggregateError",
]);

/** Messages that V8 words; they change between versions, so only the class counts. */
const ENGINE_WORDING: readonly RegExp[] = [
  /^(?:The|Unknown|An?) (?:"|argument|property|value of) ?.*(?:must be|is out of range|Received|is invalid)/s,
  /^Cannot (?:read|set|access|convert|mix|destructure|create|delete|assign|redefine|define|add|perform|use|spread) /,
  / is not (?:a function|iterable|defined|a constructor|extensible|an object|async iterable|a valid|a function or its return)/,
  /^(?:Unexpected|Expected|Unterminated|Bad|No number after|Exponent part|Missing|Malformed|Duplicate) /,
  / in JSON at position /,
  /^Invalid (?:array|typed array|string|regular|time|count|date|code|DataView|array buffer|left-hand|or unexpected|flags|property|character|value used|language|calendar|currency|unit)/,
  /^(?:Reduce of|Class constructor|Assignment to|Converting circular|Maximum |Method |Object prototype|Private |Must call super|Derived |Illegal |Iterator |Generator |Getter |Incorrect |Incompatible|The number |The comparison|URI malformed|Array buffer|Offset |Start offset|byte length|Division by zero|Symbol|Reflect|'\w+' on proxy)/,
  /(?:called on|must be called|called without|requires that|precision|radix)/,
  /^\S+ (?:called|constructor|argument|must be|is read-only|result)/,
  /^(?:Object|Array|String|Number|Function|Promise|Map|Set|WeakMap|WeakSet|Date|RegExp|BigInt|Intl)\b/,
];
/** Where a text depends on place or moment: paths, addresses, long numbers, fractions. */
const UNSTABLE =
  /(?:file:\/\/\S+|\S*\/\S+|[A-Za-z]:\\\S+|<(?:fixture|project)>|\b0x[0-9a-f]+\b|-?\d+\.\d+|-?\d{4,}|[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufffd])/u; // eslint-disable-line no-control-regex -- a message may hold anything
const SHORTEST_PIECE = 6;

export function isBuiltinError(name: string): boolean {
  return BUILTIN_ERRORS.has(name);
}

/** What a test may expect of an error that was thrown; `inputs` is text that the test itself passes. */
export function describeError(error: ThrownSnapshot, inputs: string): ErrorExpectation {
  const isSystemCode = error.code !== null && /^(?:E[A-Z0-9]+|ERR_[A-Z0-9_]+)$/.test(error.code);
  const message =
    isSystemCode || isEngineWording(error) ? null : toStableText(error.message, inputs);
  return { name: error.name, message, code: error.code };
}

/** The stable part of a message, or null when too little is left. */
export function toStableText(message: string, inputs = ""): StableText | null {
  if (message === "" || message.length >= 400)
    return message === "" ? null : cutPiece(message, inputs);
  return isStable(message, inputs) ? { kind: "whole", text: message } : cutPiece(message, inputs);
}

/** Whether the wording is the engine's own and only the class may be asserted. */
export function isEngineWording(error: {
  readonly name: string;
  readonly message: string;
}): boolean {
  const isEngineClass = /^(?:Type|Range|Syntax|Reference|URI)Error$/.test(error.name);
  return isEngineClass && ENGINE_WORDING.some((wording) => wording.test(error.message));
}

function isStable(text: string, inputs: string): boolean {
  return unstableParts(text).every((part) => /^[-\d.]+$/.test(part) && inputs.includes(part));
}

function unstableParts(text: string): string[] {
  return text.match(new RegExp(UNSTABLE.source, "gu")) ?? [];
}

function cutPiece(message: string, inputs: string): StableText | null {
  const pieces = message
    .slice(0, 400)
    .split(/\n|\r/)
    .flatMap((line) =>
      isStable(line, inputs) ? [line] : line.split(new RegExp(UNSTABLE.source, "u")),
    )
    .map((piece) => piece.trim());
  const longest = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), "");
  return longest.length < SHORTEST_PIECE ? null : { kind: "piece", text: longest.slice(0, 80) };
}
