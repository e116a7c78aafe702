import { expect, test, vi } from "vitest";

import { stripAll } from "../../../src/adapters/runner/node/strip-files.ts";
import { stripTypes } from "../../../src/adapters/strip-types.ts";

test("types become blanks, so that every position stays", () => {
  const content = "export const half = (n: number): number => n / 2;\n";
  const code = stripTypes(content);
  expect(code).toHaveLength(content.length);
  expect(code?.indexOf("n / 2")).toBe(content.indexOf("n / 2"));
  expect(code).not.toContain("number");
});

test("what Node cannot strip is told, not thrown", () => {
  expect(stripTypes("export enum Size { Small }")).toBeNull();
  expect(stripTypes("const a: = 1")).toBeNull();
});

test("nobody is warned of an experimental function", () => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  stripTypes("const a: number = 1");
  expect(warn).not.toHaveBeenCalled();
  process.emitWarning("another");
  expect(warn).toHaveBeenCalledWith("another");
});

test("TypeScript among the files of a run gets a stripped twin; the rest is left alone", () => {
  const files = {
    "index.ts": "export const a: number = 1;",
    "lib/b.mts": "export const b: number = 2;",
    "c.cts": "exports.c = 3 as number;",
    "d.js": "export const d = 4;",
    "e.tsx": "export const e = <a/>;",
    "f.ts": "export enum F { G }",
  };
  const stripped = stripAll(files);
  expect(Object.keys(stripped)).toEqual([
    ".regoose-run/stripped/index.ts",
    ".regoose-run/stripped/lib/b.mts",
    ".regoose-run/stripped/c.cts",
  ]);
  expect(stripped[".regoose-run/stripped/c.cts"]).toBe("exports.c = 3          ;");
  expect(stripAll(files)).toEqual(stripped);
});
