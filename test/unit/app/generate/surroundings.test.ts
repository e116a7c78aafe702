import { describe, expect, test } from "vitest";

import { gatherHelpers, showImported } from "../../../../src/app/generate/surroundings.ts";

const SOURCES = [
  {
    path: "src/order.ts",
    content: 'import type { Item } from "./item.js";\nimport fs from "node:fs";',
  },
  { path: "src/item.ts", content: "export interface Item { readonly price: number }" },
  {
    path: "src/rate.ts",
    content: "/** In percent. */\nexport function rate(): number { return hiddenRule(); }",
  },
];

describe("what a module imports", () => {
  test("is shown by its declarations, without bodies", () => {
    const source = 'import type { Item } from "./item.js";\nimport { rate } from "./rate.ts";';
    const shown = showImported("src/order.ts", source, SOURCES);
    expect(shown).toContain("// src/item.ts\nexport interface Item { readonly price: number }");
    expect(shown).toContain("/** In percent. */");
    expect(shown).not.toContain("hiddenRule");
    expect(showImported("src/item.ts", SOURCES[1]!.content, SOURCES)).toBe("");
  });

  test("is left out as a whole where there is no room for it", () => {
    const long = { path: "src/long.ts", content: `export type Long = "${"x".repeat(7_000)}";` };
    const source = 'import "./long.js";\nimport "./item.js";';
    const shown = showImported("src/order.ts", source, [...SOURCES, long]);
    expect(shown).toContain("interface Item");
    expect(shown).not.toContain("xxx");
  });
});

describe("what tests build upon", () => {
  const FILES: Readonly<Record<string, string>> = {
    "test/order.test.js":
      'import { anOrder } from "./support/orders";\nimport { order } from "../src/order.ts";\nimport "./other.test.js";\nimport "../../outside.js";',
    "test/other.test.js": 'const { anOrder } = require("./support/orders.js");',
    "test/support/orders.js": "export function anOrder() { return made; }",
    "../outside.js": "export const outside = 1;",
  };
  const asked: string[] = [];
  const read = (path: string): Promise<string | null> => {
    asked.push(path);
    return Promise.resolve(FILES[path] ?? null);
  };
  const project = {
    testFiles: ["test/order.test.js", "test/other.test.js"],
    sourceFiles: SOURCES.map(({ path }) => path),
  };

  test("is what they share, and neither tests nor the code under test nor anything outside", async () => {
    expect(await gatherHelpers(project, read)).toBe(
      "// test/support/orders.js\nexport function anOrder() { … }",
    );
    expect(asked.filter((path) => path.startsWith(".."))).toEqual([]);
  });

  test("is nothing where there are no tests", async () => {
    expect(await gatherHelpers({ ...project, testFiles: [] }, read)).toBe("");
  });
});
