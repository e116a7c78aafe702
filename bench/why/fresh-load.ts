import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "./fault.ts";
import { small } from "./fresh-support.ts";

/** The package does not load as it is. */
export const FRESH_LOAD: readonly Fault[] = [
  {
    name: "merge conflict",
    cause: "lib/naming.js holds the markers of an unresolved merge, and does not parse",
    evidence: [/naming\.js/u, /syntax|unexpected|pars|conflict|<<<</iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.edit(
        "lib/naming.js",
        "const separator = options.separator",
        "<<<<<<< HEAD\n  const separator = options.separator",
      );
      await stage.append("lib/naming.js", "\n=======\n>>>>>>> feature/umlauts\n");
      return small(stage);
    },
  },
  {
    name: "file saved as UTF-16",
    cause: "lib/layout.js was saved as UTF-16 and is no JavaScript any more",
    evidence: [/layout\.js/u, /syntax|unexpected|invalid|pars|UTF|encod/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const text = `"use strict";\nmodule.exports = { wordWrap: (text) => text, truncate: (text) => text };\n`;
      await writeFile(
        join(stage.root, "lib/layout.js"),
        Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]),
      );
      return small(stage);
    },
  },
  {
    name: "wrong case of a file",
    cause: "src/index.js imports ./Parse.js, and the file is called parse.js",
    evidence: [/Parse\.js/u, /not found|cannot find|can't find|missing|no such|ENOENT|resolve/iu],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.edit("src/index.js", "./parse.js", "./Parse.js");
      return small(stage);
    },
  },
  {
    name: "export renamed",
    cause: "src/index.js re-exports parseInterval, which src/parse.js does not export",
    evidence: [/\bparseInterval\b/u, /export/iu],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.edit("src/index.js", "{ parseIntervals }", "{ parseInterval }");
      return small(stage);
    },
  },
  {
    name: "closed subpath of a dependency",
    cause: "lib/ledger.js requires tiny-lock/internal, which the exports of tiny-lock do not offer",
    evidence: [/tiny-lock/u, /export|subpath|ERR_PACKAGE_PATH/iu],
    async inject(stage) {
      await stage.example("file-ledger");
      await stage.files(
        {
          "node_modules/tiny-lock/package.json": `{"name":"tiny-lock","version":"3.0.0","exports":{".":"./index.js"}}`,
          "node_modules/tiny-lock/index.js": "exports.lock = (work) => work();",
          "node_modules/tiny-lock/internal.js": "exports.queue = [];",
        },
        null,
      );
      await stage.append("lib/ledger.js", `\nrequire("tiny-lock/internal");\n`);
      return small(stage);
    },
  },
  {
    name: "__dirname in an ES module",
    cause: "src/parse.js uses __dirname, which ES modules do not have",
    evidence: [/__dirname/u],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.append("src/parse.js", "\nexport const HERE = __dirname;\n");
      return small(stage);
    },
  },
  {
    name: "requires a module with top-level await",
    cause: "lib/index.js requires lib/words.mjs, which has a top-level await",
    evidence: [/top-level await|ERR_REQUIRE_ASYNC_MODULE|words\.mjs/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.files(
        { "lib/words.mjs": "export const words = await Promise.resolve(['a']);\n" },
        null,
      );
      await stage.append(
        "lib/index.js",
        `\nmodule.exports.words = require("./words.mjs").words;\n`,
      );
      return small(stage);
    },
  },
  {
    name: "named import from CommonJS",
    cause: "src/index.js imports merge by name from a CommonJS module that does not show its names",
    evidence: [/\bmerge\b/u, /export|CommonJS|import/iu],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.files(
        { "src/merge.cjs": "Object.assign(module.exports, { merge: (a, b) => a + b });\n" },
        null,
      );
      await stage.append("src/index.js", `export { merge } from "./merge.cjs";\n`);
      return small(stage);
    },
  },
  {
    name: "Git LFS pointer",
    cause: "lib/rates.json is a pointer of Git LFS in place of the data",
    evidence: [/rates\.json/u],
    async inject(stage) {
      await stage.example("file-ledger");
      await stage.files(
        {
          "lib/rates.json":
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n",
        },
        null,
      );
      await stage.append("lib/entry.js", `\nmodule.exports.RATES = require("./rates.json");\n`);
      return small(stage);
    },
  },
  {
    name: "workspace package not linked",
    cause: "src/money.ts imports @acme/rates, a package of the workspace that is not installed",
    evidence: [/@acme\/rates/u],
    async inject(stage) {
      await stage.example("money");
      await stage.edit(
        "package.json",
        `"private": true`,
        `"private": true, "dependencies": { "@acme/rates": "workspace:*" }`,
      );
      await stage.append("src/money.ts", `\nimport { rate } from "@acme/rates";\nrate("EUR");\n`);
      return small(stage);
    },
  },
  {
    name: "variables of a bundler",
    cause: "src/parse.js reads import.meta.env.MODE, which only a bundler defines",
    evidence: [/\bMODE\b|import\.meta/u],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.append(
        "src/parse.js",
        `\nexport const IS_DEVELOPMENT = import.meta.env.MODE === "development";\n`,
      );
      return small(stage);
    },
  },
  {
    name: "asks git at load",
    cause: "lib/index.js runs git while it is loaded, which the sandbox does not allow",
    evidence: [/\bgit\b|child_process|exec(?:File)?Sync|spawn/u],
    async inject(stage) {
      await stage.example("file-ledger");
      await stage.append(
        "lib/index.js",
        `\nmodule.exports.VERSION = require("node:child_process").execSync("git rev-parse HEAD").toString();\n`,
      );
      return small(stage);
    },
  },
  {
    name: "missing dependency of a dependency",
    cause: "tiny-lock is installed, and graceful-queue, which it requires, is not",
    evidence: [/graceful-queue/u],
    async inject(stage) {
      await stage.example("file-ledger");
      await stage.files(
        {
          "node_modules/tiny-lock/package.json": `{"name":"tiny-lock","version":"3.0.0","dependencies":{"graceful-queue":"^1.0.0"}}`,
          "node_modules/tiny-lock/index.js": `exports.lock = require("graceful-queue");`,
        },
        null,
      );
      await stage.append("lib/ledger.js", `\nmodule.exports.lock = require("tiny-lock").lock;\n`);
      return small(stage);
    },
  },
  {
    name: "TypeScript import without an extension",
    cause: "src/index.ts imports ./money without .ts, as only bundlers resolve it",
    evidence: [/\.\/money\b|src\/money\b/u, /not found|cannot find|can't find|resol|missing/iu],
    async inject(stage) {
      await stage.example("money");
      await stage.edit("src/index.ts", `"./money.ts"`, `"./money"`);
      return small(stage);
    },
  },
  {
    name: "entry renamed",
    cause: "exports of package.json names src/index.js, and the file is src/main.js",
    evidence: [
      /index\.js|exports|entry/iu,
      /missing|not there|no such|not found|cannot|does not/iu,
    ],
    async inject(stage) {
      await stage.example("interval-set");
      await rename(join(stage.root, "src/index.js"), join(stage.root, "src/main.mjs"));
      return small(stage);
    },
  },
];
