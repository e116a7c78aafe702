import { describe, expect, test } from "vitest";

import { createChai } from "../../../../src/emission/dialects/chai.ts";
import {
  toPattern,
  type ExpectedError,
  type Need,
} from "../../../../src/emission/dialects/dialect.ts";
import { createExpect } from "../../../../src/emission/dialects/expect.ts";
import { createNodeAssert } from "../../../../src/emission/dialects/node-assert.ts";
import { render } from "../../../../src/emission/layout.ts";

const DIALECTS = { node: createNodeAssert, expect: createExpect, chai: createChai };

function throws(dialect: keyof typeof DIALECTS, error: Partial<ExpectedError>): string {
  const full = { name: "RangeError", className: "RangeError", message: null, code: null, ...error };
  return render(DIALECTS[dialect](() => undefined).throws("() => f()", full), 200);
}

const whole = { kind: "whole", text: "too far" } as const;
const piece = { kind: "piece", text: "too far (1)" } as const;
const custom = { name: "ParseError", className: null };

describe("expecting an error", () => {
  test.each<[Partial<ExpectedError>, string, string, string]>([
    [
      {},
      "assert.throws(() => f(), RangeError)",
      "expect(() => f()).toThrow(RangeError)",
      "expect(() => f()).to.throw(RangeError)",
    ],
    [
      { message: whole },
      'assert.throws(() => f(), { name: "RangeError", message: "too far" })',
      'expect(() => f()).toThrow(expect.objectContaining({ name: "RangeError", message: "too far" }))',
      'expect(() => f()).to.throw(RangeError, "too far")',
    ],
    [
      { message: piece },
      'assert.throws(() => f(), { name: "RangeError", message: /too far \\(1\\)/ })',
      'expect(() => f()).toThrow(expect.objectContaining({ name: "RangeError", message: expect.stringMatching(/too far \\(1\\)/) }))',
      "expect(() => f()).to.throw(RangeError, /too far \\(1\\)/)",
    ],
    [
      { name: "Error", className: "Error", message: whole },
      'assert.throws(() => f(), { name: "Error", message: "too far" })',
      'expect(() => f()).toThrow("too far")',
      'expect(() => f()).to.throw(Error, "too far")',
    ],
    [
      { name: "Error", className: "Error", message: piece },
      'assert.throws(() => f(), { name: "Error", message: /too far \\(1\\)/ })',
      "expect(() => f()).toThrow(/too far \\(1\\)/)",
      "expect(() => f()).to.throw(Error, /too far \\(1\\)/)",
    ],
    [
      { code: "EFAR" },
      'assert.throws(() => f(), { name: "RangeError", code: "EFAR" })',
      'expect(() => f()).toThrow(expect.objectContaining({ name: "RangeError", code: "EFAR" }))',
      'expect(() => f()).to.throw(RangeError).with.property("code", "EFAR")',
    ],
    [
      custom,
      'assert.throws(() => f(), { name: "ParseError" })',
      'expect(() => f()).toThrow(expect.objectContaining({ name: "ParseError" }))',
      'assert.throws(() => f(), { name: "ParseError" })',
    ],
  ])("%j", (error, node, jest, chai) => {
    expect(throws("node", error)).toBe(node);
    expect(throws("expect", error)).toBe(jest);
    expect(throws("chai", error)).toBe(chai);
  });

  test("of a promise is awaited", () => {
    const error = { name: "RangeError", className: "RangeError", message: null, code: null };
    const rejects = (dialect: keyof typeof DIALECTS): string =>
      render(DIALECTS[dialect](() => undefined).rejects("f()", error));
    expect(rejects("node")).toBe("await assert.rejects(f(), RangeError)");
    expect(rejects("expect")).toBe("await expect(f()).rejects.toThrow(RangeError)");
    expect(rejects("chai")).toBe("await assert.rejects(f(), RangeError)");
  });

  test("notes what the file must import", () => {
    const needs = new Set<Need>();
    const chai = createChai((what) => needs.add(what));
    chai.isTrue("x");
    expect([...needs]).toEqual(["expect"]);
    chai.rejects("f()", { name: "E", className: null, message: null, code: null });
    expect([...needs]).toEqual(["expect", "assert"]);
  });
});

test("patterns find their text and nothing that a reader cannot see stands in them", () => {
  const text = "a.b*c/d\\e [1] ünï\t(?)";
  const pattern = toPattern(text);
  expect(new RegExp(pattern.slice(1, -1)).test(text)).toBe(true);
  expect(pattern).toMatch(/^[\x20-\x7e]*$/);
});
