import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createRunnerAdapter } from "../../src/adapters/runner/create-runner-adapter.ts";
import { createBubblewrapBackend } from "../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import type { ProjectInfo, RunnerName } from "../../src/contract/project.ts";
import { createTestRunner } from "../../src/execution/create-test-runner.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import type { SourceText } from "../../src/ports/mutant-engine.ts";
import type { TestRunner } from "../../src/ports/runner.ts";

export const RUNNERS: readonly RunnerName[] = ["node", "vitest", "jest", "mocha"];
export const SYSTEMS = ["commonjs", "esm", "typescript"] as const;
export type SampleSystem = (typeof SYSTEMS)[number];

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/u, "");
const FIXTURES = join(REPOSITORY, "test/fixtures/runners");

const BINARIES: Readonly<Record<RunnerName, string | null>> = {
  node: null,
  vitest: "vitest/vitest.mjs",
  jest: "jest/bin/jest.js",
  mocha: "mocha/bin/mocha.js",
};

/** What analysis would say of a fixture project. */
export function toSampleProject(folder: string, runner: RunnerName): ProjectInfo {
  const binary = BINARIES[runner];
  const modules = join(REPOSITORY, "node_modules");
  return {
    root: join(FIXTURES, folder),
    name: `sample-${folder}`,
    version: "1.0.0",
    system: folder === "esm" ? "esm" : "commonjs",
    isTypeScript: folder === "typescript",
    packageManager: "npm",
    runner,
    isRunnerDetected: true,
    runnerBinPath: binary === null ? null : join(modules, binary),
    entryPoints: [],
    sourceFiles: listSources(folder).map(({ path }) => path),
    testFiles: [],
    testsFolder: "test",
    testScript: null,
    dependencyFolders: [{ hostPath: modules, levelsUp: 0 }],
    formatter: null,
    tsconfigPath: null,
    repository: null,
  };
}

/** The fixture's sources: everything but its configuration. */
export function listSources(folder: string): SourceText[] {
  const root = join(FIXTURES, folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(?:index|double)\.[jt]s$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(root, path), content: readFileSync(path, "utf8") }));
}

const clock = createSystemClock();
const sandboxes = createBubblewrapBackend({ clock });

/** The real runner in the real sandbox. */
export function createSampleRunner(folder: string, runner: RunnerName): TestRunner {
  return createTestRunner(
    { sandboxes, clock, adapter: createRunnerAdapter(runner) },
    {
      project: toSampleProject(folder, runner),
      baseLayer: join(FIXTURES, folder),
      scratchFolder: tmpdir(),
    },
  );
}

/** A folder that is gone when the test is over. */
export function openTempFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "regoose-matrix-"));
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Paths of this repository that tests of runners need. */
export const PATHS: { readonly repository: string; readonly fixtures: string } = {
  repository: REPOSITORY,
  fixtures: FIXTURES,
};

/** The import lines of a test file in a runner's dialect. */
function toHeader(system: SampleSystem, runner: RunnerName): string {
  const target = system === "typescript" ? "../index.ts" : "../index.js";
  const usesImport = system !== "commonjs" || runner === "vitest";
  const names = "describe, it, beforeEach";
  const sources: Readonly<Record<RunnerName, string | null>> = {
    node: "node:test",
    vitest: "vitest",
    jest: usesImport && system === "esm" ? "@jest/globals" : null,
    mocha: usesImport ? "mocha" : null,
  };
  const source = sources[runner];
  const expected = runner === "vitest" || (runner === "jest" && source !== null) ? ", expect" : "";
  if (!usesImport) {
    return [
      source === null ? "" : `const { ${names}${expected} } = require("${source}");`,
      `const assert = require("node:assert/strict");`,
      `const sample = require("${target}");`,
    ].join("\n");
  }
  return [
    source === null ? "" : `import { ${names}${expected} } from "${source}";`,
    `import assert from "node:assert/strict";`,
    `import * as sample from "${target}";`,
  ].join("\n");
}

/** The same tests in each dialect; `year` is what the clock should say. */
export function toTestFiles(
  system: SampleSystem,
  runner: RunnerName,
  year: number,
): Record<string, string> {
  const extension = system === "typescript" ? "ts" : "js";
  const equals =
    runner === "vitest" || runner === "jest"
      ? `expect(sample.label(11)).toBe("big");`
      : `assert.equal(sample.label(11), "big");`;
  const header = toHeader(system, runner);
  return {
    [`test/numbers.test.${extension}`]: `${header}

describe("numbers", () => {
  let list;
  beforeEach(() => {
    list = [1, 3, 2];
  });
  it("finds the largest", () => {
    assert.equal(sample.largest(list), 3);
  });
  it("labels a big one", () => {
    ${equals}
  });
  describe("later", () => {
    it("doubles", async () => {
      assert.equal(await sample.later(4), 8);
    });
    it("refuses a negative one", async () => {
      await assert.rejects(sample.later(-1), { name: "RangeError" });
    });
  });
});
it("knows the year", () => {
  assert.equal(sample.year(), ${year});
});
it("is red by its own assertion", () => {
  assert.equal(sample.label(11), "small");
});
it("is red by the target", () => {
  sample.broken({});
});
it.skip("is left out", () => {});
`.replace("let list;", system === "typescript" ? "let list: number[];" : "let list;"),
    [`test/labels.test.${extension}`]: `${header}

it("labels a small one", () => {
  assert.equal(sample.label(1), "small");
});
`,
  };
}

/** Titles of the tests in {@link toTestFiles} that hold, and the file of each. */
export const GREEN_TITLES: readonly string[] = [
  "numbers > finds the largest",
  "numbers > labels a big one",
  "numbers > later > doubles",
  "numbers > later > refuses a negative one",
  "knows the year",
  "labels a small one",
];
