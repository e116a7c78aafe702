import { describe, expect, test } from "vitest";

import type { CallableHint, TypeHint } from "../../../../src/contract/api-model.ts";
import type { Statement, ValueGene } from "../../../../src/contract/program.ts";
import type { StatementOutcome } from "../../../../src/contract/snapshot.ts";
import { judgeRecordings, type SuspectedFinding } from "../../../../src/search/findings/judge.ts";
import {
  ANY,
  anApi,
  aProgram,
  aRecording,
  BOOLEAN,
  call,
  func,
  num,
  NUMBER,
  param,
  returned,
  sArr,
  sNum,
  sObj,
  sStr,
  str,
  STRING,
  threw,
  typed,
} from "./builders.ts";

const UNDEFINED: ValueGene = { kind: "undefined" };
const CRASH = threw("TypeError", "Cannot read properties of undefined (reading 'length')");
const parse = typed(["parse"], [param("text", STRING)], NUMBER);

function judge(
  hints: readonly CallableHint[],
  statements: readonly Statement[],
  outcomes: readonly StatementOutcome[],
  pool: readonly ValueGene[] = [],
): readonly SuspectedFinding[] {
  return judgeRecordings(anApi(hints, pool), [
    { program: aProgram(...statements), recording: aRecording(...outcomes) },
  ]);
}

describe("undeclared exceptions", () => {
  test("a crash on an argument that the types allow is a finding", () => {
    const [finding] = judge([parse], [call("parse", [str("")])], [CRASH]);
    expect(finding).toMatchObject({
      kind: "undeclared-exception",
      where: "index.js:7",
      exportName: "index.js#parse",
      summary:
        "parse(\"\") throws TypeError: Cannot read properties of undefined (reading 'length')",
      statement: 0,
      promise: { kind: "does-not-throw" },
    });
    expect(finding!.score).toBeGreaterThan(0.85);
    expect(finding!.expected).toContain("returns number");
  });

  test.each([
    ["ReferenceError", "foo is not defined"],
    ["ReferenceError", "Cannot access 'x' before initialization"],
    ["TypeError", "x.map is not a function"],
    ["TypeError", "undefined is not iterable (cannot read property Symbol(Symbol.iterator))"],
    ["TypeError", "object is not iterable"],
    ["TypeError", "Cannot destructure property 'a' of 'b' as it is undefined."],
    ["TypeError", "Cannot convert undefined or null to object"],
    ["TypeError", "Reduce of empty array with no initial value"],
    ["TypeError", "Assignment to constant variable."],
    ["RangeError", "Maximum call stack size exceeded"],
    ["RangeError", "Invalid array length"],
    ["SyntaxError", "Invalid regular expression: /(/: Unterminated group"],
    ["URIError", "URI malformed"],
  ])("%s: %s counts", (name, message) => {
    expect(judge([parse], [call("parse", [str("a")])], [threw(name, message)])).toHaveLength(1);
  });

  test.each([
    ["TypeError", "Expected a string", {}],
    ["Error", "boom", {}],
    ["ValidationError", "bad input", {}],
    ["SyntaxError", "Unexpected token 'a', \"a\" is not valid JSON", {}],
    ["TypeError", 'The "path" argument must be of type string', { code: "ERR_INVALID_ARG_TYPE" }],
    ["Error", "ENOENT: no such file or directory", { code: "ENOENT" }],
    ["RangeError", "Invalid string length", {}],
    ["string", "x is not a function", { isError: false }],
  ])("%s: %s does not: the code or the platform meant it", (name, message, parts) => {
    expect(judge([parse], [call("parse", [str("a")])], [threw(name, message, parts)])).toEqual([]);
  });

  test("a message that the sources spell out is deliberate", () => {
    const thrown = threw("TypeError", "callback is not a function");
    const statements = [call("parse", [str("a")])];
    expect(judge([parse], statements, [thrown])).toHaveLength(1);
    expect(judge([parse], statements, [thrown], [str("callback is not a function")])).toEqual([]);
    expect(judge([parse], statements, [thrown], [str(" is not a function")])).toEqual([]);
    expect(judge([{ ...parse, literals: [str("callback is not")] }], statements, [thrown])).toEqual(
      [],
    );
    expect(judge([parse], statements, [thrown], [str("is not"), num(1)])).toHaveLength(1);
  });

  test("a documented error is declared", () => {
    const statements = [call("parse", [str("a")])];
    expect(judge([{ ...parse, documentedThrows: ["TypeError"] }], statements, [CRASH])).toEqual([]);
    expect(judge([{ ...parse, documentedThrows: ["Error"] }], statements, [CRASH])).toEqual([]);
    expect(
      judge([{ ...parse, documentedThrows: ["RangeError"] }], statements, [CRASH]),
    ).toHaveLength(1);
  });

  test.each<readonly [string, ValueGene[]]>([
    ["an argument of another type", [num(1)]],
    ["a missing argument", []],
    ["an argument too many", [str("a"), str("b")]],
    ["undefined for a required parameter", [UNDEFINED]],
  ])("%s proves nothing", (_name, args) => {
    expect(judge([parse], [call("parse", args)], [CRASH])).toEqual([]);
  });

  test("an untyped, unknown or ambiguous callable is not judged", () => {
    const statements = [call("parse", [str("a")])];
    expect(judge([{ ...parse, isTyped: false }], statements, [CRASH])).toEqual([]);
    expect(judge([], statements, [CRASH])).toEqual([]);
    expect(judge([parse, parse], statements, [CRASH])).toEqual([]);
    expect(judge([typed(["parse"], [param("text", ANY)], NUMBER)], statements, [CRASH])).toEqual(
      [],
    );
    expect(
      judgeRecordings({ modules: [] }, [
        { program: aProgram(...statements), recording: aRecording(CRASH) },
      ]),
    ).toEqual([]);
  });

  test("NaN, infinities, invalid dates and broken text are weak evidence", () => {
    const scale = typed(["scale"], [param("by", NUMBER)], NUMBER);
    const score = (gene: ValueGene, hint = scale): number =>
      judge([hint], [call(hint.path[0]!, [gene])], [CRASH])[0]?.score ?? 0;
    expect(score(num(1))).toBeGreaterThan(0.8);
    expect(score({ kind: "number", value: "NaN" })).toBeLessThan(0.4);
    expect(score(num(2 ** 40))).toBeLessThan(0.6);
    expect(
      score(
        { kind: "date", epochMs: "NaN" },
        typed(["at"], [param("d", { kind: "date" })], NUMBER),
      ),
    ).toBeLessThan(0.4);
    expect(score(str("\ud800"), parse)).toBeLessThan(0.4);
    const list = typed(["sum"], [param("xs", { kind: "array", of: NUMBER })], NUMBER);
    expect(
      score({ kind: "array", items: [{ kind: "number", value: "Infinity" }] }, list),
    ).toBeLessThan(0.4);
  });

  test("a rejected promise counts like a throw", () => {
    const load = typed(["load"], [param("text", STRING)], { kind: "promise", of: NUMBER });
    const thrown = threw("TypeError", "x is not a function", { isPromise: true });
    const [finding] = judge([load], [call("load", [str("a")], true)], [thrown]);
    expect(finding!.summary).toContain("rejects with TypeError");
  });

  test("a Node-style callback fills the declared callback parameter", () => {
    const read = typed(["read"], [param("text", STRING), param("cb", func([], { kind: "void" }))], {
      kind: "void",
    });
    const statement: Statement = { kind: "call-with-callback", callee: ["read"], args: [str("a")] };
    expect(judge([read], [statement], [CRASH])[0]?.summary).toContain('read("a", callback) throws');
    expect(judge([read], [statement], [returned(sNum(1))])).toEqual([]);
    expect(
      judge([typed(["read"], [param("text", STRING)], NUMBER)], [statement], [CRASH]),
    ).toHaveLength(1);
  });
});

describe("methods", () => {
  const box: TypeHint = { kind: "instance", path: ["Box"], className: "Box" };
  const make = typed(["Box"], [param("size", NUMBER)], box, { kind: "constructor" });
  const create = typed(["create"], [], box);
  const grow = typed(["Box", "prototype", "grow"], [param("by", NUMBER)], NUMBER, {
    kind: "method",
  });
  const built: Statement = { kind: "new", callee: ["Box"], args: [num(1)] };
  const method = (receiver: number, by: ValueGene = num(2)): Statement => ({
    kind: "method",
    receiver,
    name: "grow",
    args: [by],
    awaits: false,
  });
  const instance = returned(sObj({ size: sNum(1) }, "Box"));

  test("are found through the constructor", () => {
    const [finding] = judge([make, grow], [built, method(0)], [instance, CRASH]);
    expect(finding).toMatchObject({ exportName: "index.js#Box.prototype.grow", statement: 1 });
    expect(finding!.summary).toContain("new Box(1)).grow(2) throws");
  });

  test("are found through a declared result", () => {
    expect(judge([create, grow], [call("create"), method(0)], [instance, CRASH])).toHaveLength(1);
  });

  test("are found through the class of the value", () => {
    const opaqueCreate = typed(["create"], [], ANY);
    expect(
      judge([opaqueCreate, grow], [call("create"), method(0)], [instance, CRASH]),
    ).toHaveLength(1);
    expect(
      judge([opaqueCreate, grow], [call("create"), method(0)], [returned(sObj({})), CRASH]),
    ).toEqual([]);
  });

  test("prove nothing after a call outside its declaration", () => {
    const bad: Statement = { kind: "new", callee: ["Box"], args: [str("x")] };
    expect(judge([make, grow], [bad, method(0)], [instance, CRASH])).toEqual([]);
  });

  test("prove nothing after a property was set by hand or an unknown value was called", () => {
    const set: Statement = { kind: "set", receiver: 0, name: "size", value: num(1) };
    expect(
      judge([make, grow], [built, set, method(0)], [instance, returned(sNum(1)), CRASH]),
    ).toEqual([]);
    const callValue: Statement = { kind: "call-value", callee: 0, args: [], awaits: false };
    expect(
      judge([make, grow], [built, callValue, method(0)], [instance, returned(sNum(1)), CRASH]),
    ).toEqual([]);
  });

  test("are still judged after a property was read", () => {
    const get: Statement = { kind: "get", receiver: 0, name: "size" };
    const [finding] = judge(
      [make, grow],
      [built, get, method(0)],
      [instance, returned(sNum(1)), CRASH],
    );
    expect(finding!.score).toBeLessThan(0.86);
  });

  test("of a result that is the receiver again are seen through `same`", () => {
    const chained = typed(["Box", "prototype", "chain"], [], ANY, { kind: "method" });
    const chain: Statement = {
      kind: "method",
      receiver: 0,
      name: "chain",
      args: [],
      awaits: false,
    };
    const outcomes = [instance, returned({ kind: "same", statement: 0 }), CRASH];
    expect(judge([make, chained, grow], [built, chain, method(1)], outcomes)).toHaveLength(1);
  });
});

describe("results that contradict the declared type", () => {
  const score = (type: TypeHint, value: Parameters<typeof returned>[0]): number =>
    judge([typed(["f"], [], type)], [call("f")], [returned(value)])[0]?.score ?? 0;

  test("undefined where a string is declared is a finding", () => {
    const [finding] = judge(
      [typed(["f"], [param("s", STRING)], STRING)],
      [call("f", [str("a")])],
      [returned({ kind: "undefined" })],
    );
    expect(finding).toMatchObject({
      kind: "type-contradiction",
      summary: 'f("a") returns undefined where string is declared',
      observed: "undefined",
      expected: "a value of type string",
      promise: { kind: "is-of-type", type: STRING },
    });
  });

  test("scores follow how sure the contradiction is", () => {
    expect(score(NUMBER, sStr("1"))).toBe(0.8);
    expect(score(NUMBER, { kind: "undefined" })).toBe(0.75);
    expect(score(NUMBER, { kind: "null" })).toBe(0.55);
    expect(score(BOOLEAN, { kind: "undefined" })).toBe(0.5);
    expect(score({ kind: "array", of: NUMBER }, sArr(sStr("a")))).toBe(0.5);
    expect(score({ kind: "array", of: NUMBER }, sObj({}))).toBe(0.8);
    expect(score({ kind: "tuple", items: [NUMBER] }, sArr(sStr("a")))).toBe(0.5);
    const shape: TypeHint = {
      kind: "object",
      properties: [{ name: "a", optional: false, type: NUMBER }],
      index: null,
    };
    expect(score(shape, sObj({}))).toBe(0.5);
    expect(score({ kind: "set", of: NUMBER }, { kind: "set", items: [sStr("a")], size: 1 })).toBe(
      0.5,
    );
    expect(
      score(
        { kind: "map", key: NUMBER, value: NUMBER },
        { kind: "map", entries: [[sStr("a"), sNum(1)]], size: 1 },
      ),
    ).toBe(0.5);
    expect(
      score({ kind: "union", of: [{ kind: "array", of: NUMBER }, NUMBER] }, sArr(sStr("a"))),
    ).toBe(0.5);
    expect(score(NUMBER, sNum(1))).toBe(0);
    expect(score({ kind: "void" }, sNum(1))).toBe(0);
    expect(score(ANY, sNum(1))).toBe(0);
  });

  test("an awaited result is held to what the promise holds", () => {
    const load = typed(["load"], [], {
      kind: "union",
      of: [{ kind: "promise", of: NUMBER }, STRING],
    });
    expect(judge([load], [call("load", [], true)], [returned(sNum(1))])).toEqual([]);
    const [finding] = judge([load], [call("load", [], true)], [returned({ kind: "null" })]);
    expect(finding!.summary).toContain("resolves to null where number | string is declared");
  });

  test("every overload that may match must be contradicted", () => {
    const f = typed(["f"], [], NUMBER, {
      signatures: [
        { params: [param("a", STRING)], returns: NUMBER },
        { params: [param("a", STRING)], returns: STRING },
      ],
    });
    expect(judge([f], [call("f", [str("a")])], [returned(sStr("a"))])).toEqual([]);
    expect(judge([f], [call("f", [str("a")])], [returned({ kind: "null" })])).toHaveLength(1);
  });

  test("a constructor, a skipped statement and an unusable arrangement are not judged", () => {
    const make = typed(["Box"], [], NUMBER, { kind: "constructor" });
    expect(
      judge([make], [{ kind: "new", callee: ["Box"], args: [] }], [returned(sObj({}))]),
    ).toEqual([]);
    expect(judge([parse], [call("parse", [str("a")])], [{ kind: "skipped" }])).toEqual([]);
    expect(judge([parse], [call("parse", [str("a")])], [])).toEqual([]);
  });
});
