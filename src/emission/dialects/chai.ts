import { callArguments, type Doc } from "../layout.ts";
import { toStringDoc, toStringLiteral } from "../values/literals.ts";
import { printExpected, toDigits, toShortFloat } from "../values/print-expected.ts";
import { toPattern, type AssertionDialect, type ExpectedError, type Need } from "./dialect.ts";
import { createNodeAssert, isSnapshot, toTenDigits } from "./node-assert.ts";

/** Chai's `expect`; rejections go through `node:assert`, for chai alone cannot await them. */
export function createChai(need: (what: Need) => void): AssertionDialect {
  const node = createNodeAssert(need);
  const say = (actual: Doc, chain: string, args: readonly Doc[] | null): Doc => {
    need("expect");
    const tail: Doc = args === null ? "" : callArguments(args);
    return ["expect", callArguments([actual]), `.${chain}`, tail];
  };
  const is = (actual: Doc, expected: Doc): Doc => say(actual, "to.equal", [expected]);
  return {
    hasNestedTolerance: false,
    canIgnoreClasses: false,
    equal: (actual, expected) => {
      if (!isSnapshot(expected)) return is(actual, expected);
      if (expected.kind === "undefined" || expected.kind === "null") {
        return say(actual, `to.be.${expected.kind}`, null);
      }
      if (expected.kind === "number" && expected.value === "NaN")
        return say(actual, "to.be.NaN", null);
      // `to.equal` compares by `===`, which does not tell -0 from 0.
      if (expected.kind === "number" && expected.value === "-0") {
        return is(["Object.is(", actual, ", -0)"], "true");
      }
      return is(actual, printExpected(expected));
    },
    close: (actual, value) =>
      say(actual, "to.be.closeTo", [toShortFloat(value), String(Number(`1e${-toDigits(value)}`))]),
    deepEqual: (actual, expected, via) =>
      say(actual, "to.deep.equal", [
        printExpected(expected, via === "rounded" ? toTenDigits : toShortFloat),
      ]),
    matches: (actual, piece) => say(actual, "to.match", [toPattern(piece)]),
    instance: (actual, className) => say(actual, "to.be.an.instanceOf", [className]),
    type: (actual, type) => say(["typeof ", actual], "to.equal", [toStringLiteral(type)]),
    isTrue: (condition) => say(condition, "to.equal", ["true"]),
    throws: (action, error) => toThrow(say, node, action, error),
    rejects: (promise, error) => node.rejects(promise, error),
  };
}

function toThrow(
  say: (actual: Doc, chain: string, args: readonly Doc[]) => Doc,
  node: AssertionDialect,
  action: Doc,
  error: ExpectedError,
): Doc {
  if (error.className === null) return node.throws(action, error);
  const args: Doc[] = [error.className];
  if (error.message?.kind === "whole") args.push(toStringDoc(error.message.text));
  if (error.message?.kind === "piece") args.push(toPattern(error.message.text));
  const thrown = say(action, "to.throw", args);
  return error.code === null
    ? thrown
    : [thrown, `.with.property("code", ${toStringLiteral(error.code)})`];
}
