import type { Snapshot } from "../../contract/snapshot.ts";
import { callArguments, list, type Doc } from "../layout.ts";
import type { Via } from "../program/assertion.ts";
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
      return say(actual, hasClasses(expected, via) ? "toEqual" : "toStrictEqual", [literal]);
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
function hasClasses(expected: Snapshot, via: Via): boolean {
  switch (expected.kind) {
    case "object": {
      const isInstance = via === "itself" && expected.className !== "Object";
      // Vitest takes a property named `constructor` for the class.
      const looksLikeInstance = expected.entries.some(([key]) => key === "constructor");
      const inner = expected.entries.some(([, value]) => hasClasses(value, via));
      return isInstance || looksLikeInstance || inner;
    }
    case "array":
      return (
        (via === "itself" && expected.isPlain === false) ||
        expected.items.some((item) => hasClasses(item, via))
      );
    case "set":
      return expected.items.some((item) => hasClasses(item, via));
    case "map":
      return expected.entries.flat().some((side) => hasClasses(side, via));
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
