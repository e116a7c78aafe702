import { describe, expect, test } from "vitest";

import {
  describeError,
  isBuiltinError,
  isEngineWording,
  toStableText,
} from "../../../../src/emission/program/describe-error.ts";

const error = (name: string, message: string, code: string | null = null) => ({
  name,
  message,
  code,
  isError: true,
});

describe("the stable part of a message", () => {
  test.each([
    ["the stack is empty", { kind: "whole", text: "the stack is empty" }],
    ["line 3, column 5", { kind: "whole", text: "line 3, column 5" }],
    ["cannot open /tmp/x/y.txt for reading it", { kind: "piece", text: "for reading it" }],
    ["took 12.75 seconds in total", { kind: "piece", text: "seconds in total" }],
    ["pid 48211 is gone for good", { kind: "piece", text: "is gone for good" }],
    ["at <fixture>/a.txt there is nothing", { kind: "piece", text: "there is nothing" }],
    ["first /a/b line\nsecond line is longer", { kind: "piece", text: "second line is longer" }],
    ["/a/b", null],
    ["", null],
  ])("of %j is %j", (message, expected) => {
    expect(toStableText(message)).toEqual(expected);
  });

  test("keeps numbers that the test itself passes", () => {
    expect(toStableText("negative length: -12345", '{"value":-12345}')).toEqual({
      kind: "whole",
      text: "negative length: -12345",
    });
  });

  test("is a piece of a message that was cut when recorded", () => {
    expect(toStableText("x".repeat(400))).toEqual({ kind: "piece", text: "x".repeat(80) });
  });
});

describe("what is expected of an error", () => {
  test("is the class alone where the engine words the message", () => {
    expect(
      describeError(error("TypeError", "Cannot read properties of undefined (reading 'x')"), ""),
    ).toEqual({
      name: "TypeError",
      message: null,
      code: null,
    });
  });

  test("leaves out the message of system errors, which holds paths", () => {
    expect(describeError(error("Error", "ENOENT: no such file", "ENOENT"), "")).toEqual({
      name: "Error",
      message: null,
      code: "ENOENT",
    });
    expect(
      describeError(error("TypeError", 'The "path" …', "ERR_INVALID_ARG_TYPE"), "").message,
    ).toBeNull();
  });

  test("keeps code and message of the code's own errors", () => {
    expect(describeError(error("ParseError", "no such key", "BAD"), "")).toEqual({
      name: "ParseError",
      message: { kind: "whole", text: "no such key" },
      code: "BAD",
    });
  });
});

test.each([
  ["TypeError", "a.b is not a function", true],
  ["TypeError", "Cannot destructure property 'a' of 'b' as it is undefined.", true],
  ["RangeError", "Invalid array length", true],
  ["SyntaxError", "Unexpected token 'x', \"x\" is not valid JSON", true],
  ["TypeError", 'The "path" argument must be of type string. Received undefined', true],
  ["ReferenceError", "a is not defined", true],
  ["Error", "a.b is not a function", false],
  ["TypeError", "the parts must be positive", false],
  ["RangeError", "negative length", false],
])("%s: %s is worded by the engine: %s", (name, message, expected) => {
  expect(isEngineWording({ name, message })).toBe(expected);
});

test("built-in errors are known by name", () => {
  expect(isBuiltinError("RangeError")).toBe(true);
  expect(isBuiltinError("ParseError")).toBe(false);
});
