import { readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "./fault.ts";
import { generate, toGenerate, type Stage } from "./stage.ts";

const BASELINE = /baseline|existing/iu;

/** What stands around the code: existing tests, runner, configuration, a suite that was written before. */
export const SUITE_FAULTS: readonly Fault[] = [
  {
    name: "red suite",
    cause: "the existing tests fail, so that there is no baseline",
    evidence: [BASELINE, /\bred\b|fail|not (?:pass|green)/iu],
    async inject(stage) {
      await withSuite(stage, `test("slugs", () => assert.equal(slugify("A b"), "a_b"));`);
      return generate(stage);
    },
  },
  {
    name: "hanging suite",
    cause: "the existing tests do not come to an end, so that there is no baseline",
    evidence: [
      BASELINE,
      /tim(?:e|ed)[ -]?(?:out|limit|ran)|ran out of time|within|slow|hang|hung|too long|longer|watchdog|never|did not (?:end|finish)/iu,
    ],
    async inject(stage) {
      await withSuite(stage, `test("waits", () => { for (;;) slugify("A b"); });`);
      return generate(stage);
    },
  },
  {
    name: "suite without its assertions",
    cause: "the existing tests need chai, which is not installed",
    evidence: [/\bchai\b/u],
    async inject(stage) {
      await withSuite(
        stage,
        `const { expect } = require("chai");\ntest("slugs", () => expect(slugify("A b")).to.equal("a-b"));`,
      );
      return generate(stage);
    },
  },
  {
    name: "runner not installed",
    cause: "vitest is the project's runner and is not installed",
    evidence: [/vitest/u, /install|missing|not (?:found|there)|cannot find|resolve/iu],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.edit(
        "package.json",
        '"private": true,',
        '"private": true, "scripts": { "test": "vitest run" }, "devDependencies": { "vitest": "^5.0.0" },',
      );
      return generate(stage, { "--framework": "vitest" });
    },
  },
  {
    name: "include matches nothing",
    cause: "the setting include matches no source file",
    evidence: [/\binclude\b/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.files({ "regoose.config.yaml": "version: 1\ninclude: [source/**/*.js]\n" }, null);
      return generate(stage);
    },
  },
  {
    name: "edited by hand",
    cause: "a file of the written suite was edited by hand, and is not overwritten",
    evidence: [/edit|by hand|chang|modif/iu, /test\/regoose|\.test\.js/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await mustWrite(stage);
      // What is asked about has to be the run that this fault meets, where there is one.
      await rm(join(stage.root, ".regoose"), { recursive: true });
      const folder = join(stage.root, "test", "regoose");
      const [file = ""] = (await readdir(folder)).filter((name) => name.endsWith(".test.js"));
      const text = await readFile(join(folder, file), "utf8");
      await writeFile(join(folder, file), `// our own note\n${text}`);
      return generate(stage, { "--seed": "2" });
    },
  },
  {
    name: "already covered",
    cause: "the existing tests cover all there is: nothing can be added",
    evidence: [/adds? (?:no|nothing)|already|nothing (?:new|to add)|no new/iu],
    async inject(stage) {
      await stage.files({
        "index.js":
          "exports.isAdult = (age) => {\n  if (age >= 18) return true;\n  return false;\n};\n",
        "test/index.test.js": [
          'const test = require("node:test");',
          'const assert = require("node:assert/strict");',
          'const { isAdult } = require("../index.js");',
          'for (const [age, is] of [[17, false], [18, true], [19, true], ["", false]])',
          "  test(`age ${age}`, () => assert.equal(isAdult(age), is));",
          "",
        ].join("\n"),
      });
      return generate(stage);
    },
  },
];

export const SUITE_RESERVE: readonly Fault[] = [
  {
    name: "suite needs a database",
    cause: "the existing tests connect to 127.0.0.1:5432, where nothing answers",
    evidence: [/ECONNREFUSED|5432|network|connect/iu],
    async inject(stage) {
      await withSuite(
        stage,
        `test("asks", async () => {
  const socket = require("node:net").connect(5432, "127.0.0.1");
  await require("node:events").once(socket, "connect");
  assert.equal(slugify("A b"), "a-b");
});`,
      );
      return generate(stage);
    },
  },
  {
    name: "broken runner configuration",
    cause: "vitest.config.mjs throws",
    evidence: [/vitest\.config|no such stage as staging/u],
    async inject(stage) {
      await stage.example("interval-set");
      await symlink(stage.modules, join(stage.root, "node_modules"));
      const text = 'throw new Error("no such stage as staging");\n';
      await stage.files({ "vitest.config.mjs": text }, null);
      return generate(stage, { "--framework": "vitest" });
    },
  },
];

/** text-toolkit with one test file. */
export async function withSuite(stage: Stage, text: string): Promise<void> {
  await stage.example("text-toolkit");
  const lines = [
    'const test = require("node:test");',
    'const assert = require("node:assert/strict");',
    'const { slugify } = require("../lib/index.js");',
    text,
    "",
  ];
  await stage.files({ "test/slugs.test.js": lines.join("\n") }, null);
}

async function mustWrite(stage: Stage): Promise<void> {
  const { code, stdout } = await stage.regoose(toGenerate());
  if (code !== 0) throw new Error(`the first run did not end well: ${stdout.slice(0, 500)}`);
}
