import { expect, test } from "vitest";

import { buildMutants } from "../../../../src/adapters/instrument/mutant-build.ts";
import { loadStryker, type StrykerKit } from "../../../../src/adapters/instrument/stryker.ts";
import { createSourceInstrumenter } from "../../../../src/adapters/instrument/source-instrumenter.ts";
import { runCode } from "./run-code.ts";

const SOURCE = {
  path: "lib/add.js",
  content: `"use strict";
const base = 1 + 1;
function add(a, b) {
  return a + b;
}
// Stryker disable next-line all: wanted
const ignored = (a) => a - 1;
module.exports = { add, base, ignored };
`,
};

test("each mutant names its place and is switched by StrykerJS's global", async () => {
  const { overlay, mutants } = await createSourceInstrumenter().mutantBuild([SOURCE]);
  const plus = mutants.find(({ range }) => range.start.line === 4);
  expect(plus).toMatchObject({
    file: "lib/add.js",
    mutator: "ArithmeticOperator",
    replacement: "a - b",
    range: { start: { line: 4, column: 9 }, end: { line: 4, column: 14 } },
  });
  const result = await runCode(
    overlay,
    `const stryker = (globalThis.__stryker__ = {});
     const { add } = require("./lib/add.js");
     const unswitched = add(5, 2);
     stryker.activeMutant = ${JSON.stringify(plus!.switchId)};
     const switched = add(5, 2);
     stryker.activeMutant = undefined;
     stryker.currentTestId = "test 1";
     add(1, 1);
     print({ unswitched, switched, again: add(5, 2), perTest: stryker.mutantCoverage.perTest["test 1"][${JSON.stringify(plus!.switchId)}], loaded: Object.keys(stryker.mutantCoverage.static).length > 0 });`,
  );
  expect(result).toEqual({ unswitched: 7, switched: 3, again: 7, perTest: 2, loaded: true });
});

test("mutants that a comment disables are not listed, load-time ones are", async () => {
  const { mutants } = await createSourceInstrumenter().mutantBuild([SOURCE]);
  const lines = mutants.map(({ range }) => range.start.line);
  expect(lines).toContain(2);
  expect(lines).not.toContain(7);
});

test("an unused directive is passed on as a warning", async () => {
  const warnings: string[] = [];
  const content = `// Stryker disable next-line Nonsense\nmodule.exports = (a) => a + 1;\n`;
  await createSourceInstrumenter({ warn: (message) => warnings.push(message) }).mutantBuild([
    { path: "x.js", content },
  ]);
  expect(warnings).toEqual([expect.stringContaining("'Nonsense' not found")]);
});

test("an id depends on content alone, a switch id on the order of the files", async () => {
  const other = { path: "lib/other.js", content: "module.exports = (a) => a * 2;\n" };
  const instrumenter = createSourceInstrumenter();
  const alone = await instrumenter.mutantBuild([SOURCE]);
  const both = await instrumenter.mutantBuild([other, SOURCE]);
  const ids = (build: typeof alone): string[] =>
    build.mutants.filter(({ file }) => file === SOURCE.path).map(({ id }) => id);

  expect(ids(both)).toEqual(ids(alone));
  expect(new Set(both.mutants.map(({ id }) => id)).size).toBe(both.mutants.length);
  expect(both.mutants.find(({ file }) => file === SOURCE.path)?.switchId).not.toBe(
    alone.mutants[0]?.switchId,
  );

  const changed = await instrumenter.mutantBuild([{ ...SOURCE, content: `${SOURCE.content}\n` }]);
  expect(ids(changed)).not.toEqual(ids(alone));
});

const OTHER = { path: "lib/other.js", content: "module.exports = (a) => a * 2;\n" };
const OPTIONS = { maxFileBytes: 1000, hasLegacyDecorators: true };

test("a file whose mutants find no place is left out, and the others keep theirs", async () => {
  const load = async (warn: (message: string) => void): Promise<StrykerKit> => {
    const kit = await loadStryker(warn);
    return {
      ...kit,
      instrument: (files) =>
        files.some(({ path }) => path === SOURCE.path)
          ? Promise.reject(new Error("no place for a mutant\n  detail"))
          : kit.instrument(files),
    };
  };
  const build = await buildMutants([SOURCE, OTHER], { ...OPTIONS, warn: () => undefined }, load);
  expect(build.skipped).toEqual([
    { path: SOURCE.path, reason: "cannot be instrumented: no place for a mutant" },
  ]);
  expect(Object.keys(build.overlay)).toEqual([OTHER.path]);
  expect(build.mutants.length).toBeGreaterThan(0);
});

test("a printed file that no longer parses keeps its mutants, without fuel and with a warning", async () => {
  const warnings: string[] = [];
  const load = async (warn: (message: string) => void): Promise<StrykerKit> => {
    const kit = await loadStryker(warn);
    return {
      ...kit,
      instrument: async (files) => {
        const { mutants } = await kit.instrument(files);
        return { mutants, files: [{ name: OTHER.path, mutate: true, content: "v = %Odd();" }] };
      },
    };
  };
  const warn = (message: string): number => warnings.push(message);
  const build = await buildMutants([OTHER], { ...OPTIONS, warn }, load);
  expect(build.overlay).toEqual({ [OTHER.path]: "v = %Odd();" });
  expect(warnings).toEqual([expect.stringContaining("lib/other.js: mutants have no loop fuel")]);
});

test("the build agrees with StrykerJS on every mutant of a file", async () => {
  const { Instrumenter } = await import("@stryker-mutator/instrumenter");
  const silent = new Proxy({}, { get: () => () => false });
  const plain = new Instrumenter(silent as ConstructorParameters<typeof Instrumenter>[0]);
  const expected = await plain.instrument(
    [{ name: SOURCE.path, content: SOURCE.content, mutate: true }],
    { ignorers: [], plugins: null, excludedMutations: [] },
  );
  const { mutants } = await createSourceInstrumenter().mutantBuild([SOURCE]);
  expect(
    mutants.map(({ switchId, mutator, replacement }) => [switchId, mutator, replacement]),
  ).toEqual(
    expected.mutants
      .filter(({ status }) => status !== "Ignored")
      .map(({ id, mutatorName, replacement }) => [id, mutatorName, replacement]),
  );
});

test("a pattern that the regex mutator cannot read is a warning of one line", async () => {
  const warnings: string[] = [];
  const content = "module.exports = (a) => /(){0}/.test(a);\n";
  const build = await createSourceInstrumenter({
    warn: (message) => warnings.push(message),
  }).mutantBuild([{ path: "x.js", content }]);
  expect(build.skipped).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/^\[RegexMutator\]: [^\n]*$/)]);
});
