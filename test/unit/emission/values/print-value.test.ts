import { describe, expect, test } from "vitest";

import type { FunctionTemplate, ValueGene } from "../../../../src/contract/program.ts";
import { render } from "../../../../src/emission/layout.ts";
import {
  printFunction,
  printTypedArray,
  printValue,
} from "../../../../src/emission/values/print-value.ts";
import { gene } from "../builders.ts";

const scope = {
  refOf: (statement: number) => `result${statement}`,
  exportOf: (path: readonly string[]) => path.join("."),
  rejectionOf: (message: string) => `rejection /* ${message} */`,
};
const print = (value: ValueGene, isTypeScript = false): string =>
  render(printValue(value, { ...scope, isTypeScript }));
const printTemplate = (template: FunctionTemplate, isTypeScript = false): string =>
  print({ kind: "function", template }, isTypeScript);

test.each<[ValueGene, string]>([
  [gene(undefined), "undefined"],
  [gene(null), "null"],
  [gene(true), "true"],
  [gene(-3n), "-3n"],
  [{ kind: "symbol", description: "id" }, 'Symbol("id")'],
  [gene([1, "a", []]), '[1, "a", []]'],
  [gene({ a: 1, "b-c": {} }), '{ a: 1, "b-c": {} }'],
  [
    {
      kind: "object",
      entries: [
        ["a", gene(1)],
        ["b", gene(2)],
        ["a", gene(3)],
      ],
    },
    "{ a: 3, b: 2 }",
  ],
  [{ kind: "map", entries: [] }, "new Map()"],
  [{ kind: "map", entries: [[gene("k"), gene(1)]] }, 'new Map([["k", 1]])'],
  [{ kind: "set", items: [] }, "new Set()"],
  [{ kind: "set", items: [gene(1)] }, "new Set([1])"],
  [{ kind: "iterable", items: [gene(1), gene(2)] }, "[1, 2].values()"],
  [{ kind: "typed-array", type: "Int8Array", items: [1, -1] }, "new Int8Array([1, -1])"],
  [{ kind: "typed-array", type: "Int8Array", items: [] }, "new Int8Array(0)"],
  [{ kind: "error", type: "RangeError", message: "far" }, 'new RangeError("far")'],
  [{ kind: "promise", value: gene(1) }, "Promise.resolve(1)"],
  [{ kind: "rejected-promise", message: "no" }, "rejection /* no */"],
  [{ kind: "ref", statement: 4 }, "result4"],
  [{ kind: "export", path: ["Complex", "ZERO"] }, "Complex.ZERO"],
])("%j prints as an expression", (value, expected) => {
  expect(print(value)).toBe(expected);
});

describe("callbacks", () => {
  test.each<[FunctionTemplate, string]>([
    [{ kind: "constant", value: gene(1) }, "() => 1"],
    [{ kind: "constant", value: gene({ a: 1 }) }, "() => ({ a: 1 })"],
    [{ kind: "constant", value: gene(undefined) }, "() => {}"],
    [{ kind: "argument", index: 0 }, "(a) => a"],
    [{ kind: "argument", index: 2 }, "(a, b, c) => c"],
    [{ kind: "operator", operator: "-" }, "(a, b) => a - b"],
    [{ kind: "property", name: "id" }, "(x) => x.id"],
    [{ kind: "throws", message: "no" }, '() => {\n  throw new Error("no");\n}'],
    [{ kind: "async-constant", value: gene(1) }, "async () => 1"],
    [{ kind: "calls-back", error: null, value: gene(1) }, "(...args) => args.at(-1)?.(null, 1)"],
    [
      { kind: "calls-back", error: gene("e"), value: gene(1) },
      '(...args) => args.at(-1)?.("e", 1)',
    ],
    [{ kind: "spy", returns: gene(1) }, "() => 1"],
  ])("%j print as a short function", (template, expected) => {
    expect(printTemplate(template)).toBe(expected);
  });

  test("get types in TypeScript", () => {
    expect(printTemplate({ kind: "argument", index: 1 }, true)).toBe("(a: any, b: any) => b");
    expect(printTemplate({ kind: "calls-back", error: null, value: gene(1) }, true)).toBe(
      "(...args: any[]) => args.at(-1)?.(null, 1)",
    );
  });

  test("that record their calls push their arguments", () => {
    const spy = (returns: unknown, isTypeScript: boolean): string =>
      render(
        printFunction({ kind: "spy", returns: gene(returns) }, { ...scope, isTypeScript }, "calls"),
      );
    expect(spy(undefined, false)).toBe("(...args) => {\n  calls.push(args);\n}");
    expect(spy(1, true)).toBe("(...args: unknown[]) => {\n  calls.push(args);\n  return 1;\n}");
  });
});

test("32-bit floats are written as short as they are stored", () => {
  const items = [Math.fround(0.1), -0, Number.NaN, 16777216];
  expect(render(printTypedArray("Float32Array", items))).toBe(
    "new Float32Array([0.1, -0, NaN, 16777216])",
  );
  expect(render(printTypedArray("BigInt64Array", ["1n"]))).toBe("new BigInt64Array([1n])");
});
