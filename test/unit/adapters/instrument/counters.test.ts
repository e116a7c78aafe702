import { readFile } from "node:fs/promises";

import { createInstrumenter } from "istanbul-lib-instrument";
import { expect, test } from "vitest";

import { createSourceInstrumenter } from "../../../../src/adapters/instrument/source-instrumenter.ts";
import { runCode } from "./run-code.ts";

const SAMPLE = new URL("../../../fixtures/instrument/sample.cjs", import.meta.url);
const DRIVE = `
const { classify, twice, Counter, ignored } = require("./lib/sample.cjs");
classify(1); classify(9); classify(); classify("ok"); classify("long"); classify(null);
twice(2); new Counter().step(); ignored();
const { s, f, b } = globalThis.__coverage__["lib/sample.cjs"];
print({ keys: Object.keys(globalThis.__coverage__), s, f, b });
`;

async function readSample(): Promise<{ path: string; content: string }> {
  return { path: "lib/sample.cjs", content: await readFile(SAMPLE, "utf8") };
}

test("the coverage build has the maps and the hit counts of plain istanbul", async () => {
  const source = await readSample();
  const istanbul = createInstrumenter({ esModules: true, preserveComments: true });
  const expected = istanbul.instrumentSync(source.content, source.path);
  const { statementMap, fnMap, branchMap } = istanbul.lastFileCoverage();

  const build = await createSourceInstrumenter().coverageBuild([source]);

  const initial = build.coverage[source.path];
  expect(initial?.data).toMatchObject({ path: source.path, statementMap, fnMap, branchMap });
  expect(expected).toContain(`"${String(initial?.hash)}"`);
  const ours = await runCode({ [source.path]: build.overlay[source.path]! }, DRIVE);
  const plain = await runCode({ [source.path]: expected }, DRIVE);
  expect(ours).toEqual(plain);
  expect(ours).toMatchObject({ keys: ["lib/sample.cjs"], f: { 0: 6, 1: 1 } });
});

test("the search build counts under the same numbers and hash as the coverage build", async () => {
  const source = await readSample();
  const instrumenter = createSourceInstrumenter();
  const coverage = await instrumenter.coverageBuild([source]);
  const search = await instrumenter.searchBuild([source]);

  expect(search.coverage).toEqual(coverage.coverage);
  expect(await runCode({ [source.path]: search.overlay[source.path]! }, DRIVE)).toEqual(
    await runCode({ [source.path]: coverage.overlay[source.path]! }, DRIVE),
  );
});

test("a pre-seeded counter object with the same hash is the one that is counted into", async () => {
  const source = await readSample();
  const build = await createSourceInstrumenter().searchBuild([source]);
  const initial = build.coverage[source.path]!;
  const counters = await runCode(
    { [source.path]: build.overlay[source.path]! },
    `
    const initial = ${JSON.stringify(initial)};
    const all = new Uint32Array(200);
    const s = all.subarray(0, Object.keys(initial.data.s).length);
    globalThis.__coverage__ = { [initial.data.path]: { ...initial.data, hash: initial.hash, s } };
    const before = Array.from(all).some((count) => count > 0);
    require("./lib/sample.cjs").twice(1);
    print({ before, after: all.some((count) => count > 0) });
    `,
  );
  expect(counters).toEqual({ before: false, after: true });
});

test("a shebang and a directive stay first", async () => {
  const source = await readSample();
  const instrumenter = createSourceInstrumenter();
  const builds = [
    await instrumenter.coverageBuild([source]),
    await instrumenter.searchBuild([source]),
    await instrumenter.mutantBuild([source]),
  ];
  for (const { overlay } of builds) {
    expect(overlay[source.path]).toMatch(/^#!\/usr\/bin\/env node\n"use strict";/);
  }
});

test("ES modules are counted, and hoisted functions of a cycle may run before their top level", async () => {
  const files = [
    {
      path: "a.js",
      content: `import { b } from "./b.js";\nexport function a() { for (const x of [1]) if (x) return x; }\nexport const c = b;\n`,
    },
    { path: "b.js", content: `import { a } from "./a.js";\nexport const b = a();\n` },
  ];
  const build = await createSourceInstrumenter().searchBuild(files);
  const result = await runCode(
    build.overlay,
    `const { c } = await import("./a.js"); print({ c, f: globalThis.__coverage__["a.js"].f });`,
    { type: "module" },
  );
  expect(result).toEqual({ c: 1, f: { 0: 1 } });
});

test("a script that is no module is read as a script", async () => {
  const content = `function twice(x) { return x; }\nfunction twice(x) { return 2 * x; }\nvar octal = 010;\nmodule.exports = { twice: twice, octal: octal };\nreturn;\n`;
  const instrumenter = createSourceInstrumenter();
  const coverage = await instrumenter.coverageBuild([{ path: "old.js", content }]);
  const mutants = await instrumenter.mutantBuild([{ path: "old.js", content }]);
  expect(coverage.skipped).toEqual([]);
  expect(mutants.skipped).toEqual([]);
  for (const overlay of [coverage.overlay, mutants.overlay]) {
    expect(
      await runCode(
        overlay,
        `const { twice, octal } = require("./old.js"); print([twice(2), octal]);`,
      ),
    ).toEqual([4, 8]);
  }
});

test("a file that asks istanbul to ignore it has no counters", async () => {
  const content = `/* istanbul ignore file */\nmodule.exports = 1;\n`;
  const build = await createSourceInstrumenter().coverageBuild([{ path: "x.js", content }]);
  expect(build.coverage).toEqual({});
  expect(build.overlay["x.js"]).toContain("module.exports = 1");
});

test("the same input gives the same bytes", async () => {
  const source = await readSample();
  const first = await createSourceInstrumenter().searchBuild([source]);
  const second = await createSourceInstrumenter().searchBuild([source]);
  expect(second).toEqual(first);
});
