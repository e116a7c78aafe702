import { describe, expect, test } from "vitest";
import { isSameProgram } from "../../../src/emission/files/is-same-program.ts";

describe("isSameProgram", () => {
  test.each([
    ["a(1);", "a( 1 )"],
    [`a("x");`, "a('x');"],
    [`const a = { "b": 1, c: 2 };`, "const a = {\n  b: 1,\n  c: 2,\n};"],
    ["a = { 1: 2 };", `a = { "1": 2 };`],
    ["// note\na((b));", "a(b); // note"],
    ["a(1E3, 0XFF, .5);", "a(1e3, 0xff, 0.5);"],
    ["a = (b, c) => (d);", "a = (b, c) => d"],
  ])("takes %j and %j for one", (one, other) => {
    expect(isSameProgram(one, other, false)).toBe(true);
  });

  test.each([
    ["a(1);", "a(2);"],
    ["a(1);", "a(1); b();"],
    ["a(1);", "a(1, 2);"],
    ["a - (b - c);", "a - b - c;"],
    ["a = { b: 1 };", "a = { c: 1 };"],
    ["a = { [b]: 1 };", "a = { b: 1 };"],
    ["a = /x/g;", "a = /x/;"],
    ["a(null);", "a({});"],
    ["a(", "a("],
  ])("tells %j from %j", (one, other) => {
    expect(isSameProgram(one, other, false)).toBe(false);
  });

  test("reads TypeScript", () => {
    expect(isSameProgram("a(b as C<D>);", "a(b as C<D>)", true)).toBe(true);
    expect(isSameProgram("a(b as C<D>);", "a(b as C<E>)", true)).toBe(false);
  });
});
