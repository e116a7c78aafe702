import { describe, expect, test } from "vitest";

import type { TypeHint } from "../../../../src/contract/api-model.ts";
import type { Snapshot } from "../../../../src/contract/snapshot.ts";
import { conforms, contradicts } from "../../../../src/search/findings/conforms.ts";
import type { Verdict } from "../../../../src/search/findings/verdict.ts";
import { ANY, BOOLEAN, NUMBER, sArr, sNum, sObj, sStr, STRING } from "./builders.ts";

const UNDEFINED: Snapshot = { kind: "undefined" };
const NULL: Snapshot = { kind: "null" };
const PROMISE: Snapshot = { kind: "opaque", className: "Promise" };
const box: TypeHint = { kind: "instance", path: ["Box"], className: "Box" };
const person: TypeHint = {
  kind: "object",
  properties: [
    { name: "name", optional: false, type: STRING },
    { name: "age", optional: true, type: NUMBER },
  ],
  index: null,
};

describe("whether an observed value is of a type", () => {
  const cases: readonly (readonly [Snapshot, TypeHint, Verdict])[] = [
    [sNum(1), NUMBER, "yes"],
    [{ kind: "number", value: "NaN" }, NUMBER, "yes"],
    [UNDEFINED, NUMBER, "no"],
    [sStr("1"), NUMBER, "no"],
    [sNum(1), ANY, "unknown"],
    [sNum(1), { kind: "unknown" }, "unknown"],
    [sNum(1), { kind: "void" }, "yes"],
    [sNum(1), { kind: "never" }, "unknown"],
    [UNDEFINED, { kind: "undefined" }, "yes"],
    [NULL, { kind: "union", of: [NUMBER, { kind: "null" }] }, "yes"],
    [NULL, { kind: "union", of: [NUMBER, STRING] }, "no"],
    [sNum(1), { kind: "integer" }, "yes"],
    [sNum(1.5), { kind: "integer" }, "unknown"],
    [{ kind: "number", value: "NaN" }, { kind: "integer" }, "unknown"],
    [{ kind: "number", value: "-0" }, { kind: "integer" }, "yes"],
    [sStr("1"), { kind: "integer" }, "no"],
    [sStr("asc"), { kind: "literal", value: "asc" }, "yes"],
    [sStr("up"), { kind: "literal", value: "asc" }, "no"],
    [{ kind: "number", value: "NaN" }, { kind: "literal", value: 1 }, "unknown"],
    [NULL, { kind: "literal", value: 1 }, "no"],
    [sArr(sNum(1)), { kind: "array", of: NUMBER }, "yes"],
    [sArr(sStr("a")), { kind: "array", of: NUMBER }, "no"],
    [sArr(sStr("a")), { kind: "array", of: ANY }, "unknown"],
    [UNDEFINED, { kind: "array", of: ANY }, "no"],
    [sObj({}), { kind: "array", of: ANY }, "no"],
    [sObj({}, "List"), { kind: "array", of: ANY }, "unknown"],
    [sArr(sNum(1), sStr("a")), { kind: "tuple", items: [NUMBER, STRING] }, "yes"],
    [sArr(sNum(1)), { kind: "tuple", items: [NUMBER, STRING] }, "no"],
    [
      { kind: "array", items: [sNum(1)], length: 90 },
      { kind: "tuple", items: [NUMBER, STRING] },
      "unknown",
    ],
    [sStr("a"), { kind: "tuple", items: [] }, "no"],
    [sObj({}), { kind: "tuple", items: [] }, "no"],
    [sObj({ name: sStr("a") }), person, "yes"],
    [sObj({ name: sStr("a"), age: UNDEFINED }), person, "yes"],
    [sObj({ name: sNum(1) }), person, "no"],
    [sObj({}), person, "no"],
    [sObj({}, "Object", true), person, "unknown"],
    [sObj({}, "Person"), person, "unknown"],
    [sArr(), person, "unknown"],
    [sStr("a"), person, "unknown"],
    [NULL, person, "no"],
    [sObj({ a: sNum(1) }), { kind: "object", properties: [], index: null }, "unknown"],
    [sObj({}, "Box"), box, "yes"],
    [sObj({}, "Sub"), box, "unknown"],
    [UNDEFINED, box, "no"],
    [sNum(1), box, "no"],
    [PROMISE, { kind: "promise", of: NUMBER }, "yes"],
    [sNum(1), { kind: "promise", of: NUMBER }, "no"],
    [sObj({}), { kind: "promise", of: NUMBER }, "unknown"],
    [PROMISE, NUMBER, "no"],
    [PROMISE, { kind: "array", of: NUMBER }, "no"],
    [PROMISE, ANY, "unknown"],
    [PROMISE, { kind: "void" }, "yes"],
    [PROMISE, { kind: "union", of: [NUMBER, { kind: "promise", of: NUMBER }] }, "yes"],
    [PROMISE, { kind: "union", of: [NUMBER, STRING] }, "no"],
    [{ kind: "opaque", className: "Proxy" }, NUMBER, "unknown"],
    [{ kind: "same", statement: 0 }, NUMBER, "unknown"],
    [{ kind: "error", name: "Error", message: "" }, { kind: "error" }, "yes"],
    [sObj({}), { kind: "error" }, "unknown"],
    [{ kind: "bytes", type: "Buffer", base64: "", length: 0 }, { kind: "bytes" }, "yes"],
    [sObj({}), { kind: "bytes" }, "no"],
    [
      { kind: "typed-array", type: "Int8Array", items: [], length: 0 },
      { kind: "typed-array", type: "Int8Array" },
      "yes",
    ],
    [
      { kind: "typed-array", type: "Int8Array", items: [], length: 0 },
      { kind: "typed-array", type: "Int32Array" },
      "no",
    ],
    [sArr(), { kind: "typed-array", type: "Int32Array" }, "no"],
    [
      { kind: "map", entries: [[sStr("a"), sNum(1)]], size: 1 },
      { kind: "map", key: STRING, value: NUMBER },
      "yes",
    ],
    [sObj({}), { kind: "map", key: STRING, value: NUMBER }, "no"],
    [{ kind: "set", items: [sStr("a")], size: 1 }, { kind: "set", of: STRING }, "yes"],
    [sArr(), { kind: "set", of: STRING }, "no"],
    [{ kind: "function", name: "f" }, { kind: "function", params: [], returns: ANY }, "yes"],
    [NULL, { kind: "function", params: [], returns: ANY }, "no"],
    [sArr(), { kind: "function", params: [], returns: ANY }, "no"],
    [sArr(sNum(1)), { kind: "iterable", of: NUMBER, isAsync: false }, "yes"],
    [sArr(sNum(1)), { kind: "iterable", of: NUMBER, isAsync: true }, "unknown"],
    [sStr("a"), { kind: "iterable", of: STRING, isAsync: false }, "unknown"],
    [sNum(1), { kind: "iterable", of: NUMBER, isAsync: false }, "no"],
    [{ kind: "date", epochMs: 0 }, { kind: "date" }, "yes"],
    [{ kind: "boolean", value: true }, BOOLEAN, "yes"],
    [UNDEFINED, BOOLEAN, "no"],
  ];
  test.each(cases)("%j for %j: %s", (snapshot, type, expected) => {
    expect(conforms(snapshot, type)).toBe(expected);
    expect(contradicts(snapshot, type)).toBe(expected === "no");
  });
});
