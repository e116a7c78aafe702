import { AssertionError } from "node:assert";
import { describe, expect, test } from "vitest";
import {
  describeFailure,
  toStrayText,
} from "../../../../../src/adapters/runner/harness/describe-failure.ts";

describe("a failure in a result line", () => {
  test.each([
    ["text", { name: "string", message: "string: text", stack: "" }],
    [undefined, { name: "undefined", message: "undefined: undefined" }],
    [null, { name: "object", message: "object: null" }],
    [Symbol("s"), { name: "symbol", message: "symbol: Symbol(s)" }],
    [new RangeError("far"), { name: "RangeError", message: "far", code: null }],
    [{}, { name: "Error", message: "", stack: "", code: null }],
    [
      { name: 5, message: {}, code: "ENOENT" },
      { name: "Error", message: "", code: "ENOENT" },
    ],
    [Object.assign(() => 1, { message: "called" }), { message: "called" }],
  ])("%s", (thrown, expected) => {
    expect(describeFailure(thrown)).toMatchObject({ isAssertionError: false, ...expected });
  });

  test.each([
    ["node:assert", new AssertionError({ message: "no" })],
    ["chai", Object.assign(new Error("no"), { name: "AssertionError" })],
    ["vitest and jest matchers", Object.assign(new Error("no"), { matcherResult: {} })],
    ["jest", new (class JestAssertionError extends Error {})("no")],
  ])("an assertion of %s is one", (_library, thrown) => {
    expect(describeFailure(thrown).isAssertionError).toBe(true);
  });

  test("getters that throw and endless texts do no harm", () => {
    const hostile = {
      get name(): string {
        throw new Error("gotcha");
      },
      message: "x".repeat(5_000),
    };
    const { name, message } = describeFailure(hostile);
    expect([name, message.length]).toEqual(["Error", 4_001]);
  });

  test("outside of tests it is one text: the stack, or name and message", () => {
    expect(toStrayText(Object.assign(new Error("a"), { stack: "the stack" }))).toBe("the stack");
    expect(toStrayText({ name: "Odd", message: "b" })).toBe("Odd: b");
  });
});
