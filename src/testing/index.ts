/** Fakes and builders for tests of Regoose and of what is built on it. */
export { aCandidate, aMutant, aProgram, aProject } from "./builders.ts";
export { createFakeClock } from "./fake-clock.ts";
export type { FakeClock } from "./fake-clock.ts";
export { createFakeSuitePrinter } from "./fake-suite-printer.ts";
export type { FakePrinterOptions, FakeSuitePrinter } from "./fake-suite-printer.ts";
export type { FakeBehaviour, FakeMoment, FakeOutcome, FakeReaction } from "./fake-behaviour.ts";
export { createFakeTestRunner } from "./fake-test-runner.ts";
export type { FakeRunnerOptions, FakeTestRunner } from "./fake-test-runner.ts";
export { createFakeModel } from "./fake-model.ts";
export type { FakeAnswer, FakeModel } from "./fake-model.ts";
export { modelContract } from "./model-contract.ts";
export type { BenchAnswer, ModelBench } from "./model-contract.ts";
export { artifactStoreContract, runLogContract } from "./run-log-contract.ts";
export type { Law, RunLogBench } from "./run-log-contract.ts";
export { openSandboxBench } from "./sandbox-bench.ts";
export type { SandboxBench, SandboxLaw } from "./sandbox-bench.ts";
export { sandboxContract } from "./sandbox-contract.ts";
