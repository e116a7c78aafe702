import { describe, expect, test } from "vitest";

import {
  concatPrograms,
  dropStatement,
  isWellFormed,
  keepStatements,
  mapValueRefs,
  refsOf,
  refsOfValue,
  sliceFor,
  toCallKey,
  toCost,
  toKindsKey,
  withArgs,
} from "../../../src/search/engine/program-tools.ts";
import type { Statement, ValueGene } from "../../../src/contract/program.ts";
import { aProgram, call, method, num } from "./builders.ts";

const ref = (statement: number): ValueGene => ({ kind: "ref", statement });

describe("references of values", () => {
  const nested: ValueGene = {
    kind: "array",
    items: [
      { kind: "object", entries: [["a", ref(1)]] },
      { kind: "map", entries: [[ref(2), ref(3)]] },
      { kind: "promise", value: ref(4) },
      { kind: "function", template: { kind: "constant", value: ref(5) } },
      { kind: "function", template: { kind: "calls-back", error: ref(6), value: ref(7) } },
      { kind: "function", template: { kind: "spy", returns: ref(8) } },
      { kind: "function", template: { kind: "argument", index: 0 } },
      { kind: "set", items: [ref(9)] },
      { kind: "iterable", items: [ref(10)] },
    ],
  };

  test("are found at every depth", () => {
    expect([...refsOfValue(nested)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("are renumbered at every depth", () => {
    const moved = mapValueRefs(nested, (old) => old + 10);
    expect([...refsOfValue(moved)]).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });
});

describe("slices", () => {
  const program = aProgram(
    call("make"),
    call("other"),
    method(0, "add", num(1)),
    { kind: "get", receiver: 1, name: "size" },
    method(0, "size"),
  );

  test("hold what a statement needs and what touched its receiver before", () => {
    expect([...sliceFor(program, 4)].sort()).toEqual([0, 2, 4]);
  });

  test("leave out reads of other results", () => {
    expect([...sliceFor(program, 2)].sort()).toEqual([0, 2]);
  });

  test("renumber what stays", () => {
    expect(keepStatements(program, new Set([1, 3])).statements).toEqual([
      call("other"),
      { kind: "get", receiver: 0, name: "size" },
    ]);
  });
});

describe("dropping a statement", () => {
  test("takes along what depends on it", () => {
    const program = aProgram(call("a"), call("b", ref(0)), call("c"), method(1, "d"));
    expect(dropStatement(program, 0)?.statements).toEqual([call("c")]);
  });

  test("answers null when nothing stays", () => {
    expect(dropStatement(aProgram(call("a")), 0)).toBeNull();
  });
});

test("joining programs moves the references of the second", () => {
  const second = aProgram(call("b"), {
    kind: "call-with-callback",
    callee: { receiver: 0, name: "read" },
    args: [ref(0)],
  });
  const joined = concatPrograms(aProgram(call("a")), second);
  expect([...refsOf(joined.statements[2]!)]).toEqual([1]);
  expect(isWellFormed(joined)).toBe(true);
});

test("a reference that points forward is not well formed", () => {
  expect(isWellFormed(aProgram(call("a", ref(0))))).toBe(false);
});

test.each<[string, Statement, string]>([
  ["call", call("a", num(1)), "index.js a"],
  ["method", method(0, "m"), "index.js .m"],
  ["callback on an export", { kind: "call-with-callback", callee: ["r"], args: [] }, "index.js r"],
  [
    "callback on a result",
    { kind: "call-with-callback", callee: { receiver: 0, name: "r" }, args: [] },
    "index.js .r",
  ],
  ["read", { kind: "get", receiver: 0, name: "x" }, "index.js get"],
])("a %s is named by what it calls", (_, statement, name) => {
  expect(toCallKey(aProgram(), statement).startsWith(`${name} `)).toBe(true);
});

test("kinds of arguments name a group of calls", () => {
  expect(toKindsKey(aProgram(), call("a", num(1), num(2)))).toBe("index.js a (number, number)");
});

test("a set takes one value", () => {
  const set: Statement = { kind: "set", receiver: 0, name: "x", value: num(1) };
  expect(withArgs(set, [num(2)])).toEqual({ ...set, value: num(2) });
  expect(withArgs(set, [])).toEqual(set);
});

test("a longer program costs more", () => {
  expect(toCost(aProgram(call("a"), call("b")))).toBeGreaterThan(toCost(aProgram(call("a"))));
});
