import { RUN_FOLDER } from "../../../contract/run-folder.ts";
import type { RunnerAdapter } from "../../../ports/runner-adapter.ts";
import { composeHarness, toConfigCode } from "../compose-harness.ts";
import { stripAll } from "./strip-files.ts";

/** Names that `node:test` exports; a facade must list them, since ES modules bind names before they run. */
const TEST_EXPORTS = [
  "after",
  "afterEach",
  "assert",
  "before",
  "beforeEach",
  "describe",
  "it",
  "mock",
  "only",
  "run",
  "skip",
  "snapshot",
  "suite",
  "test",
  "todo",
];

/**
 * Runs one file a process, as `node --test` does, but without its isolation process: the file is the
 * main module, so that no child process is needed and the harness sees what the file sees. Several
 * files of our own are loaded one after the other by a main module of the harness.
 */
export function createNodeAdapter(): RunnerAdapter {
  return {
    name: "node",
    needsChildProcesses: false,
    takesManyFiles: false,
    joinsFiles: true,
    prepare: stripAll,
    plan: async ({ harness }) => {
      const [file] = harness.files;
      const main = harness.files.length === 1 ? file : `${RUN_FOLDER}/run-files.mjs`;
      const script = await composeHarness([
        "harness/held-open",
        "node/node-shim",
        "node/node-glue",
        "node/node-reporter",
      ]);
      return {
        argv: [
          "node",
          "--no-warnings",
          `--require=./${RUN_FOLDER}/harness.cjs`,
          `--test-reporter=./${RUN_FOLDER}/reporter.mjs`,
          "--test-reporter-destination=stdout",
          `./${main ?? ""}`,
        ],
        env: { NODE_ENV: "test" },
        files: {
          [`${RUN_FOLDER}/harness.cjs`]:
            `"use strict";\n${script}\n` +
            `exports.harness = installNodeHarness(${toConfigCode(harness)});\n` +
            `exports.reportNodeTests = reportNodeTests;\n`,
          [`${RUN_FOLDER}/node-test.cjs`]: `module.exports = require("./harness.cjs").harness.module;\n`,
          [`${RUN_FOLDER}/node-test.mjs`]:
            `import shim from "./node-test.cjs";\nexport default shim;\n` +
            `export const { ${TEST_EXPORTS.join(", ")} } = shim;\n`,
          [`${RUN_FOLDER}/run-files.mjs`]:
            `import { dirname, join } from "node:path";\n` +
            `import { pathToFileURL } from "node:url";\n` +
            `import harness from "./harness.cjs";\n` +
            `const root = dirname(import.meta.dirname);\n` +
            `await harness.harness.loadAll((file) => import(pathToFileURL(join(root, file)).href));\n`,
          [`${RUN_FOLDER}/reporter.mjs`]:
            `import harness from "./harness.cjs";\n` +
            `export default async function* (events) {\n` +
            `  const { session, blame } = harness.harness;\n` +
            `  await harness.reportNodeTests(events, session, blame);\n` +
            `  yield "";\n}\n`,
        },
      };
    },
  };
}
