import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "./fault.ts";
import { small, withModules, withPackages } from "./fresh-support.ts";
import type { Stage } from "./stage.ts";

const BASELINE = /baseline|existing/iu;
const HEAD = `const assert = require("node:assert/strict");\nconst { test } = require("node:test");\n`;

/** What stands around the code: existing tests, runner, compiler, configuration. */
export const FRESH_SUITE: readonly Fault[] = [
  {
    name: "one red file of two",
    cause: "of the existing tests those in test/naming.test.js fail",
    evidence: [BASELINE, /naming\.test\.js|keeps underscores/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      const name = `const { slugify, truncate } = require("../lib/index.js");\n`;
      await stage.files(
        {
          "test/layout.test.js": `${HEAD}${name}test("truncates", () => assert.equal(truncate("abc", 5), "abc"));\n`,
          "test/naming.test.js": `${HEAD}${name}test("keeps underscores", () => assert.equal(slugify("a_b"), "a_b"));\n`,
        },
        null,
      );
      return small(stage);
    },
  },
  {
    name: "existing test that does not parse",
    cause: "test/entry.test.js of the existing suite has a syntax error",
    evidence: [BASELINE, /entry\.test\.js|syntax|unexpected/iu],
    async inject(stage) {
      await stage.example("file-ledger");
      await stage.files({ "test/entry.test.js": `${HEAD}test("broken", () => {\n` }, null);
      return small(stage);
    },
  },
  {
    name: "existing test leaves a server open",
    cause: "an existing test opens a server and never closes it, so that the baseline never ends",
    evidence: [
      BASELINE,
      /tim(?:e|ed)[ -]?(?:out|limit|ran)|out of time|time|hang|hung|too long|never|not (?:end|finish)|open handle/iu,
    ],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.files(
        {
          "test/http.test.js": `${HEAD}const { slugify } = require("../lib/index.js");
require("node:http").createServer().listen(0, "127.0.0.1");
test("slugs", () => assert.equal(slugify("A b"), "a-b"));\n`,
        },
        null,
      );
      return small(stage, { "--max-time": "40s" });
    },
  },
  {
    name: "existing test reads a file outside",
    cause: "an existing test reads ../shared/sample.csv, which is not part of the project",
    evidence: [BASELINE, /sample\.csv|ENOENT|import\.test\.js/u],
    async inject(stage) {
      await stage.example("file-ledger");
      await stage.files({ "../shared/sample.csv": "a,1\n" }, null);
      await stage.files(
        {
          "test/import.test.js": `${HEAD}const { readFileSync } = require("node:fs");
const { readAll } = require("../lib/index.js");
test("imports", async () => {
  assert.equal(readFileSync(require("node:path").join(__dirname, "../../shared/sample.csv"), "utf8"), "a,1\\n");
  assert.deepEqual(await readAll("none"), []);
});\n`,
        },
        null,
      );
      return small(stage);
    },
  },
  {
    name: "preset of Jest not installed",
    cause: "jest.config.cjs names the preset ts-jest, which is not installed",
    evidence: [/ts-jest/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await withModules(stage);
      await stage.files({ "jest.config.cjs": `module.exports = { preset: "ts-jest" };\n` }, null);
      return small(stage, { "--framework": "jest" });
    },
  },
  {
    name: "setup file of Vitest missing",
    cause: "vitest.config.mjs names test/setup.mjs, which does not exist",
    evidence: [/setup\.mjs|setupFiles/u],
    async inject(stage) {
      await stage.example("interval-set");
      await withModules(stage);
      const text = `export default { test: { setupFiles: ["./test/setup.mjs"] } };\n`;
      await stage.files({ "vitest.config.mjs": text }, null);
      return small(stage, { "--framework": "vitest" });
    },
  },
  {
    name: "hook of Mocha not installed",
    cause: ".mocharc.json requires @babel/register, which is not installed",
    evidence: [/@babel\/register/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await withModules(stage);
      await stage.files({ ".mocharc.json": `{ "require": ["@babel/register"] }\n` }, null);
      return small(stage, { "--framework": "mocha" });
    },
  },
  {
    name: "environment of Jest not installed",
    cause: "jest.config.cjs asks for the environment jsdom, which is not installed",
    evidence: [/jsdom/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await withModules(stage);
      const text = `module.exports = { testEnvironment: "jsdom" };\n`;
      await stage.files({ "jest.config.cjs": text }, null);
      return small(stage, { "--framework": "jest" });
    },
  },
  {
    name: "no types of Node",
    cause: "the project type-checks, and @types/node is missing: no test that imports node: builds",
    evidence: [/@types\/node|node:(?:assert|test)|TS2307|TS2591|TS2688|does not (?:build|type)/u],
    async inject(stage) {
      await stage.example("money");
      await withPackages(stage, ["typescript"]);
      return small(stage);
    },
  },
  {
    name: "unknown types in tsconfig",
    cause: "tsconfig.json asks for the types of jest, which are not installed",
    evidence: [/jest/u, /type|tsconfig|TS2688/iu],
    async inject(stage) {
      await stage.example("money");
      await withModules(stage);
      await writeTypes(stage, ["jest", "node"]);
      return small(stage);
    },
  },
  {
    name: "tsconfig that does not parse",
    cause: "tsconfig.json is no valid JSON",
    evidence: [/tsconfig/u],
    async inject(stage) {
      await stage.example("money");
      await withModules(stage);
      await writeFile(
        join(stage.root, "tsconfig.json"),
        `{ "compilerOptions": { "strict": true, \n`,
      );
      return small(stage);
    },
  },
  {
    name: "everything excluded",
    cause: "exclude in regoose.config.yaml leaves no source file",
    evidence: [/exclude|include/iu],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.files({ "regoose.config.yaml": `exclude: ["src/**"]\n` }, null);
      return small(stage);
    },
  },
  {
    name: "bugs-out names a file",
    cause: "the folder after --bugs-out is a file, so that the findings cannot be written",
    evidence: [/bugs|finding|RGS-7015/iu, /bugs\.txt|ENOTDIR|EEXIST|written|write|folder/iu],
    async inject(stage) {
      await stage.example("money");
      await stage.files({ "bugs.txt": "none known\n" }, null);
      return small(stage, { "--bugs-out": "bugs.txt", "--max-executions": "150" });
    },
  },
  {
    name: "plugin of Vitest not installed",
    cause: "vitest.config.mjs imports vite-plugin-magic, which is not installed",
    evidence: [/vite-plugin-magic/u],
    async inject(stage) {
      await stage.example("interval-set");
      await withModules(stage);
      const text = `import magic from "vite-plugin-magic";\nexport default { plugins: [magic()] };\n`;
      await stage.files({ "vitest.config.mjs": text }, null);
      return small(stage, { "--framework": "vitest" });
    },
  },
];

async function writeTypes(stage: Stage, types: readonly string[]): Promise<void> {
  const text = {
    compilerOptions: {
      ...{ strict: true, target: "es2023", module: "nodenext", noEmit: true, types },
      ...{ allowImportingTsExtensions: true, skipLibCheck: true },
    },
    include: ["src", "test"],
  };
  await writeFile(join(stage.root, "tsconfig.json"), JSON.stringify(text));
}
