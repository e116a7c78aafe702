import { describe, expect, test } from "vitest";

import { toSurface } from "../../../src/analysis/syntax/to-surface.ts";

describe("the surface of a source", () => {
  test("is what it promises, without how it keeps it", () => {
    const text = `import { clamp } from "./clamp.js";
const SECRET = clamp(4, 2);
/** Adds. Never negative. */
export function add(a, b = 2) {
  // the trick
  return trick(a) + b;
}
export class Box {
  #inner = hidden();
  size = 3;
  /** Opens. */
  open(key) { return this.#inner(key); }
  static { register(); }
}
export const half = (n) => n / 2;
if (clamp.isFast) { patch(); }
module.exports = { add, table: build() };
`;
    const surface = toSurface(text, "a.js");
    for (const part of [
      "/** Adds. Never negative. */",
      "add(a, b = 2)",
      "/** Opens. */",
      "open(key)",
      "size = 3",
      "half = (n) =>",
      "{ add, table: … }",
    ])
      expect(surface).toContain(part);
    for (const part of ["trick", "hidden", "register", "/ 2", "patch", "build", "clamp(4"])
      expect(surface).not.toContain(part);
  });

  test("keeps types", () => {
    const text =
      "export interface A { readonly b: string }\nexport function f(a: A): a is A { return g(a); }";
    const surface = toSurface(text, "a.ts");
    expect(surface).toContain("readonly b: string");
    expect(surface).toContain("f(a: A): a is A { … }");
    expect(surface).not.toContain("g(a)");
  });

  test("is empty where the text does not parse", () => {
    expect(toSurface("export function (", "a.js")).toBe("");
  });
});
