import { describe, expect, test } from "vitest";
import type { ParameterHint, TypeHint } from "../../../src/contract/api-model.ts";
import { guessParameters } from "../../../src/analysis/syntax/usage-hints.ts";
import { parseSource } from "../../../src/analysis/syntax/parse.ts";
import { findFirst, isFunctionNode } from "../../../src/analysis/syntax/walk.ts";

function guess(text: string): readonly ParameterHint[] {
  const parsed = parseSource(text, "a.ts");
  if (parsed.kind === "failed") throw new Error(parsed.message);
  const node = findFirst(parsed.file, (inner) => (isFunctionNode(inner) ? inner : null));
  return node === null ? [] : guessParameters(node);
}

function typeOf(body: string): TypeHint | undefined {
  return guess(`function f(p) { ${body} }`)[0]?.type;
}

const UNKNOWN: TypeHint = { kind: "unknown" };

describe("types guessed from use", () => {
  test.each<[string, TypeHint]>([
    ["", UNKNOWN],
    ["return p;", UNKNOWN],
    ["if (typeof p === 'string') {}", { kind: "string" }],
    [
      "switch (typeof p) { case 'number': case 'boolean': }",
      { kind: "union", of: [{ kind: "number" }, { kind: "boolean" }] },
    ],
    ["return p * 2;", { kind: "number" }],
    ["p -= 1;", { kind: "number" }],
    ["return p | 0;", { kind: "integer" }],
    ["return -p;", { kind: "number" }],
    ["p++;", { kind: "number" }],
    ["return p > 3;", { kind: "number" }],
    ["return Math.sqrt(p);", { kind: "number" }],
    ["return Number.isInteger(p);", { kind: "number" }],
    ["return parseInt(p, 10);", { kind: "string" }],
    ["return isNaN(p);", { kind: "number" }],
    ["return JSON.parse(p);", { kind: "string" }],
    ["return p.toUpperCase();", { kind: "string" }],
    ["return p + '!';", { kind: "string" }],
    ["p.forEach(x);", { kind: "array", of: UNKNOWN }],
    ["for (const x of p) {}", { kind: "array", of: UNKNOWN }],
    ["return [...p];", { kind: "array", of: UNKNOWN }],
    ["return Array.isArray(p);", { kind: "array", of: UNKNOWN }],
    ["for (i = 0; i < p.length; i++) sum += p[i] * 2;", { kind: "array", of: { kind: "number" } }],
    [
      "return p.length;",
      { kind: "union", of: [{ kind: "array", of: UNKNOWN }, { kind: "string" }] },
    ],
    ["return p instanceof Date;", { kind: "date" }],
    ["return p.getTime();", { kind: "date" }],
    ["return p.test(x);", { kind: "regexp" }],
    ["return p instanceof Error;", { kind: "error" }],
    ["return Buffer.isBuffer(p);", { kind: "bytes" }],
    ["return p.then(x);", { kind: "promise", of: UNKNOWN }],
    ["return p instanceof Map;", { kind: "map", key: UNKNOWN, value: UNKNOWN }],
    ["return p instanceof Set;", { kind: "set", of: UNKNOWN }],
    ["return x in p;", { kind: "object", properties: [], index: UNKNOWN }],
    ["return Object.keys(p);", { kind: "object", properties: [], index: UNKNOWN }],
    ["return map[p];", { kind: "string" }],
    [
      "p.call(x);",
      {
        kind: "function",
        params: [{ name: "arg0", type: UNKNOWN, optional: false, rest: false }],
        returns: UNKNOWN,
      },
    ],
  ])("%s", (body, type) => {
    expect(typeOf(body)).toEqual(type);
  });

  test("a callback knows how many arguments it gets", () => {
    const type = typeOf("p(null, 1, 2); p(e);");
    expect(type?.kind === "function" && type.params).toHaveLength(3);
  });

  test("an option object knows its properties and theirs", () => {
    const type = typeOf("if (p.deep.on === 'yes') {} p.list.map(x); p.size * 2;");
    expect(type).toEqual({
      kind: "object",
      index: null,
      properties: [
        {
          name: "deep",
          optional: true,
          type: {
            kind: "object",
            index: null,
            properties: [
              {
                name: "on",
                optional: true,
                type: {
                  kind: "union",
                  of: [{ kind: "literal", value: "yes" }, { kind: "string" }],
                },
              },
            ],
          },
        },
        { name: "list", optional: true, type: { kind: "array", of: UNKNOWN } },
        { name: "size", optional: true, type: { kind: "number" } },
      ],
    });
  });

  test("values it is compared with come first", () => {
    expect(typeOf("return p === 'a' || p == 'b' || p === 1 || p !== true;")).toEqual({
      kind: "union",
      of: [
        { kind: "literal", value: "a" },
        { kind: "literal", value: "b" },
        { kind: "literal", value: 1 },
        { kind: "literal", value: true },
        { kind: "string" },
        { kind: "number" },
      ],
    });
    expect(typeOf("switch (p) { case 'x': default: }")).toMatchObject({ kind: "union" });
  });

  test("names that are only keys say nothing", () => {
    expect(typeOf("return { p: 1 }.p + x.p();")).toEqual(UNKNOWN);
    expect(guess("function f(p) { return class { p() {} } }")[0]?.type).toEqual(UNKNOWN);
  });
});

describe("parameters", () => {
  test("are optional by default value, by test, and after an optional one", () => {
    const params = guess("function f(a, b = 1, c) { a.x; }");
    expect(params.map(({ name, optional }) => [name, optional])).toEqual([
      ["a", false],
      ["b", true],
      ["c", true],
    ]);
    for (const body of [
      "p = p || {};",
      "if (p === undefined) {}",
      "if (p == null) {}",
      "if (typeof p === 'undefined') {}",
      "p ??= 3;",
    ]) {
      expect(guess(`function f(p) { ${body} }`)[0]?.optional).toBe(true);
    }
  });

  test("take the type of their default", () => {
    const params = guess(
      "(a = 'x', b = 1, c = false, d = [], e = {}, f = /x/, g = () => 1, h = -1, i = !x, j = other, k = `t`) => 0",
    );
    expect(params.map(({ type }) => type.kind)).toEqual([
      "string",
      "number",
      "boolean",
      "array",
      "object",
      "regexp",
      "function",
      "number",
      "boolean",
      "unknown",
      "string",
    ]);
  });

  test("take defaults assigned in the body", () => {
    expect(typeOf("p = p || [];")).toEqual({ kind: "array", of: UNKNOWN });
    expect(typeOf("p = p || 3;")).toEqual({ kind: "number" });
    expect(typeOf("p ||= 'x';")).toEqual({ kind: "string" });
    expect(typeOf("p = p || {};")).toMatchObject({ kind: "object" });
  });

  test("destructure into an object of their parts", () => {
    const [param] = guess(
      "({ a, b = 2, c: { d }, 'e': f = 'x', ...rest }) => a.trim() + b + d.length + rest",
    );
    expect(param).toMatchObject({ name: "options", rest: false });
    expect(param?.type).toMatchObject({
      kind: "object",
      properties: [
        { name: "a", optional: false, type: { kind: "string" } },
        { name: "b", optional: true, type: { kind: "number" } },
        { name: "c", type: { kind: "object", properties: [{ name: "d" }] } },
        { name: "e", optional: true, type: { kind: "string" } },
      ],
    });
  });

  test("may be rest, lists, or properties of a constructor", () => {
    expect(guess("(...items) => items.map(x)")[0]).toEqual({
      name: "items",
      type: UNKNOWN,
      optional: true,
      rest: true,
    });
    expect(guess("(...n) => n")[0]?.type).toEqual(UNKNOWN);
    expect(guess("([a, b]) => a")[0]).toMatchObject({ name: "arg0", type: { kind: "array" } });
    expect(
      guess("class A { constructor(private size: number) { this.x = size * 2; } }")[0],
    ).toMatchObject({
      name: "size",
      type: { kind: "number" },
    });
    expect(guess("function f(a?: string) {}")[0]?.optional).toBe(true);
  });
});
