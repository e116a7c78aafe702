import { describe, expect, test } from "vitest";
import type { FunctionTemplate, ValueGene } from "../../../../src/contract/program.ts";
import type { Snapshot } from "../../../../src/contract/snapshot.ts";
import { phraseGene, phraseSnapshot } from "../../../../src/emission/naming/phrases.ts";
import { fn, gene, instance, snap } from "../builders.ts";

const LONG = "ab".repeat(30);
const NULL: ValueGene = { kind: "null" };

describe("a result in a title", () => {
  test.each<[string, Snapshot]>([
    ["an empty string", snap("")],
    ["3 spaces", snap("   ")],
    ['`a"b`', snap('a"b')],
    ['"a"`b"', snap('a"`b')],
    ['"a" 39 times', snap("a".repeat(39))],
    ["a string of 2 lines", snap("one\ntwo")],
    ["a 60-character string", snap(LONG)],
    ["a 9000-character string", { kind: "string", value: "cut", length: 9000 }],
    ["about 0.3", snap(0.1 + 0.2)],
    ["a function", { kind: "function", name: "f", arity: 0 } as Snapshot],
    ["the same object", { kind: "same", statement: 0 }],
    ["a TypeError", { kind: "error", name: "TypeError", message: "" }],
    ["an Error", { kind: "error", name: "odd name", message: "" }],
    ["a Socket", { kind: "opaque", className: "Socket" }],
    ["an object", { kind: "opaque", className: "Object" }],
    ["a symbol", { kind: "symbol", description: "s" }],
    ["1 byte in a Buffer", { kind: "bytes", type: "Buffer", length: 1, base64: "QQ==" }],
    [
      "an Int8Array of 2 items",
      { kind: "typed-array", type: "Int8Array", length: 2, items: [1, 2] },
    ],
    ["an empty array", snap([])],
    ["[1, 2]", snap([1, 2])],
    ["an array of 900 items", { kind: "array", items: [], length: 900 }],
    ["an empty map", { kind: "map", size: 0, entries: [] }],
    ["a map of 1 entry", { kind: "map", size: 1, entries: [[snap(LONG), snap(1)]] }],
    ["a map of 2 entries", { kind: "map", size: 2, entries: [[snap(LONG), snap(1)]] }],
    ["an empty set", { kind: "set", size: 0, items: [] }],
    ["a set of 30 items", { kind: "set", size: 30, items: [snap(LONG)] }],
    ["an invalid date", { kind: "date", epochMs: "NaN" }],
    ["1970-01-01T00:00:00.000Z", { kind: "date", epochMs: 0 }],
    ["an empty object", snap({})],
    ["an object", instance("Object", {}, true)],
    ["a Point", instance("Point", { x: 1 })],
    ["{ a: 1 }", snap({ a: 1 })],
    ["an object with alpha and beta", snap({ alpha: LONG, beta: 1, gamma: 2 })],
    ["an object", snap({ [LONG]: LONG })],
    ["a regular expression", { kind: "regexp", source: LONG, flags: "" }],
    ["a large bigint", { kind: "bigint", value: "1".repeat(60) }],
    ["null", snap(null)],
  ])("%s", (text, value) => {
    expect(phraseSnapshot(value).text).toBe(text);
  });
});

describe("an argument in a title", () => {
  const aFunction = (template: FunctionTemplate): ValueGene => fn(template);

  test.each<[string, ValueGene]>([
    ["the first result", { kind: "ref", statement: 0 }],
    ["the module", { kind: "export", path: ["default"] }],
    ["a.b", { kind: "export", path: ["a", "b"] }],
    ["-0", { kind: "number", value: "-0" }],
    ["a throwing callback", aFunction({ kind: "throws", message: "x" })],
    ["an async callback", aFunction({ kind: "async-constant", value: NULL })],
    ["a callback", aFunction({ kind: "spy", returns: NULL })],
    ["a function", aFunction({ kind: "constant", value: NULL })],
    ["an empty array", gene([])],
    ["an empty object", gene({})],
    ["new Map()", { kind: "map", entries: [] }],
    ["a map of 1 entry", { kind: "map", entries: [[gene(LONG), NULL]] }],
    [
      "a map of 2 entries",
      {
        kind: "map",
        entries: [
          [gene(LONG), NULL],
          [NULL, NULL],
        ],
      },
    ],
    ["an array of 2 items", gene([`${LONG}x`, `${LONG}y`])],
    ["a set of 1 item", { kind: "set", items: [gene(`${LONG}z`)] }],
    ["an object with a and b", gene({ a: `${LONG}x`, b: null, c: null })],
    ["an object", gene({ [LONG]: `${LONG}x` })],
    ["a regular expression", { kind: "regexp", source: LONG, flags: "" }],
    ["/a+/g", { kind: "regexp", source: "a+", flags: "g" }],
    ['Symbol("s")', { kind: "symbol", description: "s" }],
    ["a symbol", { kind: "symbol", description: `${LONG}x` }],
    ["new Date(0)", { kind: "date", epochMs: 0 }],
    ["a promise", { kind: "promise", value: gene(1) }],
    ["a rejected promise", { kind: "rejected-promise", message: "m" }],
    ["an empty iterator", { kind: "iterable", items: [] }],
    ["an iterator of 1 item", { kind: "iterable", items: [NULL] }],
    ["2 bytes in a Buffer", { kind: "bytes", type: "Buffer", base64: "QUI=" }],
    ["an Int8Array of 1 item", { kind: "typed-array", type: "Int8Array", items: [1] }],
    ["a TypeError", { kind: "error", type: "TypeError", message: "m" }],
    ["5n", { kind: "bigint", value: "5" }],
    ["a value", { kind: "bigint", value: "5".repeat(60) }],
  ])("%s", (text, value) => {
    const named = phraseGene(value, () => ({ text: "the first result", isLiteral: false }));
    expect(named.text).toBe(text);
  });
});
