import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildApiModel, type AnnotatedApiModel } from "../../../src/analysis/build-api-model.ts";
import { detectProject } from "../../../src/analysis/detect-project.ts";
import type { CallableHint, ModuleModel } from "../../../src/contract/api-model.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { aProject } from "./project-builder.ts";
import { printGene, printStatements } from "./seeds/read-seeds.ts";

const TYPES_LIMIT = { typesTimeLimitMs: 100_000 };

async function modelOf(files: Readonly<Record<string, unknown>>): Promise<AnnotatedApiModel> {
  const project = await detectProject({ path: await aProject(files) });
  return buildApiModel({ clock: createSystemClock() }, project, TYPES_LIMIT);
}

function onlyModule(model: AnnotatedApiModel): ModuleModel {
  const [module] = model.modules;
  if (module === undefined) throw new Error("no module");
  return module;
}

function callable(module: ModuleModel, path: string): CallableHint {
  const found = module.callables.find((one) => one.path.join(".") === path);
  if (found === undefined) {
    throw new Error(
      `${path} is not among ${module.callables.map((one) => one.path.join(".")).join(", ")}`,
    );
  }
  return found;
}

function printParams(hint: CallableHint): readonly string[] {
  return (hint.signatures[0]?.params ?? []).map(
    ({ name, type, optional, rest }) =>
      `${rest ? "..." : ""}${name}${optional ? "?" : ""}: ${type.kind}`,
  );
}

describe("an untyped CommonJS package", () => {
  const FILES = {
    "package.json": { name: "shape-kit", main: "index.js" },
    "index.js": `
"use strict";
const fs = require("fs");
var helper = require("./helper");
/**
 * Draws a shape. More words.
 * @throws {TypeError|RangeError} for other things
 * @example
 * draw("circle", 3)
 */
exports.draw = function draw(name, size) {
  if (name === "circle" || name === 'circle') return size * -2;
  return name.replace(/o+/g, "0") + \`size \${size} cm\` + 12n;
};
/* Usage:
   shapes.load("./a.txt")
*/
exports.load = (path) => fs.readFileSync(path, "utf8");
// draw("square", 4) // => 8
exports.again = exports.draw;
exports.helper = helper;
var made = {}; made[process.argv[2]] = function viaName(q) { return q + "via"; };
exports.viaName = made.x;
`,
    "helper.js": `
module.exports = { wide(text = "wide") { return new RegExp("^w", "i").test(text) && RegExp("x+").test(text); }, "quoted-name": 1 };
let late; late = function late() { return 77; }; module.exports.late = late;
`,
    "README.md":
      '# shape-kit\nCall `draw("dot", 1)` first.\n\n```js\nconst s = require("shape-kit");\ns.draw("line", 5);\n```\n\n```sh\nnpm i shape-kit\n```\n\n    shapeKit.draw("indented", 6)\n\n~~~\nshapeKit.load("~/x.txt")\n~~~\n',
    "CHANGELOG.md": '```js\nshapeKit.draw("changelog", 1)\n```\n',
    "test/a.test.js": 'const { draw } = require(".."); draw("tested", 9);',
    "examples/demo.js": 'require("../index.js").draw("demo", 8);',
  };

  test("tells callables with parameters from their use, literals, place and comment", async () => {
    const model = await modelOf(FILES);
    const module = onlyModule(model);
    expect(module).toMatchObject({ file: "index.js", system: "commonjs" });
    const draw = callable(module, "draw");
    expect(printParams(draw)).toEqual(["name: union", "size: number"]);
    expect(draw).toMatchObject({
      isTyped: false,
      summary: "Draws a shape.",
      documentedThrows: ["TypeError", "RangeError"],
      where: { file: "index.js", line: 11 },
    });
    expect(draw.literals.map(printGene)).toEqual(
      expect.arrayContaining(['"circle"', "-2", "/o+/g", '"size "', '" cm"', "12n"]),
    );
    expect(printGene(draw.literals[0] ?? { kind: "null" })).toBe('"circle"');
    // An alias of the same code knows the same.
    expect(callable(module, "again")).toMatchObject({
      where: { line: 11 },
      summary: "Draws a shape.",
    });
    expect(callable(module, "helper.wide").literals.map(printGene)).toContain('"wide"');
    expect(model).toMatchObject({ notes: [], isPartial: false });
  });

  test("collects values, expressions and names over all files behind the entry", async () => {
    const module = onlyModule(await modelOf(FILES));
    expect(module.regexes).toEqual(
      expect.arrayContaining([
        { source: "o+", flags: "g" },
        { source: "^w", flags: "i" },
        { source: "x+", flags: "" },
      ]),
    );
    expect(module.propertyNames).toEqual(expect.arrayContaining(["readFileSync", "quoted-name"]));
    expect(module.propertyNames).not.toContain("exports");
    expect(module.pool.map(printGene)).toEqual(expect.arrayContaining(['"line"', "77"]));
    expect(module.pool.map(printGene)).not.toContain('"./helper"');
  });

  test("reads documentation, comments, tests and examples in that order, and no change log", async () => {
    const module = onlyModule(await modelOf(FILES));
    const seeds = module.seeds.map(({ statements }) => printStatements(statements));
    expect(seeds.slice(0, 4)).toEqual([
      'draw("line", 5)',
      'draw("indented", 6)',
      'load("file.txt")',
      'draw("circle", 3)',
    ]);
    expect(seeds).toEqual(
      expect.arrayContaining([
        'draw("square", 4)',
        'draw("dot", 1)',
        'draw("tested", 9)',
        'draw("demo", 8)',
      ]),
    );
    expect(seeds.join()).not.toContain("changelog");
    expect(module.seeds.every(({ usesFixture }) => usesFixture)).toBe(true);
  });
});

describe("types that stand elsewhere", () => {
  test("the package's declarations describe its code, which fills what they leave open", async () => {
    const module = onlyModule(
      await modelOf({
        "package.json": {
          name: "p",
          type: "module",
          exports: { ".": { types: "./types", default: "./index.js" } },
        },
        "types/index.d.ts":
          "export declare function add(a: number, b: any): number;\nexport declare class Box { constructor(size: number); grow(by: number): void; }\n",
        "index.js": `
/** Adds. */
export function add(a, b) { return a + b.toUpperCase() + "lit"; }
export class Box { constructor(size) { this.size = size; } grow(by) { this.size += by * 3; } shrink(by) { return by - 4; } }
`,
      }),
    );
    const add = callable(module, "add");
    expect(printParams(add)).toEqual(["a: number", "b: string"]);
    expect(add).toMatchObject({
      isTyped: true,
      summary: "Adds.",
      where: { file: "index.js", line: 3 },
    });
    expect(add.literals.map(printGene)).toEqual(['"lit"']);
    expect(callable(module, "Box.prototype.grow")).toMatchObject({ isTyped: true, kind: "method" });
    // The declarations do not know it.
    expect(callable(module, "Box.prototype.shrink")).toMatchObject({ isTyped: false });
  });

  test("a declaration beside the file, and one from DefinitelyTyped", async () => {
    const beside = onlyModule(
      await modelOf({
        "package.json": { name: "p", main: "lib/a.cjs" },
        "lib/a.cjs": "exports.f = (x) => x;",
        "lib/a.d.cts": "export declare function f(x: Date): Date;",
      }),
    );
    expect(printParams(callable(beside, "f"))).toEqual(["x: date"]);
    for (const [manifest, file] of [
      ['{"types":"main.d.ts"}', "main.d.ts"],
      ["{}", "index.d.ts"],
      ["not json", "index.d.ts"],
    ] as const) {
      const root = await aProject({
        "package.json": { name: "@scope/p", main: "a.js" },
        "a.js": "exports.f = (x) => x;",
        "node_modules/@types/scope__p/package.json": manifest,
        [`node_modules/@types/scope__p/${file}`]: "export declare function f(x: RegExp): RegExp;",
      });
      const project = await detectProject({ path: root });
      const model = await buildApiModel({ clock: createSystemClock() }, project, TYPES_LIMIT);
      expect(printParams(callable(onlyModule(model), "f"))).toEqual(["x: regexp"]);
    }
  });

  test("Node's types are read where a signature names them", async () => {
    const root = await aProject({
      "package.json": { name: "p", main: "a.js", types: "a.d.ts" },
      "a.js": "exports.f = (x) => x;",
      "a.d.ts":
        'import { Stats } from "fs"; export declare function f(x: Stats, y: NodeJS.Signals): void;',
    });
    const types = join(root, "node_modules/@types/node/index.d.ts");
    await mkdir(dirname(types), { recursive: true });
    await writeFile(
      types,
      'declare module "fs" { export interface Stats { size: number } }\ndeclare namespace NodeJS { type Signals = "SIGINT" | "SIGTERM" }\n',
    );
    const project = await detectProject({ path: root });
    const model = await buildApiModel({ clock: createSystemClock() }, project, TYPES_LIMIT);
    expect(printParams(callable(onlyModule(model), "f"))).toEqual(["x: object", "y: union"]);
    expect(onlyModule(model).pool.map(printGene)).toContain('"SIGTERM"');
  });

  test("static members of a class that is the module are named without `default`", async () => {
    const module = onlyModule(
      await modelOf({
        "package.json": { name: "point", main: "point.js", types: "point.d.ts" },
        "point.js": `
class Point { constructor(x) { this.x = x; } static of(x) { return new Point(x * 2); } plus(by) { return by + 1; } }
module.exports = Point;`,
        "point.d.ts":
          "declare class Point { constructor(x: number); static of(x: number): Point; plus(by: number): number; }\nexport default Point;\n",
      }),
    );
    expect(callable(module, "of")).toMatchObject({ isTyped: true, kind: "function" });
    expect(callable(module, "default.prototype.plus")).toMatchObject({ isTyped: true });
    expect(module.callables.filter(({ path }) => path.join(".") === "of")).toHaveLength(1);
  });

  test("a file too large for analysis is noted, and its types are left out", async () => {
    const model = await modelOf({
      "package.json": { name: "p", main: "big.js" },
      "big.js": `exports.f = 1; // ${"x".repeat(4_000_000)}`,
    });
    expect(model.notes.join()).toMatch(/big\.js \(4\.0 MB\) is too large/u);
    expect(onlyModule(model).callables).toEqual([]);
  });
});
