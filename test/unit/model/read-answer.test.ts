import { describe, expect, test } from "vitest";

import { readFiles, readInputs } from "../../../src/model/read-answer.ts";

const TEST = 'test("a", () => { assert.equal(add(1, 2), 3); });\n';
const pathsOf = (answer: string): readonly string[] =>
  readFiles(answer, "test/x.test.js").map(({ path }) => path);

describe("an answer of a model", () => {
  test("gives its code without the prose around", () => {
    const files = readFiles(`Sure!\n\n\`\`\`js\n${TEST}\`\`\`\nHope that helps.`, "test/x.test.js");
    expect(files).toEqual([{ path: "test/x.test.js", text: TEST }]);
  });

  test("gives each of two files, with the paths that they name", () => {
    const answer = `\`\`\`ts\n// file: test/a.test.ts\n${TEST}\`\`\`\nand\n~~~javascript\n/* path: ./b.test.js */\n${TEST}~~~`;
    expect(pathsOf(answer)).toEqual(["test/a.test.ts", "b.test.js"]);
  });

  test.each(["/etc/a.test.js", "../../a.test.js", "a/../../b.js", "~/a.js", "C:\\a.js", "a\\b.js"])(
    "cannot make a file at %s",
    (path) => {
      expect(pathsOf(`\`\`\`js\n// file: ${path}\n${TEST}\`\`\``)).toEqual(["test/x.test.js"]);
    },
  );

  test("counts without a fence, and with one that never ends", () => {
    expect(readFiles(TEST, "t.js")).toEqual([{ path: "t.js", text: TEST }]);
    expect(readFiles(`\`\`\`js\n${TEST}test("b", () => {`, "t.js")[0]?.text).toBe(
      `${TEST}test("b", () => {`,
    );
  });

  test("has its prose left out without a fence, too", () => {
    const files = readFiles(`Here is the test:\n\n${TEST}\nIt checks (a) and (b).`, "t.js");
    expect(files).toEqual([{ path: "t.js", text: TEST }]);
  });

  test("leaves out blocks that are no tests, and blocks in other languages", () => {
    const answer = `\`\`\`sh\nnpm test (x)\n\`\`\`\n\`\`\`js\nconst a = 1;\n\`\`\`\n\`\`\`js\n${TEST}\`\`\``;
    expect(readFiles(answer, "t.js").map(({ text }) => text)).toEqual([TEST]);
    expect(readFiles("I cannot help with that.", "t.js")).toEqual([]);
  });

  test.each([
    ["a fenced object", '```json\n{"inputs": [{"call": "a"}, 1]}\n```', [{ call: "a" }, 1]],
    ["a bare list", ' [{"call": "a"}]', [{ call: "a" }]],
    ["a single input", '```json\n{"call": "a"}\n```', [{ call: "a" }]],
    ["a block that is no JSON, as one that is none", "```json\n{inputs: [}\n```", [null]],
    ["no block and no JSON", `\`\`\`js\n${TEST}\`\`\``, []],
  ])("gives inputs for the search: %s", (_what, answer, inputs) => {
    expect(readInputs(answer)).toEqual(inputs);
  });
});

describe("answers in another language", () => {
  test("every block counts that is not marked as something else", () => {
    const answer = "Text.\n```python\ndef test_a():\n    assert f()\n```\n```text\nassert\n```\n";
    expect(readFiles(answer, "t.py", "Python")).toEqual([
      { path: "t.py", text: "def test_a():\n    assert f()\n" },
    ]);
  });

  test("prose without a block is no file, code is", () => {
    expect(readFiles("I know of no test.", "t.py", "Python")).toEqual([]);
    expect(readFiles("def test_a():\n    assert f()\n", "t.py", "Python")).toHaveLength(1);
  });
});
