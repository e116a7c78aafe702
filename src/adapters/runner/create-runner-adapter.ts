import type { RunnerName } from "../../contract/project.ts";
import type { RunnerAdapter } from "../../ports/runner-adapter.ts";
import { createJestAdapter } from "./jest/jest-adapter.ts";
import { createMochaAdapter } from "./mocha/mocha-adapter.ts";
import { createNodeAdapter } from "./node/node-adapter.ts";

const FACTORIES: Readonly<Partial<Record<RunnerName, () => RunnerAdapter>>> = {
  node: createNodeAdapter,
  mocha: createMochaAdapter,
  jest: createJestAdapter,
};

/** The adapter of a runner; builds nothing and starts nothing. */
export function createRunnerAdapter(name: RunnerName): RunnerAdapter {
  const create = FACTORIES[name];
  if (create === undefined) throw new RangeError(`there is no adapter for ${name} yet`);
  return create();
}
