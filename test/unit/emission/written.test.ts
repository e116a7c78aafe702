import { describe, expect, test } from "vitest";

import type { WrittenCandidate } from "../../../src/contract/candidate.ts";
import { createSuitePrinter } from "../../../src/emission/suite-printer.ts";
import type { PrintedSuite } from "../../../src/ports/suite-printer.ts";
import { project } from "./builders.ts";

const TEXT = `import assert from "node:assert/strict";
import { after, describe, it, test } from "node:test";
import { add, half } from "../src/math.js";
import { slowly } from "./helpers.js";

const THREE = 3;

// Says what adding does.
test("adds", () => {
  assert.equal(add(1, 2), THREE);
});

describe("half", () => {
  after(() => undefined);

  it("halves", function () {
    assert.equal(half(6), THREE);
  });

  it(\`keeps   its

text\`, async () => {
    assert.equal(await slowly(half)("a  \\n\\n\\n b"), \`a${"  "}

\n b\`);
  });
});
`;

const FILES: Record<string, string> = {
  "src/math.js": "export const add = (a, b) => a + b; export const half = (n) => n / 2;",
};

function written(fullTitle: string, over: Partial<WrittenCandidate> = {}): WrittenCandidate {
  return {
    id: `id of ${fullTitle}`,
    origin: "model",
    module: "src/math.js",
    text: TEXT,
    path: "test/math.test.js",
    fullTitle,
    engine: "model m (prompt 0)",
    claims: { counters: [], kills: [] },
    ...over,
  };
}

async function print(candidates: readonly WrittenCandidate[]): Promise<PrintedSuite> {
  const printer = createSuitePrinter({
    readProjectFile: (path) => Promise.resolve(FILES[path] ?? null),
  });
  const request = {
    project: project(),
    runner: "node" as const,
    outDir: "test/regoose",
    candidates,
  };
  return printer.print(request, { signal: new AbortController().signal });
}

describe("a test that came as text", () => {
  test("stands in a file of its own, with what is around it and without its neighbours", async () => {
    const { files, tests, unprintable } = await print([written("half > halves")]);
    expect(files).toEqual({
      "test/regoose/math-model.test.js": `// Proposed by a language model, proven by Regoose.
// To prove each of these tests again: npx regoose verify test/regoose

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { half } from "../../src/math.js";

const THREE = 3;

describe("half", () => {
  after(() => undefined);

  it("halves", function () {
    assert.equal(half(6), THREE);
  });
});
`,
    });
    expect(tests.map(({ fullTitle, source }) => [fullTitle, source.split("\n")[0]])).toEqual([
      ["half > halves", 'it("halves", function () {'],
    ]);
    expect(unprintable).toEqual([]);
  });

  test("keeps every character of what it asserts", async () => {
    const title = "half > keeps   its\n\ntext";
    const { files, tests } = await print([written(title)]);
    const source = TEXT.slice(TEXT.indexOf("it(`keeps"), TEXT.lastIndexOf("});"));
    expect(tests[0]?.source).toBe(source.trim());
    expect(files["test/regoose/math-model.test.js"]).toContain(source);
  });

  test("shares its file with others of the same text only", async () => {
    const other = written("adds", { text: TEXT.replace("THREE = 3", "THREE = 1 + 2") });
    const { files, tests } = await print([written("adds"), written("half > halves"), other]);
    expect(Object.keys(files)).toEqual([
      "test/regoose/math-model.test.js",
      "test/regoose/math-model-2.test.js",
    ]);
    expect(tests.map(({ file, fullTitle }) => `${file} ${fullTitle}`)).toEqual(
      [
        "test/regoose/math-model.test.js adds",
        "test/regoose/math-model.test.js half > halves",
        "test/regoose/math-model-2.test.js adds",
      ].map((line) => line),
    );
  });

  test.each(["test/regoose/a.test.js", "src/deep/a.test.js", "a.test.js"])(
    "finds what it imports from a folder above where it was thought to stand: %s",
    async (path) => {
      const text = TEXT.replace(
        "../src/math.js",
        path === "a.test.js" ? "./src/math.js" : "../src/math.js",
      );
      const { files } = await print([written("adds", { path, text })]);
      expect(files["test/regoose/math-model.test.js"]).toContain('from "../../src/math.js"');
    },
  );

  test("keeps an import of what is not there, for the run to speak", async () => {
    const { files } = await print([
      written("adds", { text: TEXT.replace("src/math", "lib/math") }),
    ]);
    expect(files["test/regoose/math-model.test.js"]).toContain('from "../lib/math.js"');
  });

  test.each([
    ["that does not parse", { text: 'test("adds", () => {' }, "does not parse"],
    ["whose title is not in it", { fullTitle: "adds more" }, "its title does not stand"],
    [
      "whose title is in it twice",
      {
        text: TEXT.replace("halves", "halves") + TEXT.slice(TEXT.indexOf("test(")),
        fullTitle: "adds",
      },
      "twice",
    ],
  ])("is not printed %s", async (_, over, reason) => {
    const { files, unprintable } = await print([written("adds", over)]);
    expect(files).toEqual({});
    expect(unprintable[0]?.reason).toContain(reason);
  });

  test("becomes CommonJS where it says require", async () => {
    const text = `const assert = require("node:assert");\nconst { test } = require("node:test");\nconst { add } = require("../src/math.js");\ntest("adds", () => { assert.equal(add(1, 2), 3); });`;
    const { files } = await print([written("adds", { text })]);
    expect(files["test/regoose/math-model.test.cjs"]).toContain('require("../../src/math.js")');
  });
});
