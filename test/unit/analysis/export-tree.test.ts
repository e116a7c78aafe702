import { describe, expect, test } from "vitest";
import { openProject } from "../../../src/analysis/project/project-context.ts";
import { type ExportList, listExports } from "../../../src/analysis/syntax/export-tree.ts";
import { aProject } from "./project-builder.ts";

async function exportsOf(files: Readonly<Record<string, unknown>>): Promise<ExportList> {
  const [entry = ""] = Object.keys(files);
  return listExports(await openProject(await aProject(files)), entry);
}

/** `path:kind@file:line` of each callable, sorted. */
async function callablesOf(files: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const { callables } = await exportsOf(files);
  return callables.map(({ path, kind, file, site }) => {
    const line = site.loc?.start.line ?? 0;
    return `${path.join(".")}:${kind}@${file}:${line}`;
  });
}

describe("CommonJS exports", () => {
  test.each([
    [
      "a function",
      "module.exports = function f(a) {}; module.exports.g = (b) => b;",
      ["default:function@a.js:1", "g:function@a.js:1"],
    ],
    [
      "named assignments",
      "exports.a = function () {};\nexports['b'] = () => 1;\nexports.c = 3;",
      ["a:function@a.js:1", "b:function@a.js:2"],
    ],
    [
      "an object",
      "module.exports = { a, b() {}, get c() { return a; }, set d(x) {}, e: 1 };\nfunction a() {}",
      ["a:function@a.js:2", "b:function@a.js:1", "c:function@a.js:2"],
    ],
    [
      "a chain",
      "exports = module.exports = f;\nexports.g = f.h = () => 1;\nfunction f() {}",
      ["default:function@a.js:3", "g:function@a.js:2", "h:function@a.js:2"],
    ],
    [
      "defineProperty",
      'Object.defineProperty(exports, "__esModule", { value: true });\nObject.defineProperty(exports, "a", { enumerable: true, get: function () { return b; } });\nfunction b() {}\nObject.defineProperty(exports, "c", { value: b });',
      ["a:function@a.js:3", "c:function@a.js:3"],
    ],
    [
      "assign",
      "Object.assign(exports, { a() {} });\nObject.assign(module.exports, lib);\nvar lib = { b: () => 2 };",
      ["a:function@a.js:1", "b:function@a.js:3"],
    ],
    [
      "esbuild getters",
      "var src_exports = {};\n__export(src_exports, { a: () => a, b: function () { return b; } });\nmodule.exports = __toCommonJS(src_exports);\nfunction a() {}\nfunction b() {}",
      ["a:function@a.js:4", "b:function@a.js:5"],
    ],
    [
      "swc getters",
      "_export(exports, { a: function () { return a; } });\nfunction a() {}",
      ["a:function@a.js:2"],
    ],
    [
      "a wrapped function",
      "module.exports = memoize(function f(x) {});\nmodule.exports.p = util.promisify(g);\nfunction g(cb) {}",
      ["default:function@a.js:1", "p:function@a.js:3"],
    ],
    [
      "a UMD factory",
      "(function (root, factory) {\n  if (typeof exports === 'object') module.exports = factory();\n  else root.x = factory();\n})(this, function () {\n  function a() {}\n  return { a: a };\n});",
      ["a:function@a.js:5"],
    ],
    [
      "an IIFE",
      "module.exports = (function () {\n  return function f() {};\n})();",
      ["default:function@a.js:2"],
    ],
    [
      "a called function expression",
      "module.exports = (function () { return { a() {} }; }).call(this);",
      ["a:function@a.js:1"],
    ],
    [
      "a factory of its own",
      "module.exports = create();\nfunction create() { const x = 1; if (x) return { a: () => x }; }",
      ["a:function@a.js:2"],
    ],
    [
      "conditions",
      "module.exports = process.browser ? window.f : g;\nfunction g() {}",
      ["default:function@a.js:2"],
    ],
    [
      "alternatives and sequences",
      "exports.a = root.a || f;\nexports.b = (0, f);\nexports.c = Object.freeze(f);\nfunction f() {}",
      ["a:function@a.js:4", "b:function@a.js:4", "c:function@a.js:4"],
    ],
  ])("through %s", async (_what, text, expected) => {
    expect((await callablesOf({ "a.js": text })).toSorted()).toEqual(expected);
  });

  test("of constructors with prototypes and statics", async () => {
    const text = `
function Box(size) { this.size = size; }
Box.prototype.open = function (key) {};
Box.prototype["close"] = shut;
function shut() {}
Box.of = function (size) { return new Box(size); };
Object.defineProperty(Box.prototype, "peek", { value: function () {} });
Object.defineProperty(Box.prototype, "width", { get: function () { return 1; } });
Object.assign(Box.prototype, { shake() {} });
Box.EMPTY = new Box(0);
Box.Box = Box;
module.exports = Box;`;
    expect(await callablesOf({ "a.js": text })).toEqual([
      "default:constructor@a.js:2",
      "default.prototype.open:method@a.js:3",
      "default.prototype.close:method@a.js:5",
      "default.prototype.peek:method@a.js:7",
      "default.prototype.shake:method@a.js:9",
      "of:function@a.js:6",
      // Its second name, as code may use it.
      "Box:constructor@a.js:2",
      "Box.prototype.open:method@a.js:3",
      "Box.prototype.close:method@a.js:5",
      "Box.prototype.peek:method@a.js:7",
      "Box.prototype.shake:method@a.js:9",
    ]);
  });

  test("of a prototype that is one object, and of an instance", async () => {
    const text = `
function A() {}
A.prototype = { run: function () {}, stop() {} };
function B() {}
B.prototype = Object.create(A.prototype, {});
module.exports = new A();`;
    expect(await callablesOf({ "a.js": text })).toEqual([
      "run:function@a.js:3",
      "stop:function@a.js:3",
    ]);
  });

  test("of other files, by name, loop and spread", async () => {
    const files = {
      "a.js": `
var sources = require("./sources");
exports = module.exports = require("./pull");
for (var k in sources) exports[k] = sources[k];
Object.keys(_more).forEach(function (key) {
  Object.defineProperty(exports, key, { get: function () { return _more[key]; } });
});
var _more = _interopRequireWildcard(require("./more"));
exports.one = require("./more").first;
const { first: renamed } = require("./more");
exports.two = renamed;`,
      "sources.js": 'module.exports = { values: require("./values"), ...require("./extra") };',
      "values.js": "module.exports = function values(array) {};",
      "extra.js": "exports.extra = () => 1;",
      "pull.js": "module.exports = function pull(a) {};",
      "more.js": "exports.first = function first() {};",
    };
    expect((await callablesOf(files)).toSorted()).toEqual([
      "default:function@pull.js:1",
      "extra:function@extra.js:1",
      "first:function@more.js:1",
      "one:function@more.js:1",
      "two:function@more.js:1",
      "values:function@values.js:1",
    ]);
  });

  test("of TypeScript's helpers", async () => {
    const files = {
      "a.js": `
"use strict";
exports.b = exports.x = void 0;
__exportStar(require("./b"), exports);
const c_1 = __importDefault(require("./c"));
exports.x = c_1.default;
Object.defineProperty(exports, "y", { enumerable: true, get: function () { return c_1.y; } });`,
      "b.js": "exports.b = function b() {};",
      "c.js": "exports.default = class C { m() {} };\nexports.y = () => 1;",
    };
    expect((await callablesOf(files)).toSorted()).toEqual([
      "b:function@b.js:1",
      "x.prototype.m:method@c.js:1",
      "x:constructor@c.js:1",
      "y:function@c.js:2",
    ]);
  });

  test("put together at run time are guessed by what the file assigns", async () => {
    const text = `
module.exports = patch(clone(fs));
function patch(fs) { fs.readFile = readFile; function readFile(path, cb) {} return fs; }`;
    const { callables, isComplete } = await exportsOf({ "a.js": text });
    expect(isComplete).toBe(false);
    expect(callables.map(({ path }) => path)).toEqual([["readFile"]]);
  });
});

describe("ES module exports", () => {
  test("of declarations, lists, defaults and stars", async () => {
    const files = {
      "a.ts": `
import d, { e as imported } from "./b.ts";
import * as ns from "./b.ts";
import type { T } from "./b.ts";
export function f(a: number) {}
export class C extends d { constructor() { super(); } run() {} static of() {} private x = () => 1; }
export const g = (a) => a, h = 1;
export const { p, q: [r] , ...rest } = make();
export { imported, local as renamed, type T };
export { e as again } from "./b.ts";
export * as space from "./b.ts";
export * from "./b.ts";
export type U = string;
export interface I {}
export enum Color { Red }
export default function () {}
function local() {}
void ns;`,
      "b.ts":
        "export default class D { base() {} }\nexport const e = () => 1;\nexport function onlyB() {}",
    };
    const names = (await exportsOf(files)).names;
    expect(names).toEqual(
      expect.arrayContaining([
        "f",
        "C",
        "g",
        "h",
        "p",
        "r",
        "rest",
        "imported",
        "renamed",
        "again",
        "space",
        "onlyB",
        "Color",
        "default",
      ]),
    );
    expect(names).not.toContain("I");
    const callables = await callablesOf(files);
    expect(callables).toEqual(
      expect.arrayContaining([
        "f:function@a.ts:5",
        "C:constructor@a.ts:6",
        "C.prototype.base:method@b.ts:1",
        "C.prototype.run:method@a.ts:6",
        "C.of:function@a.ts:6",
        "imported:function@b.ts:2",
        "renamed:function@a.ts:17",
        "again:function@b.ts:2",
        "onlyB:function@b.ts:3",
        "default:function@a.ts:16",
      ]),
    );
  });

  test("of TypeScript's export assignment", async () => {
    const text =
      "import x = require('./b');\nfunction f() {}\nnamespace f { export const a = x; }\nexport = f;";
    expect(await callablesOf({ "a.cts": text, "b.js": "" })).toEqual(["default:function@a.cts:2"]);
  });

  test("that go in circles come to an end", async () => {
    const files = {
      "a.js": 'export * from "./b.js"; export const a = () => 1;',
      "b.js":
        'export * from "./a.js"; export { a as again } from "./a.js"; export const b = () => 2;',
    };
    const { names } = await exportsOf(files);
    expect(names).toEqual(expect.arrayContaining(["a", "b"]));
    const loop = await exportsOf({
      "a.js": 'module.exports = require("./b");',
      "b.js": 'module.exports = require("./a");',
    });
    expect(loop.callables).toEqual([]);
    const own = await exportsOf({
      "a.js": "var a = b; var b = a; exports.a = a; exports.self = exports;",
    });
    expect(own.callables).toEqual([]);
  });

  test("of a package or a file that is not there are unknown", async () => {
    const { names, isComplete } = await exportsOf({
      "a.js": 'export * from "other";\nexport { x } from "./gone.js";\nexport const f = () => 1;',
    });
    expect([names, isComplete]).toEqual([["x", "f"], false]);
  });

  test("of a broken file are unknown", async () => {
    expect(await exportsOf({ "a.js": "let = (" })).toEqual({
      callables: [],
      names: [],
      isComplete: false,
    });
  });
});
