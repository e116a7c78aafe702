import { describe, expect, test } from "vitest";

import type { Snapshot } from "../../../../src/contract/snapshot.ts";
import { createChai } from "../../../../src/emission/dialects/chai.ts";
import type { AssertionDialect, Need } from "../../../../src/emission/dialects/dialect.ts";
import { createExpect } from "../../../../src/emission/dialects/expect.ts";
import { createNodeAssert } from "../../../../src/emission/dialects/node-assert.ts";
import { render } from "../../../../src/emission/layout.ts";
import { decide } from "../../../../src/emission/program/decide.ts";
import { printCheck } from "../../../../src/emission/program/print-assertion.ts";
import { instance, snap } from "../builders.ts";

const DIALECTS = { node: createNodeAssert, expect: createExpect, chai: createChai };

/** The assertions on a value, as text. */
function assertionsOn(value: unknown, dialectName: keyof typeof DIALECTS = "node"): string[] {
  const need: (what: Need) => void = () => undefined;
  const dialect: AssertionDialect = DIALECTS[dialectName](need);
  const checks = decide({ of: "statement", index: 1, path: [] }, snap(value), {
    classOf: (name) =>
      name === "Complex" || name === "ParseError" || name === "Promise" ? name : null,
    hasNestedTolerance: dialect.hasNestedTolerance,
    canIgnoreClasses: dialect.canIgnoreClasses,
  });
  return checks.map((check) =>
    render(
      printCheck(check, "x", { dialect, need }, (statement) => `result${statement}`),
      200,
    ),
  );
}

const error = (name: string, message: string): Snapshot => ({ kind: "error", name, message });
const fnSnapshot: Snapshot = { kind: "function", name: "f" };
const THIRD = 1 / 3;

describe("primitives", () => {
  test.each<[unknown, string]>([
    [3, "assert.equal(x, 3)"],
    [{ kind: "number", value: "-0" }, "assert.equal(x, -0)"],
    [{ kind: "number", value: "NaN" }, "assert.equal(x, NaN)"],
    [undefined, "assert.equal(x, undefined)"],
    [null, "assert.equal(x, null)"],
    [{ kind: "bigint", value: "12" }, "assert.equal(x, 12n)"],
    ["a", 'assert.equal(x, "a")'],
    [THIRD, "assert.ok(Math.abs(x - 0.333333333333) < 1e-10)"],
    [-THIRD * 1e6, "assert.ok(Math.abs(x + 333333.333333) < 0.0001)"],
    [Math.sin(Math.PI), "assert.ok(Math.abs(x - 1.22464679915e-16) < 1e-12)"],
  ])("%j", (value, expected) => {
    expect(assertionsOn(value)).toEqual([expected]);
  });

  test("long text is compared by length and beginning", () => {
    const value = { kind: "string", value: "ab ".repeat(100), length: 3000 };
    expect(assertionsOn(value)).toEqual([
      "assert.equal(x.length, 3000)",
      `assert.ok(x.startsWith("ab ".repeat(20)))`,
    ]);
  });

  test("text with the fixture folder in it is built from the current directory", () => {
    expect(assertionsOn("<fixture>/a.txt")).toEqual(['assert.equal(x, process.cwd() + "/a.txt")']);
    expect(assertionsOn("in <fixture>")).toEqual(['assert.equal(x, "in " + process.cwd())']);
  });

  test("text with the project folder in it is compared around it", () => {
    expect(assertionsOn("<project>/lib/a.js")).toEqual(['assert.ok(x.endsWith("/lib/a.js"))']);
    expect(assertionsOn("root: <project>")).toEqual(['assert.ok(x.startsWith("root: "))']);
    expect(assertionsOn("<project>")).toEqual([]);
  });

  test("long text that begins in a folder is not asserted", () => {
    expect(
      assertionsOn({ kind: "string", value: `<fixture>${"x".repeat(390)}`, length: 900 }),
    ).toEqual([]);
    const inside = { kind: "string", value: `${"x".repeat(80)}<fixture>`, length: 900 };
    expect(assertionsOn(inside)).toEqual([`assert.ok(x.startsWith("x".repeat(60)))`]);
  });
});

describe("structures", () => {
  test.each<[unknown, string]>([
    [[1, [2]], "assert.deepEqual(x, [1, [2]])"],
    [{ a: undefined }, "assert.deepEqual(x, { a: undefined })"],
    [instance("null", { a: 1 }), "assert.deepEqual({ ...x }, { a: 1 })"],
    [instance("Complex", { re: 1 }), "assert.deepEqual({ ...x }, { re: 1 })"],
    [
      { kind: "array", items: [snap(1)], length: 1, isPlain: false },
      "assert.deepEqual([...x], [1])",
    ],
    [[instance("Complex", { re: 1 })], "assert.deepEqual(plain(x), [{ re: 1 }])"],
    [[THIRD, 1], "assert.deepEqual(rounded(x), [0.3333333333, 1])"],
    [
      { kind: "map", entries: [[snap("a"), snap(1)]], size: 1 },
      'assert.deepEqual(x, new Map([["a", 1]]))',
    ],
    [{ kind: "map", entries: [], size: 0 }, "assert.deepEqual(x, new Map())"],
    [{ kind: "set", items: [snap(1)], size: 1 }, "assert.deepEqual(x, new Set([1]))"],
    [{ kind: "set", items: [], size: 0 }, "assert.deepEqual(x, new Set())"],
    [{ kind: "set", items: [snap(1)], size: 90 }, "assert.equal(x.size, 90)"],
    [{ kind: "map", entries: [[snap(THIRD), snap(1)]], size: 1 }, "assert.equal(x.size, 1)"],
    [
      { kind: "bytes", type: "Buffer", base64: "aGk=", length: 2 },
      'assert.deepEqual(x, Buffer.from("hi"))',
    ],
    [
      { kind: "bytes", type: "ArrayBuffer", base64: "aGk=", length: 900 },
      "assert.equal(x.byteLength, 900)",
    ],
    [
      { kind: "typed-array", type: "Int8Array", items: [1], length: 1 },
      "assert.deepEqual(x, new Int8Array([1]))",
    ],
    [{ kind: "date", epochMs: 0 }, "assert.deepEqual(x, new Date(0))"],
    [{ kind: "date", epochMs: "NaN" }, "assert.ok(Number.isNaN(x.getTime()))"],
    [{ kind: "regexp", source: "a/b", flags: "g" }, 'assert.equal(String(x), "/a/b/g")'],
    [{ kind: "symbol", description: "id" }, 'assert.equal(x.description, "id")'],
    [fnSnapshot, 'assert.equal(typeof x, "function")'],
    [{ kind: "same", statement: 0 }, "assert.equal(x, result0)"],
    [{ kind: "opaque", className: "Promise" }, "assert.ok(x instanceof Promise)"],
    [instance("Complex", {}), "assert.ok(x instanceof Complex)"],
    [instance("Unknown", {}), "assert.deepEqual({ ...x }, {})"],
  ])("%j", (value, expected) => {
    expect(assertionsOn(value)).toEqual([expected]);
  });

  test.each<[unknown]>([
    [{ kind: "opaque", className: "Object" }],
    [{ kind: "opaque", className: "Elsewhere" }],
    [{ kind: "same", statement: 1 }],
  ])("nothing is certain of %j", (value) => {
    expect(assertionsOn(value)).toEqual([]);
  });

  test("what cannot be written is taken apart, simple parts first", () => {
    const value = {
      run: fnSnapshot,
      list: [1],
      name: "n",
      _private: 2,
      _events: {},
      error: error("ParseError", "line 3"),
    };
    expect(assertionsOn(value)).toEqual([
      'assert.equal(x.name, "n")',
      "assert.equal(x._private, 2)",
      "assert.deepEqual(x.list, [1])",
      "assert.ok(x.error instanceof ParseError)",
      'assert.equal(x.error.message, "line 3")',
    ]);
  });

  test("an interface of functions is asserted by its functions", () => {
    const api = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, fnSnapshot]));
    expect(assertionsOn(api)).toEqual([
      'assert.equal(typeof x.a, "function")',
      'assert.equal(typeof x.b, "function")',
      'assert.equal(typeof x.c, "function")',
    ]);
  });

  test("long lists are asserted by length and first items", () => {
    const value = Array.from({ length: 90 }, (_, n) => n);
    expect(assertionsOn(value)).toEqual([
      "assert.equal(x.length, 90)",
      "assert.equal(x[0], 0)",
      "assert.equal(x[1], 1)",
      "assert.equal(x[2], 2)",
      "assert.equal(x[3], 3)",
    ]);
  });

  test("typed arrays of floats are asserted item by item", () => {
    const value = {
      kind: "typed-array",
      type: "Float64Array",
      items: [THIRD, "NaN", 1],
      length: 3,
    };
    expect(assertionsOn(value)).toEqual([
      "assert.equal(x.length, 3)",
      "assert.ok(Math.abs(x[0] - 0.333333333333) < 1e-10)",
      "assert.equal(x[2], 1)",
    ]);
  });

  test("a cycle or a deep structure ends where nothing more can be said", () => {
    const deep = { a: { b: { c: { d: { e: fnSnapshot } } } } };
    expect(assertionsOn(deep)).toEqual([]);
    expect(assertionsOn({ self: { kind: "opaque", className: "Object" }, n: 1 })).toEqual([
      "assert.equal(x.n, 1)",
    ]);
  });

  test("keys that hold a folder are left out by comparing parts", () => {
    expect(assertionsOn({ "<fixture>/a": 1, b: 2 })).toEqual([
      'assert.equal(x["<fixture>/a"], 1)',
      "assert.equal(x.b, 2)",
    ]);
  });
});

describe("errors as values", () => {
  test.each<[Snapshot, string[]]>([
    [error("Error", "no"), ['assert.equal(x.message, "no")']],
    [error("Error", ""), ["assert.ok(x instanceof Error)"]],
    [
      error("RangeError", "too far"),
      ["assert.ok(x instanceof RangeError)", 'assert.equal(x.message, "too far")'],
    ],
    [error("TypeError", "x is not a function"), ["assert.ok(x instanceof TypeError)"]],
    [
      error("Custom", "at /a/b/c: nothing there"),
      ['assert.equal(x.name, "Custom")', "assert.match(x.message, /nothing there/)"],
    ],
  ])("%j", (value, expected) => {
    expect(assertionsOn(value)).toEqual(expected);
  });
});

describe("other dialects", () => {
  test("expect ignores classes and takes tolerances inside", () => {
    expect(assertionsOn(instance("Complex", { re: 1 }), "expect")).toEqual([
      "expect(x).toEqual({ re: 1 })",
    ]);
    expect(assertionsOn(instance("Complex", { re: undefined }), "expect")).toEqual([
      "expect({ ...x }).toStrictEqual({ re: undefined })",
    ]);
    expect(assertionsOn([instance("Complex", { re: THIRD })], "expect")).toEqual([
      "expect(x).toEqual([{ re: expect.closeTo(0.333333333333, 10) }])",
    ]);
    expect(assertionsOn({ constructor: [1] }, "expect")).toEqual([
      "expect(x).toEqual({ constructor: [1] })",
    ]);
    expect(
      assertionsOn({ kind: "array", items: [snap(1)], length: 1, isPlain: false }, "expect"),
    ).toEqual(["expect([...x]).toStrictEqual([1])"]);
    expect(
      assertionsOn({ kind: "set", items: [instance("Complex", { a: 1 })], size: 1 }, "expect"),
    ).toEqual(["expect(x.size).toBe(1)"]);
    expect(
      assertionsOn({ kind: "map", entries: [[snap(1), snap([2])]], size: 1 }, "expect"),
    ).toEqual(["expect(x).toStrictEqual(new Map([[1, [2]]]))"]);
    expect(assertionsOn(THIRD, "expect")).toEqual(["expect(x).toBeCloseTo(0.333333333333, 10)"]);
    expect(assertionsOn(undefined, "expect")).toEqual(["expect(x).toBeUndefined()"]);
    expect(assertionsOn(null, "expect")).toEqual(["expect(x).toBeNull()"]);
    expect(assertionsOn(fnSnapshot, "expect")).toEqual(['expect(typeof x).toBe("function")']);
    expect(assertionsOn({ kind: "same", statement: 0 }, "expect")).toEqual([
      "expect(x).toBe(result0)",
    ]);
    expect(assertionsOn(instance("Complex", {}), "expect")).toEqual([
      "expect(x).toBeInstanceOf(Complex)",
    ]);
    expect(assertionsOn("<project>/a.js", "expect")).toEqual([
      'expect(x.endsWith("/a.js")).toBe(true)',
    ]);
    expect(assertionsOn(error("E", "at /a/b/c: nothing there"), "expect")).toEqual([
      'expect(x.name).toBe("E")',
      "expect(x.message).toMatch(/nothing there/)",
    ]);
  });

  test("Chai says the same in its own words", () => {
    expect(assertionsOn(undefined, "chai")).toEqual(["expect(x).to.be.undefined"]);
    expect(assertionsOn({ kind: "number", value: "NaN" }, "chai")).toEqual(["expect(x).to.be.NaN"]);
    expect(assertionsOn({ kind: "number", value: "-0" }, "chai")).toEqual([
      "expect(Object.is(x, -0)).to.equal(true)",
    ]);
    expect(assertionsOn([THIRD], "chai")).toEqual([
      "expect(rounded(x)).to.deep.equal([0.3333333333])",
    ]);
    expect(assertionsOn(THIRD, "chai")).toEqual(["expect(x).to.be.closeTo(0.333333333333, 1e-10)"]);
    expect(assertionsOn(fnSnapshot, "chai")).toEqual(['expect(typeof x).to.equal("function")']);
    expect(assertionsOn({ kind: "same", statement: 0 }, "chai")).toEqual([
      "expect(x).to.equal(result0)",
    ]);
    expect(assertionsOn(instance("Complex", {}), "chai")).toEqual([
      "expect(x).to.be.an.instanceOf(Complex)",
    ]);
    expect(assertionsOn("<project>/a.js", "chai")).toEqual([
      'expect(x.endsWith("/a.js")).to.equal(true)',
    ]);
    expect(assertionsOn(error("E", "at /a/b/c: nothing there"), "chai")).toEqual([
      'expect(x.name).to.equal("E")',
      "expect(x.message).to.match(/nothing there/)",
    ]);
  });
});
