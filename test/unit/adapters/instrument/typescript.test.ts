import { expect, test } from "vitest";

import { createSourceInstrumenter } from "../../../../src/adapters/instrument/source-instrumenter.ts";
import { runCode } from "./run-code.ts";

const SHAPES = `// @ts-nocheck
import type { Unit } from "./units.ts";
import { Scale, factor } from "./units.ts";

export enum Side { Left = "L", Right = "R" }
export namespace Limits { export const top = 3; }

abstract class Base { abstract area(): number; declare tag: string; }
export class Square<T extends number = number> extends Base {
  constructor(private readonly side: T, public unit?: Unit) { super(); }
  area(): number { return this.side! > Limits.top ? (this.side as number) ** 2 : 0; }
  scaled(scale: Scale): number { return this.area() * factor(scale); }
}
export function pick(value: string): Side;
export function pick(value: unknown): Side { return value === "l" ? Side.Left : Side.Right; }
`;
const UNITS = `export type Unit = "m" | "km";
export interface Scale { by: number }
export const factor = (scale: Scale): number => scale.by satisfies number;
`;
const FILES = [
  { path: "shapes.ts", content: SHAPES },
  { path: "units.ts", content: UNITS },
];
const DRIVE = `
const { Square, pick, Side } = await import("./shapes.ts");
const square = new Square(4);
print({ scaled: square.scaled({ by: 2 }), picked: [pick("l"), pick("r")], Side,
  f: globalThis.__coverage__?.["shapes.ts"].f, first: globalThis.__coverage__?.["shapes.ts"].fnMap[0].loc.start });
`;

test("the search build turns TypeScript into JavaScript that counts at TypeScript positions", async () => {
  const { overlay, skipped } = await createSourceInstrumenter().searchBuild(FILES);
  expect(skipped).toEqual([]);
  expect(await runCode(overlay, DRIVE, { type: "module" })).toEqual({
    scaled: 32,
    picked: ["L", "R"],
    Side: { Left: "L", Right: "R" },
    f: { 0: 1, 1: 1, 2: 1, 3: 2 },
    first: { line: 10, column: 60 },
  });
});

test("the coverage build keeps TypeScript that Node runs by stripping types", async () => {
  const content = `import type { A } from "./a.ts";\nexport const twice = (a: A): number => (a.n as number) * 2;\n`;
  const types = `export interface A { n: number }\n`;
  const { overlay } = await createSourceInstrumenter().coverageBuild([
    { path: "twice.ts", content },
    { path: "a.ts", content: types },
  ]);
  expect(overlay["twice.ts"]).toContain("(a: A): number");
  const result = await runCode(
    overlay,
    `const { twice } = await import("./twice.ts"); print([twice({ n: 2 }), globalThis.__coverage__["twice.ts"].f]);`,
    { type: "module" },
  );
  expect(result).toEqual([4, { 0: 1 }]);
});

test("the mutant build keeps TypeScript, and has a JavaScript copy for the search", async () => {
  const build = await createSourceInstrumenter().mutantBuild(FILES);
  expect(build.skipped).toEqual([]);
  expect(build.overlay["shapes.ts"]).toContain("private readonly side: T");
  expect(build.overlay["shapes.ts"]).toMatch(/^\/\/ @ts-nocheck/);
  const result = await runCode(build.searchOverlay, DRIVE, { type: "module" });
  expect(result).toMatchObject({ scaled: 32, picked: ["L", "R"] });
});

test("files that are CommonJS by name or by syntax become CommonJS", async () => {
  const { overlay } = await createSourceInstrumenter().searchBuild([
    {
      path: "named.cts",
      content: `import { join } from "node:path";\nexport const a: string = join("x", "y");\n`,
    },
    {
      path: "equals.ts",
      content: `import path = require("node:path");\nclass Holder { a: string = path.join("x", "y"); }\nexport = Holder;\n`,
    },
  ]);
  const result = await runCode(
    overlay,
    `const Holder = require("./equals.ts"); print([require("./named.cts").a, new Holder().a]);`,
  );
  expect(result).toEqual(["x/y", "x/y"]);
});

test("decorators follow the project's setting", async () => {
  const legacy = `
    function mark(target: object, name: string): void { Object.defineProperty(target, "marked", { value: name }); }
    export class A { @mark run(): number { return 1; } }
  `;
  const standard = `
    function double(method: () => number, _context: unknown) { return function (this: unknown): number { return 2 * method.call(this); }; }
    export class B { @double run(): number { return 21; } }
  `;
  const a = await createSourceInstrumenter().searchBuild([{ path: "a.ts", content: legacy }]);
  const b = await createSourceInstrumenter({}, { hasLegacyDecorators: false }).searchBuild([
    { path: "b.ts", content: standard },
  ]);
  const result = await runCode(
    { ...a.overlay, ...b.overlay },
    `const { A } = await import("./a.ts"); const { B } = await import("./b.ts");
     print([new A().marked, new B().run()]);`,
    { type: "module" },
  );
  expect(result).toEqual(["run", 42]);
});

test("JSX is compiled for the React that a file imports, and left where it imports none", async () => {
  const instrumenter = createSourceInstrumenter();
  const { overlay } = await instrumenter.searchBuild([
    {
      path: "classic.jsx",
      content: `import React from "react";\nexport const A = () => <b>x</b>;\n`,
    },
    {
      path: "automatic.tsx",
      content: `import { useState } from "react";\nexport const B = () => <b>{useState(1)[0]}</b>;\n`,
    },
    { path: "other.jsx", content: `export const C = () => <b>x</b>;\n` },
  ]);
  expect(overlay["classic.jsx"]).toContain(`React.createElement("b"`);
  expect(overlay["automatic.tsx"]).toContain("react/jsx-runtime");
  expect(overlay["other.jsx"]).toContain("<b>x</b>");
});
