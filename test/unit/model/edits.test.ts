import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toUnifiedDiff } from "../../../src/kernel/unified-diff.ts";
import { applyEdits } from "../../../src/model/improve/apply-edits.ts";
import { parseEdits } from "../../../src/model/improve/parse-edits.ts";

const FILES: Readonly<Record<string, string>> = {
  "src/a.js": "one\ntwo\nthree\ntwo\nfour\n",
  "src/dos.js": "one\r\ntwo\r\n",
  "src/open.js": "one\ntwo",
};

function apply(answer: string, refuse: (path: string) => string | null = () => null) {
  const { edits, problems } = parseEdits(answer);
  expect(problems).toEqual([]);
  return applyEdits(edits, { read: (path) => FILES[path] ?? null, refuse });
}

const block = (path: string, search: string, replace: string): string =>
  `${path}\n<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n`;

describe("edits of a model", () => {
  test("are read out of prose and fences, whatever marks the path", () => {
    for (const path of [
      "src/a.js",
      "`src/a.js`",
      "**src/a.js**",
      "### src/a.js:",
      "File: src/a.js",
    ]) {
      const answer = `I will do this:\n\n${path}\n\n\`\`\`js\n<<<<<<< SEARCH\none\n=======\n1\n>>>>>>> REPLACE\n\`\`\`\n\nDONE\n`;
      expect(parseEdits(answer)).toEqual({
        edits: [
          { path: "src/a.js", search: ["one"], replace: ["1"], line: null, endsWithBreak: null },
        ],
        isDone: true,
        problems: [],
      });
    }
  });

  test("follow one another in a file under one path, each on what the one before has left", () => {
    const answer = `${block("src/a.js", "one\n", "zero\none\n")}${block("", "zero\none\n", "0\n")}`;
    expect(apply(answer)).toEqual({
      kind: "applied",
      files: { "src/a.js": "0\ntwo\nthree\ntwo\nfour\n" },
    });
  });

  test("may be a unified diff; its line decides between equal places", () => {
    const diff =
      "```diff\n--- a/src/a.js\n+++ b/src/a.js\n@@ -4,1 +4,2 @@\n-two\n+TWO\n+more\n```\n";
    expect(apply(diff)).toEqual({
      kind: "applied",
      files: { "src/a.js": "one\ntwo\nthree\nTWO\nmore\nfour\n" },
    });
  });

  test("make new files by an empty SEARCH or from /dev/null", () => {
    const files = { "src/new.js": "export {};\n" };
    expect(apply(block("src/new.js", "", "export {};\n"))).toEqual({ kind: "applied", files });
    const diff = "--- /dev/null\n+++ b/src/new.js\n@@ -0,0 +1 @@\n+export {};\n";
    expect(apply(diff)).toEqual({ kind: "applied", files });
  });

  test("keep the line ends of a file, and its missing last one", () => {
    expect(apply(block("src/dos.js", "two\n", "2\n3\n"))).toEqual({
      kind: "applied",
      files: { "src/dos.js": "one\r\n2\r\n3\r\n" },
    });
    expect(apply(block("src/open.js", "two\n", "2\n"))).toEqual({
      kind: "applied",
      files: { "src/open.js": "one\n2" },
    });
  });

  test.each([
    [
      "stand more than once",
      block("src/a.js", "two\n", "2\n"),
      /stand 2 times in it, at lines 2, 4/u,
    ],
    [
      "do not stand there",
      block("src/a.js", "five\n", "5\n"),
      /do not stand in it; copy whole lines/u,
    ],
    [
      "differ in blanks",
      block("src/a.js", "  one\n", "1\n"),
      /at line 1 stand the same with other blanks/u,
    ],
    ["change nothing", block("src/a.js", "one\n", "one\n"), /changes nothing/u],
    ["are for no file", block("src/x.js", "one\n", "1\n"), /there is no such file/u],
    ["would make a file that is there", block("src/a.js", "", "1\n"), /is there already/u],
  ])("are sent back with the reason where they %s", (_, answer, reason) => {
    const applied = apply(answer);
    expect(applied.kind === "refused" && applied.reasons.join("\n")).toMatch(reason);
  });

  test("count all or not at all", () => {
    const answer = `${block("src/a.js", "one\n", "1\n")}${block("src/b.js", "", "x\n")}`;
    expect(apply(answer, (path) => (path === "src/b.js" ? "not in the plan" : null))).toEqual({
      kind: "refused",
      reasons: ["src/b.js: not in the plan"],
    });
  });

  test.each([
    ["no end", "src/a.js\n<<<<<<< SEARCH\none\n=======\n1\n", /is not closed/u],
    ["two middles", block("src/a.js", "one\n=======\nx\n", "1\n"), /is not closed/u],
    ["no path", `Here it is!\n${block("", "one\n", "1\n")}`, /has no path/u],
    [
      "a count too high",
      "--- a/src/a.js\n+++ b/src/a.js\n@@ -1,3 +1,3 @@\n-one\n+1\n",
      /counts lines/u,
    ],
    [
      "a count too low",
      "--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-one\n+1\n two\n",
      /counts lines/u,
    ],
    ["no hunk", "--- a/src/a.js\n+++ b/src/a.js\nwhatever\n", /no hunk/u],
    ["a removal", "--- a/src/a.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n", /not removed/u],
    ["another name", "--- a/src/a.js\n+++ b/src/b.js\n@@ -1 +1 @@\n-one\n+1\n", /not renamed/u],
  ])("are a problem with %s", (_, answer, problem) => {
    expect(parseEdits(answer).problems.join("\n")).toMatch(problem);
  });

  test("read what a diff writes, whatever the texts", () => {
    const line = fc.constantFrom("a", "b", "", "  c", "+d", "-e");
    const text = fc.tuple(fc.array(line, { minLength: 1, maxLength: 20 }), fc.boolean());
    fc.assert(
      fc.property(text, text, ([olds, isOldOpen], [news, isNewOpen]) => {
        const before = `${olds.join("\n")}\nlast${isOldOpen ? "" : "\n"}`;
        const after = `${news.join("\n")}\nlast${isNewOpen ? "" : "\n"}`;
        const diff = toUnifiedDiff([{ path: "x.js", before, after }]);
        const { edits, problems } = parseEdits(diff);
        expect(problems).toEqual([]);
        const applied = applyEdits(edits, { read: () => before, refuse: () => null });
        const files = before === after ? {} : { "x.js": after };
        expect(applied).toEqual({ kind: "applied", files });
      }),
      { numRuns: 500 },
    );
  });
});
