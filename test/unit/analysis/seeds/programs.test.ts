import { describe, expect, test } from "vitest";
import { printGene, readSeeds, seedsOf, type Reading } from "./read-seeds.ts";

const AREA = ["default"];
const STATIC: Reading = { exports: ["area", "Shape", "Shape.make"] };
const DEFAULT: Reading = { exports: AREA, system: "commonjs", whole: "shapes" };
const IN_TEST: Reading = { kind: "test", from: "test/a.test.js", files: ["lib/area.js"] };

describe("what a documented name means", () => {
  test.each<[string, readonly string[], Reading?]>([
    ["import { area } from 'shapes'; area(2)", ["area(2)"]],
    [
      "import * as s from 'shapes'; s.area(2); new s.Shape('a').draw(1)",
      ["area(2)", 'new Shape("a"); $0.draw(1)', 'area(2); new Shape("a"); $1.draw(1)'],
    ],
    ["import d from 'shapes'; d(1)", ["default(1)"], { exports: AREA }],
    [
      "import d, { type X } from 'shapes'; import type Y from 'shapes'; d.area(1)",
      ["area(1)"],
      { exports: ["default", "area"] },
    ],
    [
      "const s = require('shapes'); s(1); s.area(2); new s(3)",
      ["default(1)", "area(2)", "new default(3)", "default(1); area(2); new default(3)"],
      DEFAULT,
    ],
    ["const { area: a = 1, ...rest } = require('shapes'); a(1); rest.area(2)", ["area(1)"]],
    ["const s = await import('shapes'); s.area(1); import(x)", []],
    ["import x from 'shapes/sub'; x.area(1)", ["area(1)"], { specifier: "./sub" }],
    ["import x from 'shapes'; x.area(1)", [], { specifier: "./sub" }],
    ["import area from 'shapes/lib/area'; area(1)", ["area(1)"], { files: ["lib/area.js"] }],
    ["import other from 'other'; other(2)", []],
    ["const S = require('./'); S.area(1)", ["area(1)"], { packageName: "shapes.js" }],
    [
      "myShapes.area(1); Shapes.area(3)",
      ["area(1)", "area(3)", "area(1); area(3)"],
      { packageName: "@scope/my-shapes" },
    ],
    ["Delta(2)", ["default(2)"], { ...DEFAULT, packageName: "quill-delta", whole: "Delta" }],
    ["import { area } from '../index.js'; area(1)", ["area(1)"], IN_TEST],
    [
      "import area from '../lib/area.js'; import { area as b, no } from '../lib/area.js'; area(1); b(2); no(3); new area(4)",
      ["area(1)", "area(2)", "new area(4)"],
      IN_TEST,
    ],
    ["class A {} area(A); area(new A())", []],
  ])("%s", (code, programs, reading) => {
    expect(readSeeds(code, reading)).toEqual(programs);
  });
});

describe("calls read off documentation", () => {
  test.each<[string, readonly string[], Reading?]>([
    [
      "let r = area(1); r.scale(2); r.name; r.size = 5; r.scale(3)",
      [
        "area(1); $0.scale(2); $0.name",
        "area(1); $0.scale(2); $0.name; $0.size = 5",
        "area(1); $0.scale(2); $0.name; $0.size = 5; $0.scale(3)",
      ],
    ],
    [
      "const s = new Shape(1); s.on('end', () => { s.draw('x') }); s.on('data', d => 1)",
      [
        "new Shape(1); wait $0 end",
        'new Shape(1); wait $0 end; $0.draw("x")',
        'new Shape(1); wait $0 end; $0.draw("x"); $0.on("data", fn(1))',
      ],
    ],
    ["area(1).then(v => v.get(2)).catch(e => e)", ["await area(1); await $0.get(2)"]],
    [
      "await area(1); const b = await Shape.make(2); b.run()",
      [
        "await area(1)",
        "await Shape.make(2); $0.run()",
        "await area(1); await Shape.make(2); $1.run()",
      ],
      STATIC,
    ],
    ["area('f', (err, data) => { data.show(1) })", ['area("f", CALLBACK); $0.1; $1.show(1)']],
    [
      "const s = new Shape(1); s.load('f', function (err, data) { data.show(1) })",
      ['new Shape(1); $0.load("f", CALLBACK); $1.1; $2.show(1)'],
    ],
    ["const f = area(1); f(2); f()", ["area(1); $0(2)", "area(1); $0()", "area(1); $0(2); $0()"]],
    [
      "const { a, b } = area(1); a.x(1); b(2)",
      ["area(1); $0.a; $1.x(1)", "area(1); $0.b; $1(2)", "area(1); $0.a; $0.b; $1.x(1); $2(2)"],
    ],
    ["const r = area(1); r['k' + 1]; r[x](2); r[0].go(1)", ["area(1); $0.k1; $0.0; $2.go(1)"]],
    ["area?.(1); Shape?.make?.(2)", ["area(1)", "Shape.make(2)", "area(1); Shape.make(2)"], STATIC],
    [
      "new (Shape)(1); new Unknown(1, () => area(2))",
      ["new Shape(1)", "area(2)", "new Shape(1); area(2)"],
    ],
    ["area(...[1, 2], ...x)", ["area(1, 2)"]],
    ["area(1, async () => 7)", ["area(1, async-fn(7))"]],
    // Nothing but names that mean nothing: a description of the syntax, no example.
    ["area(x); area({ a: x }); area([x, [y]]); area()", ["area()"]],
  ])("%s", (code, programs, reading) => {
    expect(readSeeds(code, reading)).toEqual(programs);
  });
});

describe("control flow in documentation", () => {
  test.each<[string, readonly string[]]>([
    ["if (area(1)) { area(2) } else area(3)", ["area(1)", "area(2)", "area(3)"]],
    ["try { area(1) } catch (e) { area(9) } finally { area(2) }", ["area(1)", "area(2)"]],
    ["for (const n of [1, 2]) area(n)", ["area(1)", "area(2)"]],
    ["for (const [k, v] of new Map([['a', 1]])) area(k, v)", ['area("a", 1)']],
    ["for (let i = 0; i < 3; i++) area(i)", ["area(0)"]],
    [
      "for (const k in x) area(1); while (x) area(2); do { area(3) } while (x)",
      ["area(1)", "area(2)", "area(3)"],
    ],
    ["outer: for (const n of x) area(n)", []],
    ["outer: for (const n of [7]) area(n)", ["area(7)"]],
    [
      "function twice(n = 4, ...rest) { return area(n, rest) } twice(); twice(2, 3)",
      ["area(4, [])", "area(2, [3])"],
    ],
    [
      "[1, 2].forEach((n, i) => area(n, i)); [3].map(n => area(n))",
      ["area(1, 0)", "area(2, 1)", "area(3)"],
    ],
    ["export const v = area(1); export class A {} export default 3", ["area(1)"]],
    ["throw area(1)", ["area(1)"]],
    ["{ const q = 3; area(q) } area(q)", ["area(3)"]],
    [
      "let t; ({ a: t } = { a: 5 }); area(t); t += 1; area(1, t)",
      ["area(5)", "area(1, undefined)"],
    ],
    ["const [x, , ...y] = [1, 2]; area(x)", ["area(1)"]],
    ["function* g() { yield area(1); yield } g()", ["area(1)"]],
    ["area(1), area(2)", ["area(1)", "area(2)"]],
    ["const fn = function () { return fn() }; fn(); area(1)", ["area(1)"]],
    ["const f = n => area(n); f.call(null, 2); f.apply(null)", ["area(2)"]],
    [
      "test('a', () => { expect(area(1)).toBe(2); area(2).should.equal(3) })",
      ["area(1)", "area(2)"],
    ],
  ])("%s", (code, calls) => {
    // The whole block follows the single calls; here only those count.
    expect(readSeeds(code).slice(0, calls.length)).toEqual(calls);
    expect(readSeeds(code).length).toBeLessThanOrEqual(calls.length + 1);
  });
});

describe("text around code", () => {
  test.each<[string, readonly string[], Reading?]>([
    [
      "> area(1) => 2\n$ area(2) -> 3\narea(3) → 4\nThis is prose (not code) here\n\narea(4)",
      ["area(1)", "area(2)", "area(3)", "area(4)", "area(1); area(2); area(3); area(4)"],
    ],
    ["const f = (a) => area(a); f(1)\nlist.map((n) => area(n))", ["area(1)"]],
    [
      "area(1\n\nbroken ( here\n\narea(2)\nnot code at all !\narea(3)",
      ["area(2)", "area(3)", "area(2); area(3)"],
    ],
    ["const a = area(1);\n---\na.next(2)", ["area(1); $0.next(2)"]],
    ["const a = area(1);\n---\na.next(2)", ["area(1)"], { kind: "comment" }],
    ["area(1)", ["area(1)"], { kind: "inline" }],
  ])("%j", (code, programs, reading) => {
    expect(readSeeds(code, reading)).toEqual(programs);
  });

  test("a program is cut to what its last call needs where the whole is too long", () => {
    const calls = Array.from({ length: 20 }, (_, index) => `s.add(${index})`);
    const programs = readSeeds(`const s = new Shape(0); ${calls.join("; ")}`);
    expect(programs.at(-1)).toBe("new Shape(0); $0.add(19)");
    expect(programs[1]).toBe("new Shape(0); $0.add(0); $0.add(1)");
  });
});

describe("paths in documentation", () => {
  const files: Reading = { usesFiles: true };

  test.each<[string, string]>([
    [
      "area('./a.json', 'b.json', '/x/y.js', './invalid.json', '~/docs', 'a/b.txt')",
      'area("data.json", "out.json", "dir/sub/deep.js", "bad.json", "dir", "file.txt")',
    ],
    ["area('./a.json', './a.json')", 'area("data.json", "data.json")'],
    ["area('http://x.y/z', 'word', ['./c.md'])", 'area("http://x.y/z", "word", ["file.txt"])'],
    ["area(srcFile, destFile, inputFolder)", 'area("file.txt", "out.txt", "dir")'],
    ["area(srcFile, './other.txt')", 'area("file.txt", "out.txt")'],
  ])("%s go into the fixture folder, each to a place of its own", (code, program) => {
    expect(readSeeds(code, files)).toEqual([program]);
  });

  test("stand in assignments too, and are left alone where the module touches no files", () => {
    const code = "const s = new Shape('a'); s.path = './q.txt'";
    expect(readSeeds(code, files)).toEqual(['new Shape("a"); $0.path = "file.txt"']);
    expect(readSeeds(code)).toEqual(['new Shape("a"); $0.path = "./q.txt"']);
  });
});

describe("values read off documentation", () => {
  test("are the constant arguments, without repeats, references or functions", () => {
    const code =
      "const s = area(1); area(1, s, area, x => x, [2, null], new Map([[1, s]]), new Set([null]), Promise.resolve([1]))";
    expect(seedsOf(code).values.map(printGene)).toEqual([
      "1",
      "[2, null]",
      "Set(null)",
      "Promise([1])",
    ]);
  });
});
