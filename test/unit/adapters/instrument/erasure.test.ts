import { describe, expect, test } from "vitest";

import { loadInstrumentLibraries } from "../../../../src/adapters/instrument/babel.ts";
import { createErasurePass } from "../../../../src/adapters/instrument/erasure-pass.ts";
import { generateCode } from "../../../../src/adapters/instrument/generate-code.ts";
import { parseSource, toDialect } from "../../../../src/adapters/instrument/parse.ts";
import { createSourceInstrumenter } from "../../../../src/adapters/instrument/source-instrumenter.ts";
import { transpile } from "../../../../src/adapters/instrument/transpile.ts";
import { runCode } from "./run-code.ts";

const DIALECT = toDialect("a.ts") ?? expect.unreachable();
const LEGACY = { hasLegacyDecorators: true };

/** What the pass says and prints, and the same with its types deleted. */
function erase(content: string): { isErasable: boolean; printed: string; plain: string } {
  const libraries = loadInstrumentLibraries();
  const erasure = createErasurePass(libraries);
  const printed = generateCode(libraries, parseSource(libraries.parse, content, DIALECT), [
    erasure,
  ]);
  const isErasable = erasure.isErasable();
  const source = { path: "a.ts", content: printed, dialect: DIALECT, isErasable };
  return { isErasable, printed, plain: transpile(source, LEGACY) };
}

/** Code without what printers choose: the program alone. */
function toProgram(content: string): string {
  const { parse, generate } = loadInstrumentLibraries();
  const options = { comments: false, minified: true };
  return generate(parseSource(parse, content, { ...DIALECT, isTypeScript: false }), options).code;
}

function compile(content: string): string {
  return transpile({ path: "a.ts", content, dialect: DIALECT }, LEGACY);
}

describe("types that only need to be deleted", () => {
  test.each([
    ["annotations", "export const f = (a: number, b?: string): a is 1 => (b as any)!.c?.d!.e;"],
    [
      "a class",
      "export abstract class A<T> extends B<T> implements C { declare d: T; e!: T; abstract f(): void; private readonly g = 1; }",
    ],
    ["overloads", "export function f(a: string): void;\nexport function f(a: unknown): void {}"],
    ["type declarations", "interface I { a: 1 }\ntype T = I;\nexport const a = 1 satisfies T;"],
    [
      "an import that is a type by its use",
      "import { T, v } from './b.ts';\nexport const a: T = v;",
    ],
    [
      "an import of types alone",
      "import { T, type U } from './b.ts';\nimport * as N from './c.ts';\nimport D from './d.ts';\nexport const a: T | U | N.V | D = 1;",
    ],
    [
      "an import that nothing uses",
      "import { a } from './b.ts';\nimport './c.ts';\nexport const b = 1;",
    ],
    [
      "an import whose name a parameter takes",
      "import { T } from './b.ts';\nexport const a = (T: number): T => T + 1;",
    ],
    [
      "an import of a class that is only asked for its type",
      "import { A } from './b.ts';\nexport const a: typeof A | null = null;",
    ],
    [
      "exports of what was imported",
      "import { a } from './b.ts';\nexport { a };\nexport * from './c.ts';\nexport { d } from './d.ts';\nexport type { E } from './e.ts';",
    ],
  ])("%s: the result is the compiler's", (_name, content) => {
    const { isErasable, plain } = erase(content);
    expect(isErasable).toBe(true);
    expect(toProgram(plain)).toBe(toProgram(compile(content)));
  });
});

describe("what needs the compiler", () => {
  test.each([
    ["decorators", "export class A { @mark run(): void {} }"],
    ["using", "export const f = (): void => { using a = open(); };"],
    ["the export of a type by its name", "interface T {}\nexport { T };\nexport const a = 1;"],
    ["the default export of a type", "interface T {}\nexport default T;"],
    [
      "a file that exports nothing but types",
      "import type { T } from './b.ts';\nexport type U = T;\nconst a = 1;",
    ],
    [
      "a default import of a type beside a value",
      "import T, { v } from './b.ts';\nexport const a: T = v;",
    ],
    ["declared values", "declare const a: number;\nexport const b = a;"],
  ])("%s: erasing is refused", (_name, content) => {
    expect(erase(content).isErasable).toBe(false);
    expect(toProgram(erase(content).plain)).toBe(toProgram(compile(erase(content).printed)));
  });

  test.each([
    ["enums", "export enum A { B = 1 }"],
    ["parameter properties", "export class A { constructor(private a: number) {} }"],
    ["namespaces with values", "export namespace A { export const b = 1; }"],
    ["assertions in angle brackets", "export const a = <any>b;"],
  ])("%s: what Node refuses to erase is compiled", (_name, content) => {
    expect(toProgram(erase(content).plain)).toBe(toProgram(compile(content)));
  });
});

test("builds of files that have nothing but types to lose are JavaScript that runs", async () => {
  const files = [
    {
      path: "a.ts",
      content: "import { T } from './t.ts';\nexport const a = (n: T): number => n + 1;\n",
    },
    { path: "t.ts", content: "export type T = number;\nexport const t: T = 1;\n" },
  ];
  const instrumenter = createSourceInstrumenter();
  const search = await instrumenter.searchBuild(files);
  const mutants = await instrumenter.mutantBuild(files);
  for (const overlay of [search.overlay, mutants.searchOverlay]) {
    const plain = { "a.mjs": overlay["a.ts"] ?? "" };
    expect(await runCode(plain, `const { a } = await import("./a.mjs"); print(a(1));`)).toBe(2);
  }
});
