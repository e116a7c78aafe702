import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffLines } from "../../../src/kernel/line-diff.ts";
import { countLines, toUnifiedDiff } from "../../../src/kernel/unified-diff.ts";

const text = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "c", "", "d d"), { maxLength: 30 }), fc.boolean())
  .map(([lines, isEnded]) => lines.map((line) => `${line}\n`).join("") + (isEnded ? "" : "end"));

describe("a diff of lines", () => {
  test("gives both texts back", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 20 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const steps = diffLines(before, after);
        expect(steps.filter(({ kind }) => kind !== "new").map(({ line }) => line)).toEqual(before);
        expect(steps.filter(({ kind }) => kind !== "old").map(({ line }) => line)).toEqual(after);
      }),
    );
  });

  test("is the shortest", () => {
    // The example of Myers' paper: five differences.
    const steps = diffLines("a b c a b b a".split(" "), "c b a b a c".split(" "));
    expect(steps.filter(({ kind }) => kind !== "same")).toHaveLength(5);
  });

  test("stays right where texts have nothing in common", () => {
    const before = Array.from({ length: 2_000 }, (_, index) => `old ${String(index)}`);
    const after = Array.from({ length: 10 }, (_, index) => `new ${String(index)}`);
    const steps = diffLines(before, after);
    expect(steps.filter(({ kind }) => kind === "new").map(({ line }) => line)).toEqual(after);
  });
});

describe("a unified diff", () => {
  test("is taken by git, to the byte", () => {
    const folder = mkdtempSync(join(tmpdir(), "regoose-diff-"));
    const options = { cwd: folder };
    try {
      fc.assert(
        fc.property(fc.option(text), text, (before, after) => {
          const path = join(folder, "file.txt");
          rmSync(path, { force: true });
          if (before !== null) writeFileSync(path, before);
          const diff = toUnifiedDiff([{ path: "file.txt", before, after }]);
          if (diff !== "")
            execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { ...options, input: diff });
          expect(readFileSync(path, "utf8")).toBe(after);
          const back = toUnifiedDiff([{ path: "file.txt", before: after, after: before }]);
          if (back !== "")
            execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { ...options, input: back });
          expect(existsSync(path) ? readFileSync(path, "utf8") : null).toBe(before);
        }),
        { numRuns: 25 },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("shows three lines around each change", () => {
    const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    const change = { path: "a.txt", before, after: before.replace("5", "five") };
    expect(toUnifiedDiff([change])).toBe(
      "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n",
    );
    expect(countLines(change)).toEqual({ added: 1, removed: 1 });
  });
});
