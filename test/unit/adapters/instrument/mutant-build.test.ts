import { expect, test } from "vitest";

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
