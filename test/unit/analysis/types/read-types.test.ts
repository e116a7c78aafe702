import { join } from "node:path";
import typescript from "typescript";
import { describe, expect, test } from "vitest";
import type { TypeHint } from "../../../../src/contract/api-model.ts";
import type {
  TypedCallable,
  TypeEntry,
  TypeMessage,
} from "../../../../src/analysis/types/protocol.ts";
import { readTypes } from "../../../../src/analysis/types/type-surface.ts";
import { aProject } from "../project-builder.ts";

const ENTRY: Omit<TypeEntry, "typesPath"> = { file: "index.ts", sourcePath: null, moduleNames: [] };

/** What the checker tells of a project whose entry is `index.ts`, unless `entry` says otherwise. */
async function messagesOf(
  files: Readonly<Record<string, string>>,
  entry: Partial<TypeEntry> = {},
): Promise<readonly TypeMessage[]> {
  const root = await aProject(files);
  const { sourcePath = null, typesPath = "index.ts" } = entry;
  return [
    ...readTypes(typescript, {
      root,
      dependencyPaths: [],
      needsNodeTypes: false,
      maxFileBytes: 100_000,
      entries: [
        {
          ...ENTRY,
          ...entry,
          typesPath: join(root, typesPath),
          sourcePath: sourcePath === null ? null : join(root, sourcePath),
        },
      ],
    }),
  ];
}

async function callablesOf(
  files: Readonly<Record<string, string>>,
  entry: Partial<TypeEntry> = {},
): Promise<ReadonlyMap<string, TypedCallable>> {
  const [message] = await messagesOf(files, entry);
  if (message?.kind !== "entry") throw new Error(JSON.stringify(message));
  return new Map(message.callables.map((callable) => [callable.path.join("."), callable]));
}

const NUMBER: TypeHint = { kind: "number" };
const STRING: TypeHint = { kind: "string" };
const UNKNOWN: TypeHint = { kind: "unknown" };
const VOID: TypeHint = { kind: "void" };
const A: TypeHint = { kind: "instance", path: ["A"], className: "A" };
const aUnion = (...of: TypeHint[]): TypeHint => ({ kind: "union", of });
const aLiteral = (value: string | number | boolean): TypeHint => ({ kind: "literal", value });
const anObject = (
  properties: Readonly<Record<string, TypeHint>>,
  index: TypeHint | null = null,
): TypeHint => ({
  kind: "object",
  index,
  properties: Object.entries(properties).map(([key, type]) => ({
    name: key.replace("?", ""),
    optional: key.endsWith("?"),
    type,
  })),
});
const aFunction = (params: Readonly<Record<string, TypeHint>>, returns: TypeHint): TypeHint => ({
  kind: "function",
  returns,
  params: Object.entries(params).map(([key, type]) => ({
    name: key.replace("?", ""),
    type,
    optional: key.endsWith("?"),
    rest: false,
  })),
});

const TYPES: readonly (readonly [string, TypeHint])[] = [
  ["any", { kind: "any" }],
  ["unknown", UNKNOWN],
  ["number", NUMBER],
  ["boolean", { kind: "boolean" }],
  ["bigint", { kind: "bigint" }],
  ["symbol", { kind: "symbol" }],
  ["null", { kind: "null" }],
  ["undefined", { kind: "undefined" }],
  ["void", VOID],
  ["never", { kind: "never" }],
  ["'a'", aLiteral("a")],
  ["5", aLiteral(5)],
  ["true", aLiteral(true)],
  ["`x${string}`", STRING],
  ["Uppercase<string>", STRING],
  ["string | number", aUnion(STRING, NUMBER)],
  ["boolean | null", aUnion({ kind: "null" }, { kind: "boolean" })],
  ["A", A],
  ["H", anObject({ secret: NUMBER, run: aFunction({}, VOID) })],
  ["I", anObject({ a: STRING, "b?": NUMBER, d: aFunction({}, VOID) })],
  ["I & { z: number }", anObject({ a: STRING, "b?": NUMBER, d: aFunction({}, VOID), z: NUMBER })],
  ["string & { __brand: 'x' }", STRING],
  ["unknown & { q: 1 }", anObject({ q: aLiteral(1) })],
  ["T", STRING],
  ["K", aUnion(aLiteral("a"), aLiteral("b"), aLiteral("d"))],
  ["readonly number[]", { kind: "array", of: NUMBER }],
  ["[string, number]", { kind: "tuple", items: [STRING, NUMBER] }],
  ["[string, ...number[]]", { kind: "array", of: UNKNOWN }],
  ["[1,1,1,1,1,1,1,1,1,1,1,1,1]", { kind: "array", of: aLiteral(1) }],
  ["Promise<string>", { kind: "promise", of: STRING }],
  ["Map<string, number>", { kind: "map", key: STRING, value: NUMBER }],
  ["Set<string>", { kind: "set", of: STRING }],
  ["Iterable<number>", { kind: "iterable", of: NUMBER, isAsync: false }],
  ["AsyncIterable<number>", { kind: "iterable", of: NUMBER, isAsync: true }],
  ["Function", { kind: "function", params: [], returns: UNKNOWN }],
  ["String", STRING],
  ["Number", NUMBER],
  ["Boolean", { kind: "boolean" }],
  ["Symbol", { kind: "symbol" }],
  ["BigInt", { kind: "bigint" }],
  ["Object", anObject({}, UNKNOWN)],
  ["Date", { kind: "date" }],
  ["RegExp", { kind: "regexp" }],
  ["TypeError", { kind: "error" }],
  ["Uint8Array", { kind: "bytes" }],
  ["Float64Array", { kind: "typed-array", type: "Float64Array" }],
  [
    "(a: string, b?: number) => boolean",
    aFunction({ a: STRING, "b?": NUMBER }, { kind: "boolean" }),
  ],
  ["{ a?: string; [k: string]: unknown }", anObject({ "a?": STRING }, UNKNOWN)],
  ["{ [n: number]: string }", anObject({}, STRING)],
  ["Rec", anObject({ next: aUnion({ kind: "null" }, UNKNOWN), v: NUMBER })],
  ["E", aUnion(aLiteral(0), aLiteral("y"))],
];

describe("types as hints", () => {
  test("each says what a value of it looks like, as parameter and as result", async () => {
    const callables = await callablesOf({
      "index.ts": `
        export class A { x = 1; }
        export interface I { a: string; b?: number; d(): void }
        type Rec = { next: Rec | null; v: number };
        enum E { X, Y = "y" }
        class H { secret = 1; private hidden = 2; protected kept = 3; #own = 4; run() {} }
        ${TYPES.map(
          ([type], index) =>
            `export declare function f${index}<T extends string, K extends keyof I>(p: ${type}): ${type};`,
        ).join("\n")}`,
    });
    const read = TYPES.map(([type], index) => {
      const [signature] = callables.get(`f${index}`)?.signatures ?? [];
      return [type, signature?.params[0]?.type, signature?.returns];
    });
    expect(read).toEqual(TYPES.map(([type, hint]) => [type, hint, hint]));
  });

  test("stay small however deep, wide or recursive the types are", async () => {
    const deep = Array.from({ length: 30 }).reduce<string>((inner) => `{ a: ${inner} }`, "string");
    const wide = Array.from({ length: 60 }, (_, index) => `"w${index}"`).join(" | ");
    const many = Array.from({ length: 90 }, (_, index) => `p${index}: [1, 2, 3, 4, 5]`).join("; ");
    const [message] = await messagesOf({
      "index.ts": `export declare function f(p: ${deep}, q: ${wide}, r: { ${many} }): void;`,
    });
    if (message?.kind !== "entry") throw new Error("no entry");
    const [deepHint, wideHint, manyHint] = message.callables[0]?.signatures[0]?.params ?? [];
    expect(JSON.stringify(deepHint).split('"a"').length).toBeLessThan(8);
    expect(JSON.stringify(deepHint)).toContain('{"kind":"unknown"}');
    // What the list leaves out is widened to `string`, so that it is no contradiction.
    expect(wideHint?.type).toMatchObject({ kind: "union" });
    expect(JSON.stringify(wideHint)).toContain('{"kind":"string"}');
    expect(manyHint?.type.kind === "object" && manyHint.type.properties).toHaveLength(40);
    expect(message.literals).toContain("w3");
  });
});

describe("callables read off types", () => {
  test("a class has a constructor, methods and statics; private members are no API", async () => {
    const callables = await callablesOf({
      "index.ts": `export class A {
        constructor(x: number) {}
        m(a: string): A { return this; }
        static of(n: number): A { return new A(n); }
        f = (x: number): string => "";
        private p() {} protected q() {} #h() {}
        get g() { return 1; }
        [Symbol.iterator]() {}
      }`,
    });
    expect([...callables].map(([path, { kind }]) => [path, kind])).toEqual([
      ["A", "constructor"],
      ["A.prototype.m", "method"],
      ["A.prototype.f", "method"],
      ["A.of", "function"],
    ]);
    expect(callables.get("A.of")?.signatures).toEqual([
      { params: [{ name: "n", type: NUMBER, optional: false, rest: false }], returns: A },
    ]);
  });

  test("defaults, rest and patterns are told; overloads stay apart", async () => {
    const callables = await callablesOf({
      "index.ts": `
        export function doc(a: number, b = 2, ...rest: string[]): void {}
        export function over(a: string): string;
        export function over(a: number): number;
        export function over(a: any): any { return a; }
        export function optional(a?: string | null, b?: number): void {}
        export function pair(...[a, b]: [string, number]): void {}
        export function pattern({ x }: { x: number }): void {}`,
    });
    const shape = (name: string): unknown =>
      callables
        .get(name)
        ?.signatures.map(({ params }) =>
          params.map(({ name: own, type, optional, rest }) =>
            [own, type.kind, optional && "optional", rest && "rest"].filter(Boolean).join(" "),
          ),
        );
    expect(shape("doc")).toEqual([["a number", "b number optional", "rest string optional rest"]]);
    expect(shape("over")).toEqual([["a string"], ["a number"]]);
    expect(shape("optional")).toEqual([["a union optional", "b number optional"]]);
    expect(shape("pair")).toEqual([["arg string optional rest"]]);
    expect(shape("pattern")).toEqual([["arg object"]]);
  });

  test("place, first sentence and documented errors come along", async () => {
    const callables = await callablesOf({
      "index.ts": `
/** Adds one. And more.
 * @throws {RangeError} when it is too large
 * @exception TypeError
 * @throws
 */
export function add(a: number): number { return a + 1; }
export { add as plus };`,
    });
    expect(callables.get("plus")).toMatchObject({
      where: { file: "index.ts", line: 7 },
      summary: "Adds one.",
      documentedThrows: ["RangeError", "TypeError"],
      isTyped: true,
    });
  });

  test("functions in exported objects are found, those of library values are not", async () => {
    const callables = await callablesOf({
      "index.ts": `
        class B { go() {} }
        export const tools = { inner: { deep: (x: number) => x }, list: [1], when: new Date(), b: new B() };
        export const arrow = (x: number): string => String(x);
        export default function (z: string) { return z; }`,
    });
    expect([...callables.keys()].sort()).toEqual(["arrow", "default", "tools.inner.deep"]);
  });

  test("a parameter without a type makes the rest no promise", async () => {
    const callables = await callablesOf({
      "index.ts": `export function f(a, b: number): number { return a; }`,
    });
    expect(callables.get("f")).toMatchObject({
      isTyped: false,
      signatures: [{ returns: UNKNOWN }],
    });
  });

  test("Buffer is bytes even where Node's types are not installed", async () => {
    const callables = await callablesOf({
      "index.ts": `export function f(a: Buffer, b: Missing): void {}`,
    });
    expect(callables.get("f")?.signatures[0]?.params.map(({ type }) => type.kind)).toEqual([
      "bytes",
      "any",
    ]);
  });
});

describe("types of JavaScript", () => {
  test("JSDoc counts as types, plain code does not", async () => {
    const callables = await callablesOf(
      {
        "a.js": `
/** @param {number} a @param {string} [b] @returns {boolean} */
exports.typed = function (a, b) { return true; };
exports.plain = function (a) { return arguments.length; };
exports.C = class { constructor(a) { this.a = a; } m() { return 1; } };`,
      },
      { file: "a.js", typesPath: "a.js" },
    );
    expect(callables.get("typed")).toMatchObject({
      isTyped: true,
      signatures: [
        {
          params: [{ type: NUMBER }, { type: STRING, optional: true }],
          returns: { kind: "boolean" },
        },
      ],
    });
    expect(callables.get("plain")).toMatchObject({
      isTyped: false,
      signatures: [
        { params: [{ name: "a" }, { name: "args", rest: true, optional: true }], returns: UNKNOWN },
      ],
    });
    expect(callables.get("C.prototype.m")?.kind).toBe("method");
  });

  test("`module.exports =` and `export =` are the default, their members hang on the module", async () => {
    const code = await callablesOf(
      {
        "a.cjs": `class W { constructor(a) {} static make() {} go() {} }
module.exports = W; module.exports.extra = function (q) {};`,
      },
      { file: "a.cjs", typesPath: "a.cjs" },
    );
    expect([...code].map(([path, { kind }]) => `${path} ${kind}`).sort()).toEqual([
      "default constructor",
      "default.prototype.go method",
      "extra function",
      "make function",
    ]);
    const declared = await callablesOf(
      {
        "a.d.ts":
          "declare function w(a: number): string; declare namespace w { function inner(b: boolean): void; } export = w;",
      },
      { file: "a.js", typesPath: "a.d.ts" },
    );
    expect([...declared.keys()].sort()).toEqual(["default", "inner"]);
    expect(declared.get("inner")?.where).toBeNull();
  });

  test("a declaration that lags behind is completed by JSDoc of the source", async () => {
    const callables = await callablesOf(
      {
        "types/a.d.ts": "export declare function one(a: string): void;",
        "a.js": `
/** @param {number} a */
exports.one = function (a) {};
/** @param {number} b */
exports.two = function (b) {};
exports.three = function (c) {};`,
      },
      { file: "a.js", typesPath: "types/a.d.ts", sourcePath: "a.js" },
    );
    expect([...callables.keys()]).toEqual(["one", "two"]);
    expect(callables.get("one")?.signatures[0]?.params[0]?.type).toEqual(STRING);
  });

  test("a method that overrides one of the language's libraries inherits its documentation", async () => {
    const callables = await callablesOf({
      "index.ts": "export class List extends Array<number> { reverse(): this { return this; } }",
    });
    expect(callables.get("List.prototype.reverse")?.summary).toMatch(/^Reverses the elements/);
  });

  test("an ambient module is found by its name", async () => {
    const callables = await callablesOf(
      { "a.d.ts": 'declare module "p/sub" { export function f(a: number): string; }' },
      { file: "sub.js", typesPath: "a.d.ts", moduleNames: ["p", "p/sub"] },
    );
    expect([...callables.keys()]).toEqual(["f"]);
  });

  test("an entry without types is a problem of that entry", async () => {
    expect(await messagesOf({}, { file: "a.js", typesPath: "a.d.ts" })).toEqual([
      { kind: "problem", file: "a.js", message: "no types were found" },
      { kind: "done" },
    ]);
  });

  test("files above the size limit and outside the project are not read", async () => {
    const large = `export declare function f(): void; //${"x".repeat(500_000)}`;
    expect((await messagesOf({ "index.ts": large }))[0]?.kind).toBe("problem");
    const outside = await callablesOf({
      "index.ts": `import type { Q } from "../../../../../etc/q"; export declare function f(q: Q): void;`,
    });
    expect(outside.get("f")?.signatures[0]?.params[0]?.type.kind).toBe("any");
  });
});
