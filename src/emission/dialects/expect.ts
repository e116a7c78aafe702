import { callArguments, list, type Doc } from "../layout.ts";
import { toStringDoc, toStringLiteral } from "../values/literals.ts";
import { printExpected, toDigits, toShortFloat } from "../values/print-expected.ts";
import {
  isClassOnly,
  toPattern,
  type AssertionDialect,
  type ExpectedError,
  type Need,
} from "./dialect.ts";
import { isSnapshot } from "./node-assert.ts";

/** `expect` of Vitest and Jest. */
export function createExpect(need: (what: Need) => void): AssertionDialect {
  const say = (actual: Doc, matcher: string, args: readonly Doc[]): Doc => {
    need("expect");
    return ["expect", callArguments([actual]), `.${matcher}`, callArguments(args)];
  };
  return {
    hasNestedTolerance: true,
    canIgnoreClasses: true,
    equal: (actual, expected) => {
      if (!isSnapshot(expected)) return say(actual, "toBe", [expected]);
      if (expected.kind === "undefined") return say(actual, "toBeUndefined", []);
      if (expected.kind === "null") return say(actual, "toBeNull", []);
      return say(actual, "toBe", [printExpected(expected)]);
    },
    close: (actual, value) =>
      say(actual, "toBeCloseTo", [toShortFloat(value), String(toDigits(value))]),
    deepEqual: (actual, expected, via) => {
      const literal = printExpected(
        expected,
        (value) => `expect.closeTo(${toShortFloat(value)}, ${toDigits(value)})`,
      );
      return say(actual, via === "itself" && hasClasses(expected) ? "toEqual" : "toStrictEqual", [
        literal,
      ]);
    },
    matches: (actual, piece) => say(actual, "toMatch", [toPattern(piece)]),
    instance: (actual, className) => say(actual, "toBeInstanceOf", [className]),
    type: (actual, type) => say(["typeof ", actual], "toBe", [toStringLiteral(type)]),
    isTrue: (condition) => say(condition, "toBe", ["true"]),
    throws: (action, error) => say(action, "toThrow", [toMatcher(error)]),
    rejects: (promise, error) => ["await ", say(promise, "rejects.toThrow", [toMatcher(error)])],
  };
}

/** Whether `toStrictEqual` would compare classes that the literal does not have. */
function hasClasses(expected: Parameters<typeof printExpected>[0]): boolean {
  switch (expected.kind) {
    case "object":
      return (
        expected.className !== "Object" || expected.entries.some(([, inner]) => hasClasses(inner))
      );
    case "array":
      return expected.isPlain === false || expected.items.some(hasClasses);
    case "set":
      return expected.items.some(hasClasses);
    case "map":
      return expected.entries.flat().some(hasClasses);
    default:
      return false;
  }
}

function toMatcher(error: ExpectedError): Doc {
  if (isClassOnly(error)) return error.className;
  const fields: Doc[] = [`name: ${toStringLiteral(error.name)}`];
  if (error.code !== null) fields.push(`code: ${toStringLiteral(error.code)}`);
  if (error.message !== null) {
    const { kind, text } = error.message;
    const isAlone = error.name === "Error" && error.code === null;
    if (isAlone) return kind === "whole" ? toStringDoc(text) : toPattern(text);
    const message =
      kind === "whole" ? toStringDoc(text) : `expect.stringMatching(${toPattern(text)})`;
    fields.push(["message: ", message]);
  }
  return ["expect.objectContaining(", list("{", fields, "}", " "), ")"];
}
