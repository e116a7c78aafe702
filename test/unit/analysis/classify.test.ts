import { describe, expect, test } from "vitest";
import {
  buildFolderOf,
  classify,
  isLikelyTestFile,
} from "../../../src/analysis/project/classify.ts";

describe("the role of a path", () => {
  test.each([
    ["index.js", "source"],
    ["src/a.tsx", "source"],
    ["src/build/plan.ts", "source"],
    ["lib/dist/x.js", "source"],
    ["src/docs/parse.js", "source"],
    ["bin/cli.mjs", "source"],
    ["src/a.d.ts", "declaration"],
    ["types/a.d.mts", "declaration"],
    ["test/a.js", "test"],
    ["src/__tests__/a.js", "test"],
    ["spec/a.js", "test"],
    ["src/a.test.ts", "test"],
    ["src/a_spec.js", "test"],
    ["test.js", "test"],
    ["test-foo.js", "test"],
    ["examples/a.js", "aside"],
    ["docs/a.js", "aside"],
    ["benchmarks/a.js", "aside"],
    ["rollup.config.js", "config"],
    ["vitest.workspace.ts", "config"],
    ["gulpfile.js", "config"],
    ["jest.setup.js", "config"],
    [".eslintrc.cjs", "config"],
    ["dist/a.js", "build"],
    ["js/release/a.js", "build"],
    ["a.min.js", "build"],
    ["a-min.js", "build"],
    ["readme.md", "other"],
    ["data.json", "other"],
  ])("%s is %s", (path, role) => {
    expect(classify(path)).toBe(role);
  });

  test.each([
    ["test/a.js", true],
    ["test/helpers/a.js", false],
    ["test/fixtures/a.js", false],
    ["test/setup.js", false],
    ["test/utils.js", false],
    ["test/utils.test.js", true],
    ["test/__mocks__/fs.js", false],
  ])("%s is run by a runner: %s", (path, isTest) => {
    expect(isLikelyTestFile(path)).toBe(isTest);
  });

  test.each([
    ["dist/a.js", "dist"],
    ["dist/esm/a.js", "dist/esm"],
    ["lib/a.js", "lib"],
    ["src/a.js", ""],
    ["a.js", ""],
  ])("%s is built into %j", (path, folder) => {
    expect(buildFolderOf(path)).toBe(folder);
  });
});
