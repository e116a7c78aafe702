import { describe, expect, test } from "vitest";

import { listCallSites } from "../../../src/analysis/syntax/call-sites.ts";

const TARGET = { module: "src/index.ts", packageName: "@me/locks" };
const sitesOf = (text: string, path = "test/a.test.ts"): readonly string[] =>
  listCallSites(text, path, TARGET);

describe("call sites", () => {
  test.each([
    [
      "a named import",
      'import { open as o } from "../src/index.js";\nconst a = o(1);',
      ["const a = o(1);"],
    ],
    [
      "a namespace",
      'import * as all from "../src";\nall.tools.pick("x").then(f);',
      ['all.tools.pick("x").then(f);'],
    ],
    [
      "the package's name",
      'import { Lock } from "@me/locks/sub";\nreturned = new Lock();',
      ["returned = new Lock();"],
    ],
    ["require", 'const { open } = require("../src/index");\nopen?.(2);', ["open?.(2);"]],
    [
      "a dynamic import",
      'async () => { const m = await import("../src/index.ts"); m.open(3); };',
      ["m.open(3);"],
    ],
  ])("are found through %s", (_how, text, sites) => {
    expect(sitesOf(text)).toEqual(sites);
  });

  test("are cut to the innermost statement, and to the call where that has a body", () => {
    const text = `import { open } from "../src/index.js";
test("opens", () => {
  const secret = 1;
  assert.equal(open("x"), "ajar");
  if (open("y")) { secret += 1; }
  open("z", () => { secret; });
});`;
    expect(sitesOf(text)).toEqual(['assert.equal(open("x"), "ajar");', 'open("y")']);
  });

  test("are none where a file imports something else, is too long to show, or does not parse", () => {
    expect(sitesOf('import { open } from "../src/other.js";\nopen(1);')).toEqual([]);
    expect(sitesOf("const open = 1; open(1);")).toEqual([]);
    const long = `import { open } from "../src/index.js";\nopen(${JSON.stringify("x".repeat(400))});`;
    expect(sitesOf(long)).toEqual([]);
    expect(sitesOf('import { open } from "../src/index.js"; open((')).toEqual([]);
  });
});
