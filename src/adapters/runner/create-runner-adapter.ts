import type { RunnerName } from "../../contract/project.ts";
import type { RunnerAdapter } from "../../ports/runner-adapter.ts";
import { createJestAdapter } from "./jest/jest-adapter.ts";
import { createMochaAdapter } from "./mocha/mocha-adapter.ts";
import { createNodeAdapter } from "./node/node-adapter.ts";
import { createVitestAdapter } from "./vitest/vitest-adapter.ts";

const FACTORIES: Readonly<Record<RunnerName, () => RunnerAdapter>> = {
  node: createNodeAdapter,
  mocha: createMochaAdapter,
  jest: createJestAdapter,
  vitest: createVitestAdapter,
};

/** The adapter of a runner; reads and starts nothing. */
export function createRunnerAdapter(name: RunnerName): RunnerAdapter {
  return FACTORIES[name]();
}
