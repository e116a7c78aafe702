import { expect, test } from "vitest";

import { createSourceInstrumenter } from "../../../../src/adapters/instrument/source-instrumenter.ts";

const GOOD = { path: "good.js", content: "module.exports = (a) => a + 1;\n" };
const BUILDS = ["coverageBuild", "searchBuild", "mutantBuild"] as const;

test.each(BUILDS)(
  "%s names the place of a syntax error and goes on with the other files",
  async (name) => {
    const bad = { path: "src/bad.js", content: "let a = 1;\nlet b = ;\n" };
    const build = await createSourceInstrumenter()[name]([bad, GOOD]);
    expect(build.skipped).toEqual([
      { path: "src/bad.js", reason: "syntax error: Unexpected token", line: 2, column: 8 },
    ]);
    expect(Object.keys(build.overlay)).toEqual(["good.js"]);
  },
);

test.each(BUILDS)("%s leaves a ten-megabyte bundle alone", async (name) => {
  const bundle = { path: "dist/bundle.js", content: "f(1);\n".repeat(1_700_000) };
  const build = await createSourceInstrumenter()[name]([bundle, GOOD]);
  expect(build.skipped).toMatchObject([{ path: "dist/bundle.js" }]);
  expect(build.skipped[0]?.reason).toMatch(/^too large: 10\.2 MB, the limit is (2\.0|0\.5) MB$/);
  expect(Object.keys(build.overlay)).toEqual(["good.js"]);
});

test.each(BUILDS)("%s passes over what is no script", async (name) => {
  const files = [
    { path: "data.json", content: "{}" },
    { path: "index.d.ts", content: "export declare const a: number;\n" },
    { path: "style.d.css.ts", content: "" },
    { path: "Makefile", content: "" },
  ];
  const build = await createSourceInstrumenter()[name](files);
  expect(build.overlay).toEqual({});
  expect(build.skipped.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
  expect(new Set(build.skipped.map(({ reason }) => reason))).toEqual(
    new Set(["not a JavaScript or TypeScript source"]),
  );
});

test.each(BUILDS)("%s of nothing is empty", async (name) => {
  const build = await createSourceInstrumenter()[name]([]);
  expect(build).toMatchObject({ overlay: {}, skipped: [] });
});
