import type { HarnessConfig } from "../../../contract/harness.ts";
import { RUN_FOLDER } from "../../../contract/run-folder.ts";
import type { RunnerAdapter, RunnerPlanInput } from "../../../ports/runner-adapter.ts";
import { composeHarness, toConfigCode } from "../compose-harness.ts";

/** Runs all files in one process through Mocha's own command, as the project does. */
export function createMochaAdapter(): RunnerAdapter {
  return {
    name: "mocha",
    needsChildProcesses: false,
    takesManyFiles: true,
    joinsFiles: false,
    plan: async (input) => {
      const { harness } = input;
      const script = await composeHarness(["mocha/mocha-glue"]);
      return {
        argv: [
          "node",
          "--no-warnings",
          `./${RUN_FOLDER}/main.cjs`,
          `--config=${RUN_FOLDER}/mocharc.cjs`,
          "--no-package",
          ...harness.files.map((file) => `./${file}`),
        ],
        env: { NODE_ENV: "test" },
        files: {
          [`${RUN_FOLDER}/harness.cjs`]: toHarnessFile(script, harness),
          [`${RUN_FOLDER}/main.cjs`]: toMain(input.binPath),
          [`${RUN_FOLDER}/reporter.cjs`]: REPORTER,
          [`${RUN_FOLDER}/mocharc.cjs`]: toMocharc(input),
        },
      };
    },
  };
}

/**
 * Starts Mocha's command where it stands, or where `require` finds it: at the level `guarded` the
 * dependency folder is not in the work copy.
 */
function toMain(binPath: string | null): string {
  const path = binPath ?? "node_modules/mocha/bin/mocha.js";
  const inPackage = /(?:^|\/)mocha\/(?!.*\/mocha\/)(.+)$/u.exec(path)?.[1] ?? "bin/mocha.js";
  return `"use strict";
const { existsSync } = require("node:fs");
const { dirname, join, resolve } = require("node:path");
let bin = resolve(${JSON.stringify(path)});
if (!existsSync(bin)) bin = join(dirname(require.resolve("mocha/package.json")), ${JSON.stringify(inPackage)});
process.argv[1] = bin;
require(bin);
`;
}

/** The class is patched where this very process has it: through the module that holds the running command. */
function toHarnessFile(script: string, harness: Omit<HarnessConfig, "workPath">): string {
  return `"use strict";
${script}
const harness = createMochaHarness(${toConfigCode(harness)});
harness.install(require(require("node:path").join(${MOCHA_ROOT}, "lib/mocha.js")));
exports.observe = harness.observe;
`;
}

/** Mocha's own folder, seen from its command: `bin/mocha.js`, or `lib/cli/cli.js` in a child of it. */
const MOCHA_ROOT = `(() => {
  const { dirname, join } = require("node:path");
  const { existsSync, realpathSync } = require("node:fs");
  let folder = dirname(realpathSync(process.argv[1]));
  while (!existsSync(join(folder, "lib/mocha.js")) && folder !== "/") folder = dirname(folder);
  return folder;
})()`;

const REPORTER = `"use strict";
const { observe } = require("./harness.cjs");
module.exports = class RegooseReporter { constructor(runner) { observe(runner); } };
`;

/**
 * A configuration that keeps what the project's own needs to load and transform its files, and
 * nothing that chooses files, reports, repeats, watches, stops early or forbids.
 */
function toMocharc(input: RunnerPlanInput): string {
  const { mode } = input.harness;
  const settings = {
    isWrittenSuite: input.isWrittenSuite,
    keepsNodeFlags: input.allowsChildProcesses,
    hasNoTimeout: mode === "mutants",
    exits: mode !== "plain",
    folder: RUN_FOLDER,
  };
  return `"use strict";
const { join } = require("node:path");
const settings = ${JSON.stringify(settings)};
const root = ${MOCHA_ROOT};
${MOCHARC_CODE}`;
}

const MOCHARC_CODE = `
const readOwn = () => {
  try {
    const { findConfig, loadConfig } = require(join(root, "lib/cli/config.js"));
    const path = findConfig(process.cwd());
    if (path) return loadConfig(path);
    return require(join(process.cwd(), "package.json")).mocha ?? {};
  } catch (failure) {
    console.error("the project's Mocha configuration could not be read: " + failure);
    return {};
  }
};
const toList = (value) => (value === undefined ? [] : [].concat(value));
const isNodeFlag = (key) => {
  try {
    return require(join(root, "lib/cli/node-flags.js")).isNodeFlag(key);
  } catch {
    return false;
  }
};
const own = readOwn();
const config = {
  require: ["./" + settings.folder + "/harness.cjs", ...toList(own.require ?? own.r)],
  reporter: "./" + settings.folder + "/reporter.cjs",
  spec: [],
  exit: settings.exits || own.exit === true,
  timeout: settings.hasNoTimeout ? 0 : (own.timeout ?? own.timeouts ?? own.t ?? 2000),
  ui: settings.isWrittenSuite ? "bdd" : (own.ui ?? own.u ?? "bdd"),
  retries: 0,
  bail: false,
  parallel: false,
  watch: false,
  "forbid-only": false,
  "forbid-pending": false,
  "fail-zero": false,
  "dry-run": false,
};
if (own.extension !== undefined) config.extension = own.extension;
if (own["async-only"] !== undefined && !settings.isWrittenSuite) config["async-only"] = own["async-only"];
if (own.file !== undefined && !settings.isWrittenSuite) config.file = own.file;
if (settings.keepsNodeFlags) {
  if (own["node-option"] ?? own.n) config["node-option"] = toList(own["node-option"] ?? own.n);
  for (const [key, value] of Object.entries(own)) if (isNodeFlag(key)) config[key] = value;
}
module.exports = config;
`;
