import { parse } from "@babel/parser";
import { describe, expect, test } from "vitest";

import type { Statement, TestProgram, ValueGene } from "../../../../src/contract/program.ts";
import type { RunnerName } from "../../../../src/contract/project.ts";
import type { Snapshot } from "../../../../src/contract/snapshot.ts";
import type { FindingPromise } from "../../../../src/search/findings/judge.ts";
import {
  printCall,
  printSnapshot,
  printValue,
} from "../../../../src/search/findings/print-code.ts";
import { printFindingTest } from "../../../../src/search/findings/print-finding.ts";
import { aProgram, arr, call, num, NUMBER, obj, sArr, sNum, sObj, sStr, str } from "./builders.ts";

function print(
  program: TestProgram,
  promise: FindingPromise,
  target: { runner?: RunnerName; system?: "commonjs" | "esm" } = {},
  summary = "what went wrong",
): string {
  const { runner = "node", system = "commonjs" } = target;
  const text = printFindingTest(
    { program, statement: program.statements.length - 1, promise, summary },
    { runner, system, importPath: "../index.js" },
  );
  const isModule = /^import /m.test(text);
  parse(text, { sourceType: isModule ? "module" : "script", allowReturnOutsideFunction: false });
  return text;
}

const NO_THROW: FindingPromise = { kind: "does-not-throw" };

describe("the printed test", () => {
  test("of a crash asserts that the call does not throw", () => {
    expect(
      print(aProgram(call("parse", [str("")])), NO_THROW, {}, "parse breaks\non an empty text"),
    ).toBe(
      `// parse breaks on an empty text
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { parse } = require("../index.js");

test("parse accepts what its types allow", () => {
  assert.doesNotThrow(() => parse(""));
});
`,
    );
  });

  test("of an asynchronous crash asserts that it does not reject", () => {
    const program = aProgram(call("load", [str("")], true));
    expect(print(program, NO_THROW)).toContain(
      'async () => {\n  await assert.doesNotReject(async () => load(""));',
    );
    expect(print(program, NO_THROW, { runner: "vitest", system: "esm" })).toContain(
      'await expect((async () => load(""))()).resolves.not.toThrow();',
    );
  });

  test("of a contradiction asserts the declared type", () => {
    const program = aProgram(call("size", [str("a")]));
    const promise: FindingPromise = { kind: "is-of-type", type: NUMBER };
    expect(print(program, promise)).toContain(
      'assert.ok(typeof result === "number", "expected number");',
    );
    expect(print(program, promise, { runner: "jest" })).toContain(
      'expect(typeof result === "number").toBe(true);',
    );
  });

  test("of leaking state asserts that the second answer equals the first", () => {
    const program = aProgram(call("next"), call("next"));
    const promise: FindingPromise = { kind: "equals-statement", statement: 0 };
    expect(print(program, promise)).toContain(
      "  const result = next();\n  const result2 = next();\n  assert.deepEqual(result2, result);",
    );
    expect(print(program, promise, { runner: "jest" })).toContain(
      "expect(result2).toEqual(result);",
    );
  });

  test("of a hang runs the call in a process of its own", () => {
    const program = aProgram(
      { kind: "new", callee: ["Box"], args: [] },
      { kind: "method", receiver: 0, name: "spin", args: [], awaits: false },
    );
    const text = print(program, { kind: "ends" });
    expect(text).toContain('"const { Box } = require(\\"../index.js\\");"');
    expect(text).toContain('"const box = new Box();"');
    expect(text).toContain('"box.spin();"');
    expect(text).toContain("timeout: 5000");
    const waiting = aProgram(call("load", [], true));
    expect(print(waiting, { kind: "ends" })).toContain('"(async () => {"');
    expect(print(waiting, { kind: "ends" }, { system: "esm" })).toContain("--input-type=module");
    expect(print(waiting, { kind: "ends" }, { runner: "vitest" })).toContain(
      'import { test } from "vitest";',
    );
  });

  test("names results by class, property and role, never twice", () => {
    const program = aProgram(
      { kind: "new", callee: ["Test"], args: [] },
      { kind: "new", callee: ["Test"], args: [] },
      { kind: "get", receiver: 0, name: "size" },
      { kind: "set", receiver: 0, name: "a-b", value: num(1) },
      { kind: "call-value", callee: 2, args: [{ kind: "ref", statement: 1 }], awaits: false },
    );
    const text = print(program, NO_THROW);
    expect(text).toContain("const test2 = new Test();");
    expect(text).toContain("const test3 = new Test();");
    expect(text).toContain("const size = test2.size;");
    expect(text).toContain('test2["a-b"] = 1;');
    expect(text).toContain("assert.doesNotThrow(() => size(test3));");
  });

  test.each<readonly [RunnerName, "commonjs" | "esm", string[], string]>([
    ["node", "commonjs", ["default"], 'const target = require("../index.js");'],
    ["node", "esm", ["default"], 'import target from "../index.js";'],
    ["node", "esm", ["a"], 'import { a } from "../index.js";'],
    ["vitest", "commonjs", ["a"], "const { a } = target;"],
    ["vitest", "commonjs", ["default"], 'import target from "../index.js";'],
    ["mocha", "commonjs", ["a"], "const test = it;"],
    ["node", "commonjs", ["delete"], "target.delete()"],
    ["node", "commonjs", ["a-b"], 'target["a-b"]()'],
    ["node", "esm", ["delete"], 'import * as module from "../index.js";'],
    ["node", "esm", ["default", "sub"], "target.sub()"],
    ["jest", "esm", ["a"], 'import { a } from "../index.js";'],
  ])("imports for %s with %s exports %j", (runner, system, path, expected) => {
    const program = aProgram({ kind: "call", callee: path, args: [], awaits: false });
    expect(print(program, NO_THROW, { runner, system })).toContain(expected);
  });

  test("imports default and named exports together", () => {
    const program = aProgram(call("default", [{ kind: "export", path: ["Box"] }]));
    expect(print(program, NO_THROW, { system: "esm" })).toContain(
      'import target, { Box } from "../index.js";',
    );
    expect(print(program, NO_THROW)).toContain("target(target.Box)");
  });

  test("prints every kind of statement", () => {
    const statements: readonly Statement[] = [
      { kind: "new", callee: ["Box"], args: [] },
      { kind: "iterate", receiver: 0, limit: 5, awaits: false },
      { kind: "iterate", receiver: 0, limit: 5, awaits: true },
      { kind: "wait-event", receiver: 0, event: "end" },
      { kind: "call-with-callback", callee: ["read"], args: [] },
      { kind: "call-with-callback", callee: { receiver: 0, name: "read" }, args: [str("a")] },
    ];
    const text = print(aProgram(...statements), NO_THROW);
    expect(text).toContain("Array.from(box).slice(0, 5)");
    expect(text).toContain("await Array.fromAsync(box)");
    expect(text).toContain('box.once("end"');
    expect(text).toContain("read((...results) => resolve(results))");
    expect(text).toContain('box.read("a", (...results) => resolve(results))');
  });

  test("brings the fixture files that the program ran among", () => {
    const text = print(
      { ...aProgram(call("read", [str("file.txt")])), usesFixture: true },
      NO_THROW,
    );
    expect(text).toContain('writeFileSync("file.txt", "hello\\nworld\\n");');
    expect(text).toContain('mkdirSync("empty");');
    expect(text).toContain("process.chdir(");
  });

  test("cannot be broken out of by what the target said", () => {
    const text = print(
      aProgram(call("f", [str("\u2028`${x}`*/")])),
      NO_THROW,
      {},
      "bad\u2028process.exit()\r\nprocess.exit()",
    );
    expect(text.split("\n")[0]).toBe("// bad process.exit() process.exit()");
    expect(text).toContain('f("\\u2028`${x}`*/")');
  });

  test.each<readonly [Statement, string]>([
    [{ kind: "method", receiver: 0, name: "go", args: [], awaits: false }, "go accepts"],
    [
      { kind: "call-with-callback", callee: { receiver: 0, name: "read" }, args: [] },
      "read accepts",
    ],
    [{ kind: "call-with-callback", callee: ["default"], args: [] }, "the export accepts"],
    [{ kind: "call-value", callee: 0, args: [], awaits: false }, "the result accepts"],
    [call("default"), "the export accepts"],
  ])("is titled by what it calls", (statement, title) => {
    expect(print(aProgram(call("make"), statement), NO_THROW)).toContain(title);
  });
});

describe("printed values", () => {
  const names = {
    ref: (index: number) => `r${index}`,
    path: (path: readonly string[]) => path.join("."),
  };
  const cases: readonly (readonly [ValueGene, string])[] = [
    [{ kind: "undefined" }, "undefined"],
    [{ kind: "number", value: "-0" }, "-0"],
    [{ kind: "bigint", value: "5" }, "5n"],
    [{ kind: "symbol", description: "a" }, 'Symbol("a")'],
    [{ kind: "regexp", source: "a+", flags: "g" }, "/a+/g"],
    [{ kind: "regexp", source: "a/b", flags: "" }, 'new RegExp("a/b", "")'],
    [{ kind: "regexp", source: "", flags: "" }, 'new RegExp("", "")'],
    [{ kind: "date", epochMs: 0 }, 'new Date("1970-01-01T00:00:00.000Z")'],
    [{ kind: "date", epochMs: "NaN" }, "new Date(NaN)"],
    [{ kind: "date", epochMs: 1e30 }, "new Date(1e+30)"],
    [obj({ a: num(1), "b-c": str("x") }), '{ a: 1, "b-c": "x" }'],
    [{ kind: "object", entries: [["__proto__", num(1)]] }, '{ ["__proto__"]: 1 }'],
    [{ kind: "map", entries: [[num(1), num(2)]] }, "new Map([[1, 2]])"],
    [{ kind: "set", items: [num(1)] }, "new Set([1])"],
    [{ kind: "bytes", type: "Buffer", base64: "aGk=" }, 'Buffer.from("hi")'],
    [{ kind: "bytes", type: "Buffer", base64: "/w==" }, 'Buffer.from("/w==", "base64")'],
    [{ kind: "bytes", type: "Uint8Array", base64: "aGk=" }, 'new Uint8Array(Buffer.from("hi"))'],
    [
      { kind: "bytes", type: "ArrayBuffer", base64: "aGk=" },
      'new Uint8Array(Buffer.from("hi")).buffer',
    ],
    [{ kind: "typed-array", type: "Int8Array", items: [1, 2] }, "Int8Array.from([1, 2])"],
    [{ kind: "error", type: "RangeError", message: "no" }, 'new RangeError("no")'],
    [{ kind: "promise", value: num(1) }, "Promise.resolve(1)"],
    [{ kind: "rejected-promise", message: "no" }, 'Promise.reject(new Error("no"))'],
    [{ kind: "iterable", items: [num(1)] }, "[1].values()"],
    [{ kind: "ref", statement: 2 }, "r2"],
    [{ kind: "export", path: ["A", "b"] }, "A.b"],
    [{ kind: "function", template: { kind: "constant", value: obj({}) } }, "() => ({})"],
    [
      { kind: "function", template: { kind: "constant", value: { kind: "undefined" } } },
      "() => {}",
    ],
    [{ kind: "function", template: { kind: "spy", returns: num(1) } }, "() => 1"],
    [{ kind: "function", template: { kind: "spy", returns: { kind: "undefined" } } }, "() => {}"],
    [{ kind: "function", template: { kind: "async-constant", value: num(1) } }, "async () => 1"],
    [
      { kind: "function", template: { kind: "async-constant", value: { kind: "undefined" } } },
      "async () => {}",
    ],
    [{ kind: "function", template: { kind: "argument", index: 1 } }, "(a, b) => b"],
    [{ kind: "function", template: { kind: "argument", index: 7 } }, "(...args) => args[7]"],
    [{ kind: "function", template: { kind: "operator", operator: "<" } }, "(a, b) => a < b"],
    [{ kind: "function", template: { kind: "property", name: "x" } }, "(item) => item.x"],
    [
      { kind: "function", template: { kind: "throws", message: "no" } },
      '() => { throw new Error("no"); }',
    ],
    [
      { kind: "function", template: { kind: "calls-back", error: num(1), value: num(2) } },
      '(...args) => args.findLast((arg) => typeof arg === "function")?.(1, 2)',
    ],
  ];
  test.each(cases)("%j is %s", (gene, expected) => {
    expect(printValue(gene, names)).toBe(expected);
    parse(`(${expected})`);
  });

  test("a call with all it needs is one line, cut when long", () => {
    const program = aProgram(call("make", [arr(num(1))]), {
      kind: "method",
      receiver: 0,
      name: "go",
      args: [{ kind: "ref", statement: 0 }],
      awaits: false,
    });
    expect(printCall(program, 1)).toBe("make([1]).go(make([1]))");
    expect(printCall(aProgram(call("f", [str("x".repeat(500))])), 0)).toHaveLength(160);
    expect(printCall(aProgram(), 3)).toBe("…");
    const withCallback: Statement = {
      kind: "call-with-callback",
      callee: { receiver: 0, name: "read" },
      args: [],
    };
    expect(printCall(aProgram(call("make"), withCallback), 1)).toBe("make().read(callback)");
  });

  test.each<readonly [Snapshot, string]>([
    [{ kind: "null" }, "null"],
    [{ kind: "bigint", value: "5" }, "5n"],
    [{ kind: "symbol", description: "a" }, "Symbol(a)"],
    [{ kind: "regexp", source: "a", flags: "g" }, "/a/g"],
    [{ kind: "date", epochMs: "NaN" }, "Invalid Date"],
    [{ kind: "date", epochMs: 0 }, 'Date "1970-01-01T00:00:00.000Z"'],
    [sArr(sNum(1), sStr("a")), '[1, "a"]'],
    [sObj({ a: sNum(1) }), "{ a: 1 }"],
    [sObj({}, "Box"), "Box {}"],
    [{ kind: "map", entries: [], size: 2 }, "Map(2)"],
    [{ kind: "set", items: [], size: 2 }, "Set(2)"],
    [{ kind: "bytes", type: "Buffer", base64: "", length: 3 }, "Buffer(3)"],
    [{ kind: "error", name: "Error", message: "no" }, "Error: no"],
    [{ kind: "function", name: "f" }, "function f"],
    [{ kind: "same", statement: 0 }, "an earlier result"],
    [{ kind: "opaque", className: "Proxy" }, "Proxy"],
    [sArr(sArr(sArr(sArr(sArr())))), "[[[[…]]]]"],
  ])("an observed %j reads %s", (snapshot, expected) => {
    expect(printSnapshot(snapshot)).toBe(expected);
  });

  test("an observed value is cut when long", () => {
    expect(printSnapshot(sStr("x".repeat(500)))).toHaveLength(120);
  });
});
