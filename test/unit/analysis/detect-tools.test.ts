import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { detectProject, type DetectedProject } from "../../../src/analysis/detect-project.ts";
import { aProject, installed, writeFiles } from "./project-builder.ts";

const CJS = "exports.add = (a, b) => a + b;\n";

async function detect(files: Readonly<Record<string, unknown>>): Promise<DetectedProject> {
  return detectProject({ path: await aProject(files) });
}

describe("runner, formatter and package manager", () => {
  const base = { "index.js": CJS };

  test.each([
    [{ scripts: { test: "vitest run" } }, {}, "vitest", "vitest.mjs"],
    [{ scripts: { test: "eslint . && jest --ci" } }, {}, "jest", "bin/jest.js"],
    [{ scripts: { test: "npm run unit", "test:unit": "mocha test" } }, {}, "mocha", "bin/mocha.js"],
    [{ devDependencies: { mocha: "1" } }, {}, "mocha", "bin/mocha.js"],
    [{ jest: {} }, {}, "jest", "bin/jest.js"],
    [{}, { "vitest.config.ts": "" }, "vitest", "vitest.mjs"],
    [{}, { ".mocharc.json": "{}" }, "mocha", "bin/mocha.js"],
    [{ scripts: { test: "react-scripts test" } }, {}, "jest", "bin/jest.js"],
  ])("finds the runner of %j", async (manifest, files, runner, bin) => {
    const project = await detect({
      "package.json": manifest,
      ...base,
      ...files,
      ...installed(runner, bin),
    });
    expect(project).toMatchObject({ runner, isRunnerDetected: true });
    expect(project.runnerBinPath).toBe(join(project.root, "node_modules", runner, bin));
  });

  test("finds node:test by the test script", async () => {
    const project = await detect({
      "package.json": {
        scripts: { test: "node --experimental-strip-types --test test/" },
        devDependencies: { mocha: "1" },
      },
      ...base,
      ...installed("mocha", "bin/mocha.js"),
    });
    expect(project).toMatchObject({ runner: "node", isRunnerDetected: true, runnerBinPath: null });
  });

  test.each([
    ["mocha", installed("mocha", "bin/mocha.js"), "node_modules/mocha/bin/mocha.js"],
    ["mocha", {}, null],
    ["node", {}, null],
  ] as const)(
    "takes %s where it was asked for, with its own script",
    async (runner, files, bin) => {
      const manifest = { scripts: { test: "vitest run" } };
      const root = await aProject({
        ...{ "package.json": manifest, ...base },
        ...installed("vitest", "vitest.mjs"),
        ...files,
      });
      const project = await detectProject({ path: root, runner });
      expect(project.runner).toBe(runner);
      expect(project.runnerBinPath).toBe(bin === null ? null : join(root, bin));
    },
  );

  test("says when the named runner is not installed", async () => {
    const project = await detect({ "package.json": { scripts: { test: "mocha" } }, ...base });
    expect(project).toMatchObject({ runner: "node", isRunnerDetected: false, testScript: "mocha" });
    expect(project.degradations[0]).toContain("mocha is named by the project but not installed");
  });

  test("finds a runner in a folder above, with its level", async () => {
    const root = await aProject({ "package.json": { devDependencies: { vitest: "1" } }, ...base });
    await writeFiles(join(root, ".."), installed("vitest", "vitest.mjs"));
    const project = await detectProject({ path: root });
    expect(project.runnerBinPath).toBe(join(root, "../node_modules/vitest/vitest.mjs"));
    expect(project.dependencyFolders).toEqual([
      { hostPath: join(root, "../node_modules"), levelsUp: 1 },
    ]);
  });

  test.each([
    [
      "a link out of the dependency folders",
      { name: "vitest", bin: { vitest: "../../../evil.js" } },
    ],
    ["no executable", { name: "vitest" }],
    ["an executable that is not there", { name: "vitest", bin: "gone.js" }],
    ["a broken manifest", "{"],
    ["a manifest that is a list", []],
  ])("refuses a runner with %s", async (_what, manifest) => {
    const root = await aProject({
      "package.json": { devDependencies: { vitest: "1" } },
      ...base,
      "node_modules/vitest/package.json": manifest,
    });
    await writeFiles(join(root, ".."), { "evil.js": "", "project/../evil.js": "" });
    const project = await detectProject({ path: root });
    expect(project).toMatchObject({ runner: "node", runnerBinPath: null });
  });

  test("reads a bin that is one text", async () => {
    const project = await detect({
      "package.json": { devDependencies: { mocha: "1" } },
      ...base,
      "node_modules/mocha/package.json": { name: "mocha", bin: "./cli.js" },
      "node_modules/mocha/cli.js": "",
    });
    expect(project.runnerBinPath).toContain("node_modules/mocha/cli.js");
  });

  test("finds the formatter that is wanted and installed", async () => {
    const prettier = installed("prettier", "bin/prettier.cjs");
    const byKey = await detect({ "package.json": { prettier: {} }, ...base, ...prettier });
    expect(byKey.formatter?.name).toBe("prettier");
    const byFile = await detect({ "package.json": {}, ...base, ".prettierrc": "", ...prettier });
    expect(byFile.formatter?.name).toBe("prettier");
    const unwanted = await detect({ "package.json": {}, ...base, ...prettier });
    expect(unwanted.formatter).toBeNull();
    const biome = await detect({
      "package.json": { prettier: {} },
      ...base,
      "biome.json": "{}",
      "node_modules/@biomejs/biome/package.json": { bin: { biome: "bin/biome" } },
      "node_modules/@biomejs/biome/bin/biome": "",
    });
    expect(biome.formatter?.name).toBe("biome");
  });

  test.each([
    [{ packageManager: "pnpm@9.0.0" }, {}, "pnpm"],
    [{ packageManager: "strange@1" }, {}, "npm"],
    [{}, { "yarn.lock": "" }, "yarn"],
    [{}, { "bun.lock": "" }, "bun"],
    [{}, { "pnpm-lock.yaml": "" }, "pnpm"],
  ])("finds the package manager of %j", async (manifest, files, manager) => {
    const project = await detect({ "package.json": manifest, ...base, ...files });
    expect(project.packageManager).toBe(manager);
  });

  test("finds a workspace's lockfile above the package", async () => {
    const root = await aProject({ "package.json": {}, ...base });
    await writeFiles(join(root, ".."), { "yarn.lock": "" });
    expect((await detectProject({ path: root })).packageManager).toBe("yarn");
  });

  test("takes the folder where tests are, and lists them", async () => {
    const used = await detect({
      "package.json": {},
      ...base,
      "tests/a.js": "",
      "test/helpers/x.js": "",
      "test/readme.md": "",
    });
    expect([used.testsFolder, used.testFiles]).toEqual(["tests", ["tests/a.js"]]);
    const root = await aProject({ "package.json": {}, ...base });
    await mkdir(join(root, "spec"));
    expect((await detectProject({ path: root })).testsFolder).toBe("spec");
  });
});
