import { describe, expect, test } from "vitest";

import type { TypeHint } from "../../../../src/contract/api-model.ts";
import type { FunctionTemplate, ValueGene } from "../../../../src/contract/program.ts";
import {
  createArgumentFitter,
  fitNothing,
  fits,
} from "../../../../src/emission/values/fit-types.ts";
import {
  api,
  call,
  candidate,
  fn,
  gene,
  params,
  printOne,
  program,
  ref,
  returned,
} from "../builders.ts";

const NUMBER: TypeHint = { kind: "number" };
const STRING: TypeHint = { kind: "string" };

test.each<[unknown, TypeHint, boolean]>([
  [1, NUMBER, true],
  ["1", NUMBER, false],
  [1, { kind: "integer" }, true],
  [1, { kind: "unknown" }, true],
  [1, { kind: "any" }, true],
  [ref(0), NUMBER, true],
  [{ kind: "export", path: ["x"] } satisfies ValueGene, NUMBER, true],
  ["a", { kind: "union", of: [NUMBER, STRING] }, true],
  [true, { kind: "union", of: [NUMBER, STRING] }, false],
  ["a", { kind: "literal", value: "a" }, true],
  ["b", { kind: "literal", value: "a" }, false],
  [null, { kind: "literal", value: "a" }, false],
  [undefined, { kind: "void" }, true],
  [[1], { kind: "array", of: NUMBER }, true],
  [["a"], { kind: "array", of: NUMBER }, false],
  [1, { kind: "array", of: NUMBER }, false],
  [[1, 2], { kind: "tuple", items: [NUMBER, NUMBER] }, true],
  [[1], { kind: "tuple", items: [NUMBER, NUMBER] }, false],
  [{ kind: "promise", value: gene(1) } satisfies ValueGene, { kind: "promise", of: NUMBER }, true],
  [1, { kind: "promise", of: NUMBER }, false],
  ["ab", { kind: "iterable", of: STRING, isAsync: false }, true],
  [1, { kind: "iterable", of: STRING, isAsync: false }, false],
  [
    { kind: "typed-array", type: "Int8Array", items: [] } satisfies ValueGene,
    { kind: "typed-array", type: "Int8Array" },
    true,
  ],
  [
    { kind: "typed-array", type: "Int8Array", items: [] } satisfies ValueGene,
    { kind: "typed-array", type: "Int16Array" },
    false,
  ],
  [{}, { kind: "instance", path: ["X"], className: "X" }, false],
  [1, { kind: "never" }, false],
])("%j may have the type %j: %s", (value, type, expected) => {
  expect(fits(gene(value), type)).toBe(expected);
});

describe("object types", () => {
  const type: TypeHint = {
    kind: "object",
    properties: [
      { name: "a", optional: false, type: NUMBER },
      { name: "b", optional: true, type: STRING },
    ],
    index: null,
  };

  test.each<[unknown, boolean]>([
    [{ a: 1 }, true],
    [{ a: 1, b: "x" }, true],
    [{ a: 1, b: undefined }, true],
    [{ a: "x" }, false],
    [{ b: "x" }, false],
    [{ a: 1, c: 2 }, false],
    [1, false],
  ])("accept %j: %s", (value, expected) => {
    expect(fits(gene(value), type)).toBe(expected);
  });

  test("accept further keys where they have an index type, and functions where nothing is required", () => {
    expect(fits(gene({ a: 1, c: 2 }), { ...type, index: NUMBER })).toBe(true);
    const open: TypeHint = { kind: "object", properties: [], index: null };
    expect(fits(fn({ kind: "argument", index: 0 }), open)).toBe(true);
  });
});

describe("arguments in TypeScript", () => {
  const fitOf = (callables: Parameters<typeof api>[0]) =>
    createArgumentFitter(api(callables), () => ["add"]);
  const typed = [{ path: ["add"], signatures: params(["a", NUMBER]) }];

  test("get `as never` where the types certainly forbid them", () => {
    expect(fitOf(typed)(program("lib/math.js", call("add", "x")), 0, 0, '"x"')).toEqual([
      '"x"',
      " as never",
    ]);
    expect(fitOf(typed)(program("lib/math.js", call("add", 1)), 0, 0, "1")).toBe("1");
  });

  test.each<[FunctionTemplate, string]>([
    [{ kind: "constant", value: gene(undefined) }, "add((() => {}) as never)"],
    [{ kind: "constant", value: gene({ a: 1 }) }, "add((() => ({ a: 1 })) as never)"],
    [{ kind: "argument", index: 0 }, "add(((a: any) => a) as never)"],
    [{ kind: "operator", operator: "<" }, "add(((a: any, b: any) => a < b) as never)"],
    [{ kind: "property", name: "size" }, "add(((x: any) => x.size) as never)"],
    [{ kind: "async-constant", value: gene(1) }, "add((async () => 1) as never)"],
    [
      { kind: "calls-back", error: null, value: gene(1) },
      "add(((...args: any[]) => args.at(-1)?.(null, 1)) as never)",
    ],
    [{ kind: "spy", returns: gene(2) }, "add((() => 2) as never)"],
    [{ kind: "throws", message: "no" }, 'add((() => { throw new Error("no"); }) as never)'],
  ])("stand in brackets where they are functions: %j", async (template, printed) => {
    const module = "lib/math.ts";
    const only = candidate([call("add", fn(template))], [returned(3)], { module });
    const source = await printOne(only, {
      project: { isTypeScript: true, sourceFiles: [module] },
      api: api(typed, module),
    });
    expect(source.replaceAll(/\s+/gu, " ")).toContain(printed);
  });

  test("stay as they are where nothing is known", () => {
    const untyped = [{ path: ["add"], isTyped: false, signatures: params(["a", NUMBER]) }];
    expect(fitOf(untyped)(program("lib/math.js", call("add", "x")), 0, 0, "x")).toBe("x");
    expect(fitOf(typed)(program("lib/other.js", call("add", "x")), 0, 0, "x")).toBe("x");
    expect(fitOf(typed)(program("lib/math.js", call("add", 1, "x")), 0, 1, "x")).toBe("x");
    expect(fitNothing(program("lib/math.js", call("add", "x")), 0, 0, "x")).toBe("x");
    const unknownPath = createArgumentFitter(api(typed), () => null);
    expect(unknownPath(program("lib/math.js", call("add", "x")), 0, 0, "x")).toBe("x");
  });

  test("see through optional and rest parameters", () => {
    const signatures = [
      {
        params: [
          { name: "a", type: NUMBER, optional: true, rest: false },
          {
            name: "more",
            type: { kind: "array", of: NUMBER } satisfies TypeHint,
            optional: false,
            rest: true,
          },
        ],
        returns: NUMBER,
      },
    ];
    const fit = fitOf([{ path: ["add"], signatures }]);
    const given = program("lib/math.js", call("add", undefined, 1, 2, "x"));
    expect(fit(given, 0, 0, "undefined")).toBe("undefined");
    expect(fit(given, 0, 2, "2")).toBe("2");
    expect(fit(given, 0, 3, "x")).toEqual(["x", " as never"]);
  });
});
