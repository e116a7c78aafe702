import { describe, expect, test } from "vitest";

import { toFixes } from "../../../../src/adapters/git/read-fixes.ts";

const commit = (subject: string, ...files: readonly string[]): string =>
  `\u0001commit ${subject}\n\n${files
    .map(
      (file) =>
        `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-a\n+b\n`,
    )
    .join("")}`;

describe("fixes of a history", () => {
  test("are told file by file, the most mended first", () => {
    const output =
      commit("fix: one", "src/a.js", "README.md") + commit("fix: two", "src/b.js", "src/a.js");
    expect(toFixes(output, "", ["src/b.js", "src/a.js", "src/c.js"])).toEqual([
      {
        file: "src/a.js",
        fixes: ["fix: one\n@@ -1 +1 @@\n-a\n+b", "fix: two\n@@ -1 +1 @@\n-a\n+b"],
      },
      { file: "src/b.js", fixes: ["fix: two\n@@ -1 +1 @@\n-a\n+b"] },
    ]);
  });

  test("belong to the project in a folder of the repository", () => {
    const output = commit("fix", "packages/one/a.js", "packages/two/a.js");
    expect(toFixes(output, "packages/two", ["a.js"])).toMatchObject([{ file: "a.js" }]);
    expect(toFixes("garbage", "", ["a.js"])).toEqual([]);
  });
});
