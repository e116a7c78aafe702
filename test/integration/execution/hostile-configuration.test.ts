import { describe, expect, it } from "vitest";
import { createScratchProject } from "./scratch-project.ts";

const TWO_TESTS = `
it("is red", () => { throw new Error("red"); });
it("is green", () => {});
`;

/** What each configuration must not be able to do: keep both tests from being run and told. */
function expectBothTests(report: {
  end: unknown;
  tests: readonly { fullTitle: string; status: string }[];
}): void {
  expect(report.end).toEqual({ kind: "finished" });
  expect(report.tests.map(({ fullTitle, status }) => [fullTitle, status])).toEqual([
    ["is red", "failed"],
    ["is green", "passed"],
  ]);
}

describe("a project's own configuration cannot break a run", () => {
  it("of Jest", async () => {
    using project = createScratchProject("jest", {
      "jest.config.js": `module.exports = {
        bail: 1, coverageThreshold: { global: { lines: 100 } }, collectCoverage: true, watch: true,
        globalSetup: "./throws.js", globalTeardown: "./throws.js", reporters: ["./missing-reporter.js"],
        testMatch: ["**/nowhere/**"], testPathIgnorePatterns: ["/test/"], cacheDirectory: "/nonexistent/cache",
        testEnvironment: "./own-environment.js", runner: "./missing-runner.js", maxWorkers: 4,
        moduleNameMapper: { "^alias$": "<rootDir>/aliased.js" }, setupFilesAfterEnv: ["./setup.js"],
        projects: ["./a", "./b"], testResultsProcessor: "./missing.js", notify: true, forceExit: false,
      };`,
      "own-environment.js": `const { TestEnvironment } = require("jest-environment-node");
        module.exports = class extends TestEnvironment {
          async setup() { await super.setup(); this.global.fromEnvironment = 5; }
        };`,
      "setup.js": `jest.retryTimes(3); globalThis.fromSetup = 6;`,
      "aliased.js": `module.exports = 7;`,
      "throws.js": `throw new Error("never to be loaded");`,
    });
    const report = await project.run({
      "test/a.test.js": `${TWO_TESTS}
        it("keeps what files need", () => {
          expect([fromEnvironment, fromSetup, require("alias")]).toEqual([5, 6, 7]);
        });`,
    });
    expect(report.tests.at(-1)).toMatchObject({ status: "passed" });
    expectBothTests({ ...report, tests: report.tests.slice(0, -1).filter(isFirst) });
  });

  it("of Vitest", async () => {
    using project = createScratchProject("vitest", {
      "vitest.config.ts": `
        import { defineConfig } from "vitest/config";
        import { seven } from "./config-part.ts";
        export default defineConfig(() => ({
          cacheDir: "node_modules/.never",
          resolve: { alias: { alias: new URL("./aliased.js", import.meta.url).pathname } },
          define: { __SEVEN__: String(seven) },
          test: {
            bail: 1, retry: 3, include: ["nowhere/**"], exclude: ["test/**"], reporters: ["./missing.js"],
            globalSetup: "./throws.js", coverage: { enabled: true, thresholds: { lines: 100 } }, watch: true,
            pool: "vmThreads", allowOnly: false, passWithNoTests: false, setupFiles: ["./setup.js"], globals: true,
            projects: ["packages/*"], sequence: { shuffle: true }, typecheck: { enabled: true }, runner: "./throws.js",
            maxWorkers: 4, browser: { enabled: true, provider: "playwright", instances: [] },
          },
        }));`,
      "config-part.ts": `export const seven: number = 7;`,
      "vitest.workspace.js": `export default ["packages/*"];`,
      "setup.js": `globalThis.fromSetup = 6;`,
      "aliased.js": `export default 5;`,
      "throws.js": `throw new Error("never to be loaded");`,
    });
    const report = await project.run({
      "test/a.test.js": `import alias from "alias";
        ${TWO_TESTS}
        it("keeps what files need", () => {
          expect([alias, fromSetup, __SEVEN__]).toEqual([5, 6, 7]);
        });`,
    });
    expect(report.tests.at(-1)).toMatchObject({ status: "passed" });
    expectBothTests({ ...report, tests: report.tests.slice(0, -1) });
  });

  it("of Mocha", async () => {
    using project = createScratchProject("mocha", {
      ".mocharc.cjs": `module.exports = {
        bail: true, forbidOnly: true, forbidPending: true, retries: 3, spec: ["other/**/*.js"], watch: true,
        reporter: "./missing-reporter.js", parallel: true, grep: "nothing", require: ["./setup.js"], ui: "tdd",
        timeout: 1234, "dry-run": true, ignore: ["test/**"],
      };`,
      "setup.js": `globalThis.fromSetup = 6;`,
      "other/b.test.js": `throw new Error("never to be loaded");`,
    });
    const report = await project.run({
      "test/a.test.js": `${TWO_TESTS}
        it("keeps what files need", function () {
          require("node:assert").deepEqual([fromSetup, this.timeout()], [6, 1234]);
        });`,
    });
    expect(report.tests.at(-1)).toMatchObject({ status: "passed" });
    expectBothTests({ ...report, tests: report.tests.slice(0, -1) });
  });

  it("runs on when a configuration cannot be read", async () => {
    for (const [runner, path] of [
      ["jest", "jest.config.js"],
      ["vitest", "vitest.config.js"],
      ["mocha", ".mocharc.cjs"],
    ] as const) {
      using project = createScratchProject(runner, {
        [path]: `throw new Error("bad configuration");`,
      });
      const header = runner === "vitest" ? `import { it } from "vitest";` : "";
      const report = await project.run({ "test/a.test.js": `${header}${TWO_TESTS}` });
      expectBothTests(report);
      expect(report.output).toContain("could not be read");
    }
  });
});

/** `retryTimes` of a set-up file reruns a red test, which Jest then reports again. */
function isFirst(
  test: { readonly fullTitle: string },
  index: number,
  all: readonly { readonly fullTitle: string }[],
): boolean {
  return all.findIndex(({ fullTitle }) => fullTitle === test.fullTitle) === index;
}
