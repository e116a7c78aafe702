import { describe, expect, it } from "vitest";
import type { TestRunRequest } from "../../../src/ports/runner.ts";
import { createScratchProject } from "./scratch-project.ts";

const ESM = { "package.json": `{"name":"typed","type":"module"}` };
const INDEX = `export const half = (n: number): number => (n > 1 ? n / 2 : 0);\n`;
/** Passes where the process never loaded the stripper. */
const NO_STRIPPER = `
  const loaded: readonly string[] = (process as unknown as { moduleLoadList: string[] }).moduleLoadList;
  assert.deepEqual(loaded.filter((name) => /amaro/u.test(name)), []);`;
const COVERAGE: Partial<TestRunRequest> = { mode: { kind: "coverage" } };

const toTest = (body: string): string => `import { test } from "node:test";
import assert from "node:assert/strict";
import { half } from "../index.ts";
test("a", () => {${body}
});
`;

describe("a TypeScript project under node:test", () => {
  it("is measured by processes that need not strip types", async () => {
    using project = createScratchProject("node", { ...ESM, "index.ts": INDEX });
    const build = await project.mutants("index.ts");
    const files = { "test/a.test.ts": toTest(`${NO_STRIPPER}\n  assert.equal(half(4), 2);`) };
    const report = await project.run(files, { ...COVERAGE, overlay: build.overlay });
    expect(report.tests).toMatchObject([{ status: "passed", failure: null }]);
  });

  it("is proven by processes that load the files as they are", async () => {
    using project = createScratchProject("node", { ...ESM, "index.ts": INDEX });
    const files = { "test/a.test.ts": toTest(NO_STRIPPER) };
    const report = await project.run(files);
    expect(report.tests).toMatchObject([{ status: "failed" }]);
  });

  it("keeps the places of failures", async () => {
    using project = createScratchProject("node", { ...ESM, "index.ts": INDEX });
    const body = `\n  const wanted: number = 3;\n  assert.equal(half(4) as number, wanted);`;
    const files = { "test/a.test.ts": toTest(body) };
    const stacks: string[] = [];
    for (const mode of [COVERAGE, {}]) {
      const { tests } = await project.run(files, mode);
      const lines = tests[0]?.failure?.stack.split("\n") ?? [];
      stacks.push(lines.find((line) => line.includes("a.test.ts"))?.trim() ?? "none");
    }
    expect(stacks[0]).toContain("a.test.ts:6:10");
    expect(stacks[0]).toBe(stacks[1]);
  });

  it("fails on what Node cannot strip as the user's own command does", async () => {
    using project = createScratchProject("node", {
      ...ESM,
      "index.ts": INDEX,
    });
    const files = { "test/a.test.ts": toTest(`assert.equal(half(4), 2);`) };
    const overlay = { "index.ts": `${INDEX}export enum Size { Small }\n` };
    const ends = [];
    for (const mode of [COVERAGE, {}]) {
      const { end, tests, strayErrors } = await project.run(files, { ...mode, overlay });
      ends.push({ end, tests, strayErrors });
    }
    expect(JSON.stringify(ends[1])).toContain("enum");
    expect(ends[0]).toEqual(ends[1]);
  });

  it("loads CommonJS as CommonJS", async () => {
    using project = createScratchProject("node", {
      "package.json": `{"name":"typed","type":"commonjs"}`,
      "index.ts": `exports.half = (n: number): number => n / 2;\n`,
    });
    const files = {
      "test/a.test.ts": `const { test } = require("node:test");
const assert = require("node:assert/strict");
test("a", () => {${NO_STRIPPER}
  assert.equal(typeof require("../index.ts").half(4 as number), "number");
});
`,
    };
    const build = await project.mutants("index.ts");
    const report = await project.run(files, { ...COVERAGE, overlay: build.overlay });
    expect(report.tests).toMatchObject([{ status: "passed", failure: null }]);
  });
});
