import { describe, expect, test } from "vitest";

import type { ApiModel, CallableHint } from "../../../../src/contract/api-model.ts";
import { isMadeFrom } from "../../../../src/search/given/is-made-from.ts";
import { toPrograms } from "../../../../src/search/given/to-programs.ts";

const MODULE = "src/index.js";

const aCallable = (
  path: readonly string[],
  kind: CallableHint["kind"] = "function",
): CallableHint => ({
  ...{ path, kind, signatures: [], isTyped: false, literals: [], where: null },
  ...{ summary: null, documentedThrows: [] },
});

const anApi = (...callables: readonly CallableHint[]): ApiModel => ({
  modules: [
    {
      ...{ file: MODULE, system: "esm", callables, seeds: [], pool: [], regexes: [] },
      propertyNames: [],
    },
  ],
});

const API = anApi(
  aCallable(["open"]),
  aCallable(["tools", "pick"]),
  aCallable(["Lock"], "constructor"),
  aCallable(["Lock", "prototype", "turn"], "method"),
);

describe("inputs that somebody proposes", () => {
  test("become programs of the search, value by value", () => {
    const { programs, dropped } = toPrograms(
      [
        {
          steps: [
            { construct: "Lock", args: ["brass"] },
            { method: "turn", on: 0, args: [-0, { deep: [null, true] }] },
            { read: "state", on: 0 },
            { call: "tools.pick", args: [{ $result: 1 }] },
          ],
        },
      ],
      API,
      MODULE,
    );
    expect(dropped).toEqual([]);
    expect(programs).toEqual([
      {
        module: MODULE,
        usesFixture: false,
        statements: [
          { kind: "new", callee: ["Lock"], args: [{ kind: "string", value: "brass" }] },
          {
            ...{ kind: "method", receiver: 0, name: "turn", awaits: false },
            args: [
              { kind: "number", value: "-0" },
              {
                kind: "object",
                entries: [
                  [
                    "deep",
                    { kind: "array", items: [{ kind: "null" }, { kind: "boolean", value: true }] },
                  ],
                ],
              },
            ],
          },
          { kind: "get", receiver: 0, name: "state" },
          {
            ...{ kind: "call", callee: ["tools", "pick"], awaits: false },
            args: [{ kind: "ref", statement: 1 }],
          },
        ],
      },
    ]);
  });

  test.each([
    ["no object", "open", /no list of steps/u],
    ["another shape", { steps: [{ run: "open" }] }, /no list of steps/u],
    ["too many steps", { steps: Array.from({ length: 21 }, () => ({ call: "open" })) }, /steps/u],
    ["an unknown export", { call: "close", args: [] }, /exports no close/u],
    ["a prototype's method as an export", { call: "Lock.prototype.turn" }, /exports no/u],
    ["a way out", { call: "open.constructor", args: ["return process"] }, /exports no/u],
    [
      "a way out of a result",
      { steps: [{ call: "open" }, { read: "__proto__", on: 0 }] },
      /__proto__ is not asked for/u,
    ],
    ["a step that comes later", { steps: [{ read: "x", on: 3 }] }, /comes later/u],
  ])("are dropped with a reason where they hold %s", (_what, input, why) => {
    const { programs, dropped } = toPrograms([input, { call: "open", args: [1] }], API, MODULE);
    expect(programs).toHaveLength(1);
    expect(dropped).toEqual([expect.stringMatching(why)]);
  });

  test("count once, and a module that is one function goes by any name", () => {
    const api = anApi(aCallable(["default"]));
    const twice = { call: "unlock", args: ["a"] };
    const { programs } = toPrograms([twice, { steps: [twice] }], api, MODULE);
    expect(programs.map(({ statements }) => statements[0])).toMatchObject([
      { callee: ["default"] },
    ]);
    expect(toPrograms([twice], API, MODULE).dropped).toHaveLength(1);
    expect(toPrograms([twice], api, "src/other.js").dropped).toHaveLength(1);
  });

  test("are known again in what the search made of them", () => {
    const read = (...inputs: readonly unknown[]): ReturnType<typeof toPrograms>["programs"] =>
      toPrograms(inputs, API, MODULE).programs;
    const given = read({ call: "open", args: ["let-loose", { code: 4711 }] });
    const isMade = (input: unknown): boolean => {
      const [program] = read(input);
      return program !== undefined && isMadeFrom(program, given);
    };
    expect(isMade({ call: "open", args: ["let"] })).toBe(true);
    expect(isMade({ call: "tools.pick", args: [[4711]] })).toBe(true);
    expect(isMade({ call: "open", args: ["x", 1] })).toBe(false);
    expect(isMade({ call: "open", args: [] })).toBe(false);
    expect(read({ call: "open", args: [1] }).every((one) => isMadeFrom(one, [one]))).toBe(true);
  });
});
