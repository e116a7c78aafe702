import { describe, expect, test } from "vitest";

import type { TypeHint } from "../../../../src/contract/api-model.ts";
import type { ValueGene } from "../../../../src/contract/program.ts";
import { isAllowed, matchSignatures } from "../../../../src/search/findings/allowed.ts";
import type { Verdict } from "../../../../src/search/findings/verdict.ts";
import {
  ANY,
  arr,
  BOOLEAN,
  func,
  num,
  NUMBER,
  obj,
  param,
  sNum,
  sObj,
  str,
  STRING,
  typed,
} from "./builders.ts";

const UNDEFINED: ValueGene = { kind: "undefined" };
const NULL: ValueGene = { kind: "null" };
const person: TypeHint = {
  kind: "object",
  properties: [
    { name: "name", optional: false, type: STRING },
    { name: "age", optional: true, type: NUMBER },
  ],
  index: null,
};
const fn = (template: Extract<ValueGene, { kind: "function" }>["template"]): ValueGene => ({
  kind: "function",
  template,
});
const numbers = [param("a", NUMBER), param("b", NUMBER)];

describe("whether a type allows a value", () => {
  const cases: readonly (readonly [ValueGene, TypeHint, Verdict])[] = [
    [num(1), NUMBER, "yes"],
    [num(1), STRING, "no"],
    [num(1), ANY, "unknown"],
    [num(1), { kind: "unknown" }, "unknown"],
    [num(1), { kind: "never" }, "no"],
    [num(1.5), { kind: "integer" }, "no"],
    [num(2), { kind: "integer" }, "yes"],
    [num(2), { kind: "literal", value: 2 }, "yes"],
    [num(3), { kind: "literal", value: 2 }, "no"],
    [str("a"), { kind: "literal", value: "a" }, "yes"],
    [str("b"), { kind: "literal", value: "a" }, "no"],
    [str("a"), STRING, "yes"],
    [{ kind: "boolean", value: true }, BOOLEAN, "yes"],
    [NULL, { kind: "null" }, "yes"],
    [NULL, STRING, "no"],
    [UNDEFINED, { kind: "undefined" }, "yes"],
    [UNDEFINED, STRING, "no"],
    [{ kind: "bigint", value: "1" }, { kind: "bigint" }, "yes"],
    [{ kind: "symbol", description: "" }, { kind: "symbol" }, "yes"],
    [{ kind: "regexp", source: "a", flags: "" }, { kind: "regexp" }, "yes"],
    [{ kind: "date", epochMs: 0 }, { kind: "date" }, "yes"],
    [{ kind: "error", type: "Error", message: "" }, { kind: "error" }, "yes"],
    [{ kind: "error", type: "Error", message: "" }, NUMBER, "no"],
    [str("a"), { kind: "union", of: [NUMBER, STRING] }, "yes"],
    [NULL, { kind: "union", of: [NUMBER, STRING] }, "no"],
    [NULL, { kind: "union", of: [NUMBER, ANY] }, "unknown"],
    [arr(num(1), num(2)), { kind: "array", of: NUMBER }, "yes"],
    [arr(num(1), str("a")), { kind: "array", of: NUMBER }, "no"],
    [arr(num(1)), { kind: "array", of: ANY }, "unknown"],
    [arr(), { kind: "array", of: ANY }, "yes"],
    [arr(num(1)), { kind: "iterable", of: NUMBER, isAsync: false }, "yes"],
    [arr(num(1)), { kind: "iterable", of: NUMBER, isAsync: true }, "no"],
    [arr(num(1), str("a")), { kind: "tuple", items: [NUMBER, STRING] }, "yes"],
    [arr(num(1)), { kind: "tuple", items: [NUMBER, STRING] }, "no"],
    [obj({ name: str("a") }), person, "yes"],
    [obj({ name: str("a"), age: num(1) }), person, "yes"],
    [obj({ name: str("a"), age: UNDEFINED }), person, "unknown"],
    [obj({ age: num(1) }), person, "no"],
    [obj({ name: str("a"), extra: num(1) }), person, "no"],
    [obj({ name: num(1) }), person, "no"],
    [obj({ a: num(1) }), { kind: "object", properties: [], index: NUMBER }, "yes"],
    [obj({ a: str("x") }), { kind: "object", properties: [], index: NUMBER }, "no"],
    [obj({}), { kind: "object", properties: [], index: null }, "unknown"],
    [obj({}), NUMBER, "no"],
    [
      { kind: "map", entries: [[str("a"), num(1)]] },
      { kind: "map", key: STRING, value: NUMBER },
      "yes",
    ],
    [
      { kind: "map", entries: [[num(1), num(1)]] },
      { kind: "map", key: STRING, value: NUMBER },
      "no",
    ],
    [{ kind: "map", entries: [] }, NUMBER, "no"],
    [{ kind: "set", items: [num(1)] }, { kind: "set", of: NUMBER }, "yes"],
    [{ kind: "set", items: [num(1)] }, NUMBER, "no"],
    [{ kind: "bytes", type: "Buffer", base64: "" }, { kind: "bytes" }, "yes"],
    [{ kind: "bytes", type: "ArrayBuffer", base64: "" }, { kind: "bytes" }, "unknown"],
    [
      { kind: "bytes", type: "Uint8Array", base64: "" },
      { kind: "typed-array", type: "Uint8Array" },
      "yes",
    ],
    [
      { kind: "typed-array", type: "Int8Array", items: [] },
      { kind: "typed-array", type: "Int8Array" },
      "yes",
    ],
    [
      { kind: "typed-array", type: "Int8Array", items: [] },
      { kind: "typed-array", type: "Int32Array" },
      "no",
    ],
    [{ kind: "promise", value: num(1) }, { kind: "promise", of: NUMBER }, "yes"],
    [{ kind: "promise", value: num(1) }, NUMBER, "no"],
    [{ kind: "rejected-promise", message: "" }, { kind: "promise", of: NUMBER }, "unknown"],
    [{ kind: "rejected-promise", message: "" }, NUMBER, "no"],
    [
      { kind: "iterable", items: [num(1)] },
      { kind: "iterable", of: NUMBER, isAsync: false },
      "yes",
    ],
    [{ kind: "iterable", items: [num(1)] }, { kind: "array", of: NUMBER }, "no"],
    [{ kind: "export", path: ["A"] }, NUMBER, "unknown"],
    [{ kind: "ref", statement: 0 }, NUMBER, "unknown"],
    [fn({ kind: "constant", value: num(1) }), func([], NUMBER), "yes"],
    [fn({ kind: "constant", value: num(1) }), func([], STRING), "no"],
    [fn({ kind: "constant", value: num(1) }), func([], { kind: "void" }), "yes"],
    [fn({ kind: "constant", value: num(1) }), NUMBER, "no"],
    [fn({ kind: "spy", returns: UNDEFINED }), func([], { kind: "void" }), "yes"],
    [fn({ kind: "spy", returns: UNDEFINED }), func([], NUMBER), "no"],
    [
      fn({ kind: "async-constant", value: num(1) }),
      func([], { kind: "promise", of: NUMBER }),
      "yes",
    ],
    [fn({ kind: "async-constant", value: num(1) }), func([], { kind: "void" }), "yes"],
    [fn({ kind: "async-constant", value: num(1) }), func([], NUMBER), "no"],
    [fn({ kind: "argument", index: 0 }), func(numbers, NUMBER), "yes"],
    [fn({ kind: "argument", index: 5 }), func(numbers, NUMBER), "unknown"],
    [fn({ kind: "argument", index: 0 }), func(numbers, { kind: "void" }), "yes"],
    [fn({ kind: "operator", operator: "-" }), func(numbers, NUMBER), "yes"],
    [fn({ kind: "operator", operator: "<" }), func(numbers, BOOLEAN), "yes"],
    [fn({ kind: "operator", operator: "<" }), func(numbers, NUMBER), "unknown"],
    [fn({ kind: "operator", operator: "-" }), func([], NUMBER), "unknown"],
    [fn({ kind: "throws", message: "" }), func([], NUMBER), "unknown"],
    [fn({ kind: "property", name: "a" }), func([], NUMBER), "unknown"],
    [fn({ kind: "calls-back", error: null, value: num(1) }), func([], NUMBER), "unknown"],
  ];
  test.each(cases)("%j for %j: %s", (gene, type, expected) => {
    expect(isAllowed(gene, type)).toBe(expected);
  });

  test("a reference is judged by what the earlier statement gave", () => {
    const ref: ValueGene = { kind: "ref", statement: 0 };
    const instance: TypeHint = { kind: "instance", path: ["Box"], className: "Box" };
    expect(isAllowed(ref, NUMBER, () => sNum(1))).toBe("yes");
    expect(isAllowed(ref, STRING, () => sNum(1))).toBe("no");
    expect(isAllowed(ref, instance, () => sObj({}, "Box"))).toBe("yes");
    expect(isAllowed(ref, instance, () => sObj({}, "Other"))).toBe("unknown");
  });
});

describe("matching a call with its signatures", () => {
  const none = (): null => null;

  test("wants required arguments and no more than declared", () => {
    const hint = typed(["f"], [param("a", NUMBER), param("b", STRING, { optional: true })], NUMBER);
    const verdict = (...args: ValueGene[]): Verdict => matchSignatures(hint, args, none).verdict;
    expect(verdict(num(1))).toBe("yes");
    expect(verdict(num(1), str("a"))).toBe("yes");
    expect(verdict(num(1), UNDEFINED)).toBe("yes");
    expect(verdict()).toBe("no");
    expect(verdict(UNDEFINED)).toBe("no");
    expect(verdict(num(1), str("a"), num(2))).toBe("no");
  });

  test("checks every argument of a rest parameter", () => {
    const hint = typed(
      ["f"],
      [param("all", { kind: "array", of: NUMBER }, { rest: true })],
      NUMBER,
    );
    expect(matchSignatures(hint, [], none).verdict).toBe("yes");
    expect(matchSignatures(hint, [num(1), num(2)], none).verdict).toBe("yes");
    expect(matchSignatures(hint, [num(1), str("a")], none).verdict).toBe("no");
    const direct = typed(["f"], [param("all", NUMBER, { rest: true })], NUMBER);
    expect(matchSignatures(direct, [num(1)], none).verdict).toBe("yes");
  });

  test("keeps the results of the overloads that may match", () => {
    const hint = typed(["f"], [], NUMBER, {
      signatures: [
        { params: [param("a", NUMBER)], returns: NUMBER },
        { params: [param("a", STRING)], returns: STRING },
        { params: [param("a", ANY)], returns: BOOLEAN },
      ],
    });
    expect(matchSignatures(hint, [str("a")], none)).toEqual({
      verdict: "yes",
      returns: [STRING, BOOLEAN],
    });
  });

  test("says no where nothing is declared", () => {
    expect(matchSignatures(typed(["f"], [], NUMBER, { signatures: [] }), [], none).verdict).toBe(
      "no",
    );
  });
});
