import type { HarnessConfig } from "../../../contract/harness.ts";
import { RUN_FOLDER } from "../../../contract/run-folder.ts";
import type { RunnerAdapter, RunnerPlanInput } from "../../../ports/runner-adapter.ts";
import { composeHarness, toConfigCode } from "../compose-harness.ts";
import { VITEST_RUN_CODE } from "./vitest-run-code.ts";

/** Runs all files through Vitest's Node API, one after the other, each in its own worker process. */
export function createVitestAdapter(): RunnerAdapter {
  return {
    name: "vitest",
    needsChildProcesses: true,
    takesManyFiles: true,
    joinsFiles: false,
    plan: async (input) => {
      const script = await composeHarness(["vitest/vitest-glue"]);
      return {
        argv: ["node", "--no-warnings", `./${RUN_FOLDER}/run.mjs`],
        env: { NODE_ENV: "test" },
        files: {
          [`${RUN_FOLDER}/harness.cjs`]: toHarnessFile(script, input.harness),
          [`${RUN_FOLDER}/vitest-runner.mjs`]: RUNNER,
          [`${RUN_FOLDER}/run.mjs`]: toRunFile(input),
        },
      };
    },
  };
}

function toHarnessFile(script: string, harness: Omit<HarnessConfig, "workPath">): string {
  return `"use strict";
${script}
const config = ${toConfigCode(harness)};
exports.extend = (Base, getTestFunction) => createVitestRunner(config, Base, getTestFunction);
exports.createReporter = () => createVitestReporter(config);
`;
}

/** The class and the way to a test's function moved with Vitest 4; names in variables keep Vite from resolving them early. */
const RUNNER = `
import { createRequire } from "node:module";
import * as current from "vitest";

const load = async (name) => import(/* @vite-ignore */ name);
const Base = current.TestRunner ?? (await load("vitest/runners")).VitestTestRunner;
const getTestFunction = current.TestRunner?.getTestFn ?? (await load("vitest/suite")).getFn;
const { extend } = createRequire(import.meta.url)("./harness.cjs");
export default extend(Base, getTestFunction);
`;

function toRunFile({ harness, isWrittenSuite }: RunnerPlanInput): string {
  const settings = {
    files: harness.files,
    folder: RUN_FOLDER,
    isWrittenSuite,
    // Vitest's own limit must not come before that of a pair.
    timeoutMs: harness.mode === "mutants" ? harness.pairTimeoutMs * 10 : null,
  };
  return `import harness from "./harness.cjs";
const settings = ${JSON.stringify(settings)};
${VITEST_RUN_CODE}`;
}
