import type { HarnessConfig } from "../../../contract/harness.ts";
import type { ProjectInfo } from "../../../contract/project.ts";
import { RUN_FOLDER } from "../../../contract/run-folder.ts";
import type { RunnerAdapter, RunnerPlanInput } from "../../../ports/runner-adapter.ts";
import { composeHarness, toConfigCode } from "../compose-harness.ts";
import { JEST_CONFIG_CODE } from "./jest-config-code.ts";

/** Runs all files in one process through Jest's own command; each file keeps its own VM context. */
export function createJestAdapter(): RunnerAdapter {
  return {
    name: "jest",
    needsChildProcesses: true,
    takesManyFiles: true,
    joinsFiles: false,
    plan: async (input) => {
      const { harness, project } = input;
      const script = await composeHarness(["jest/jest-glue"]);
      return {
        argv: [
          "node",
          "--no-warnings",
          ...(needsVmModules(project) ? ["--experimental-vm-modules"] : []),
          `./${input.binPath ?? "node_modules/jest/bin/jest.js"}`,
          `--config=${RUN_FOLDER}/jest.config.cjs`,
          "--runInBand",
          "--no-watchman",
          "--ci",
          "--colors=false",
          "--runTestsByPath",
          ...harness.files,
        ],
        env: { NODE_ENV: "test" },
        files: {
          [`${RUN_FOLDER}/harness.cjs`]: toHarnessFile(script, harness),
          [`${RUN_FOLDER}/environment.cjs`]: ENVIRONMENT,
          [`${RUN_FOLDER}/reporter.cjs`]: REPORTER,
          [`${RUN_FOLDER}/jest.config.cjs`]: toConfigFile(input),
        },
      };
    },
  };
}

/** Jest runs ES modules as such only with this flag of Node, as the project's script says or its module system implies. */
function needsVmModules({ system, testScript }: ProjectInfo): boolean {
  return system === "esm" || (testScript?.includes("experimental-vm-modules") ?? false);
}

function toHarnessFile(script: string, harness: Omit<HarnessConfig, "workPath">): string {
  return `"use strict";
${script}
const config = ${toConfigCode(harness)};
exports.extend = (Base) => createJestEnvironment(config, Base);
exports.createReporter = () => createJestReporter(config);
`;
}

/** The path of the project's own environment comes from the configuration file beside it. */
const ENVIRONMENT = `"use strict";
const own = require(process.env.REGOOSE_JEST_ENVIRONMENT);
module.exports = require("./harness.cjs").extend(own.TestEnvironment ?? own.default ?? own);
`;

const REPORTER = `"use strict";
const { createReporter } = require("./harness.cjs");
module.exports = function RegooseReporter() { return createReporter(); };
`;

function toConfigFile({ isWrittenSuite }: RunnerPlanInput): string {
  return `"use strict";
const settings = ${JSON.stringify({ isWrittenSuite, folder: RUN_FOLDER })};
${JEST_CONFIG_CODE}`;
}
