import { describe, expect, test } from "vitest";

import type { TypeHint } from "../../../../src/contract/api-model.ts";
import { describeType, toCondition } from "../../../../src/search/findings/type-text.ts";
import { ANY, BOOLEAN, func, NUMBER, param, STRING } from "./builders.ts";

describe("types as text and as a condition", () => {
  const person: TypeHint = {
    kind: "object",
    properties: [
      { name: "name", optional: false, type: STRING },
      { name: "a-b", optional: true, type: NUMBER },
      { name: "any", optional: false, type: ANY },
    ],
    index: null,
  };
  const cases: readonly (readonly [TypeHint, string, string | null])[] = [
    [NUMBER, "number", 'typeof x === "number"'],
    [{ kind: "integer" }, "integer", 'typeof x === "number"'],
    [{ kind: "null" }, "null", "x === null"],
    [{ kind: "literal", value: "a" }, '"a"', 'x === "a"'],
    [{ kind: "regexp" }, "RegExp", "x instanceof RegExp"],
    [{ kind: "date" }, "Date", "x instanceof Date"],
    [{ kind: "error" }, "Error", "x instanceof Error"],
    [{ kind: "bytes" }, "Buffer", "ArrayBuffer.isView(x)"],
    [{ kind: "typed-array", type: "Int8Array" }, "Int8Array", "x instanceof Int8Array"],
    [
      { kind: "array", of: NUMBER },
      "number[]",
      'Array.isArray(x) && x.every((item) => typeof item === "number")',
    ],
    [{ kind: "array", of: ANY }, "any[]", "Array.isArray(x)"],
    [
      { kind: "array", of: { kind: "array", of: NUMBER } },
      "number[][]",
      'Array.isArray(x) && x.every((item) => Array.isArray(item) && item.every((item1) => typeof item1 === "number"))',
    ],
    [
      { kind: "tuple", items: [NUMBER, ANY] },
      "[number, any]",
      'Array.isArray(x) && typeof x[0] === "number"',
    ],
    [
      person,
      "{ name: string; a-b?: number; any: any }",
      'typeof x === "object" && x !== null && typeof x.name === "string" && (x["a-b"] === undefined || typeof x["a-b"] === "number") && "any" in x',
    ],
    [
      { kind: "union", of: [NUMBER, STRING] },
      "number | string",
      'typeof x === "number" || typeof x === "string"',
    ],
    [{ kind: "union", of: [NUMBER, ANY] }, "number | any", null],
    [
      { kind: "array", of: { kind: "union", of: [NUMBER, ANY] } },
      "(number | any)[]",
      "Array.isArray(x)",
    ],
    [func([param("a", NUMBER)], STRING), "(a: number) => string", 'typeof x === "function"'],
    [{ kind: "promise", of: NUMBER }, "Promise<number>", "x instanceof Promise"],
    [
      { kind: "iterable", of: NUMBER, isAsync: false },
      "Iterable<number>",
      'typeof x?.[Symbol.iterator] === "function"',
    ],
    [
      { kind: "iterable", of: NUMBER, isAsync: true },
      "AsyncIterable<number>",
      'typeof x?.[Symbol.asyncIterator] === "function"',
    ],
    [{ kind: "map", key: STRING, value: NUMBER }, "Map<string, number>", "x instanceof Map"],
    [{ kind: "set", of: BOOLEAN }, "Set<boolean>", "x instanceof Set"],
    [
      { kind: "instance", path: ["Box"], className: "Box" },
      "Box",
      'typeof x === "object" && x !== null',
    ],
    [
      { kind: "object", properties: [], index: NUMBER },
      "{ [key: string]: number }",
      'typeof x === "object" && x !== null',
    ],
    [{ kind: "object", properties: [], index: null }, "{}", 'typeof x === "object" && x !== null'],
    [ANY, "any", null],
  ];
  test.each(cases)("%j reads %s", (type, text, condition) => {
    expect(describeType(type)).toBe(text);
    expect(toCondition(type, "x")).toBe(condition);
  });

  test("deep types are cut", () => {
    let type: TypeHint = NUMBER;
    for (let depth = 0; depth < 8; depth += 1) type = { kind: "array", of: type };
    expect(describeType(type)).toBe("…[][][][]");
    expect(toCondition(type, "x")!.length).toBeLessThan(200);
    const wide: TypeHint = {
      kind: "object",
      properties: Array.from({ length: 9 }, (_unused, index) => ({
        name: `p${index}`,
        optional: false,
        type: NUMBER,
      })),
      index: null,
    };
    expect(describeType(wide)).toContain("; …");
  });
});
