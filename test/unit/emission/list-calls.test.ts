import { describe, expect, test } from "vitest";

import { listCalls } from "../../../src/emission/written/list-calls.ts";

const callsOf = (body: string): readonly string[] => [
  ...listCalls(`test("t", () => { ${body} });`, false),
];

describe("calls of a test", () => {
  test.each([
    ["assert.equal(seconds('1h'), 3600);", ['seconds("1h")']],
    [
      "const box = new Box( -1, [1, null], { a: true, 'b': 2n } ); box.open(undefined);",
      ['Box(-1,[1,null],{a:true,b:"2"})', "open(undefined)"],
    ],
    ["expect(add(1, 2)).toBe(3);", ["add(1,2)"]],
    ["add(n, 1); run(() => 1); now();", []],
    ["assert.deepEqual(list(), [1]); assert.throws(() => parse(''));", ['parse("")']],
  ])("in %s", (body, calls) => {
    expect(callsOf(body)).toEqual(calls);
  });

  test("are none where it does not parse", () => {
    expect(listCalls("test('t', () => {", false)).toEqual(new Set());
  });
});
