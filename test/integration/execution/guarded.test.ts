import { describe, expect, it } from "vitest";
import { createRunnerAdapter } from "../../../src/adapters/runner/create-runner-adapter.ts";
import { createGuardedBackend } from "../../../src/adapters/sandbox/guarded/guarded-backend.ts";
import { createTestRunner } from "../../../src/execution/create-test-runner.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { toSampleProject } from "../../e2e/matrix-support.ts";
import { createScratchProject } from "./scratch-project.ts";

const clock = createSystemClock();
const backend = createGuardedBackend({ clock });
const HEADERS = {
  node: `const { test } = require("node:test"); const assert = require("node:assert");`,
  mocha: `const test = it; const assert = require("node:assert");`,
};
const FILES = {
  "native.js": `exports.spin = (isOn) => { while (isOn); return 1; };`,
  "index.js": `const { spin } = require("./native.js"); exports.go = (n) => spin(n > 5) + n;`,
};

describe.each(["node", "mocha"] as const)("%s at the guarded level", (runner) => {
  const testFiles = {
    "test/a.test.js": `${HEADERS[runner]}
      test("goes", () => { assert.equal(require("../index.js").go(1), 2); });
      test("is red", () => { assert.equal(1, 2); });`,
  };

  it("runs without child processes, workers and addons", async () => {
    using project = createScratchProject(runner, FILES, { backend });
    const report = await project.run(testFiles, { mode: { kind: "plain", shuffleSeed: 1 } });

    expect(report.end).toEqual({ kind: "finished" });
    expect(Object.fromEntries(report.tests.map((test) => [test.fullTitle, test.status]))).toEqual({
      goes: "passed",
      "is red": "failed",
    });
  });

  it("kills mutants, and ends those that block the thread", async () => {
    using project = createScratchProject(runner, FILES, { backend });
    const build = await project.mutants("index.js");
    const pairs = (await project.pairs(testFiles, build)).filter(
      ({ fullTitle }) => fullTitle === "goes",
    );
    const report = await project.run(testFiles, {
      overlay: build.overlay,
      mode: { kind: "mutants", pairs, stopAtFirstKill: false, pairTimeoutMs: 500 },
    });
    const statusOf = (replacement: string): string[] =>
      report.pairs
        .filter(
          ({ switchId }) =>
            build.mutants.find((mutant) => mutant.switchId === switchId)?.replacement ===
            replacement,
        )
        .map(({ status }) => status);
    expect(report.end).toEqual({ kind: "finished" });
    expect(statusOf("true")).toEqual(["timed-out"]);
    expect(statusOf("n <= 5")).toEqual(["timed-out"]);
    expect(statusOf("n >= 5")).toEqual(["survived"]);
    expect(statusOf("spin(n > 5) - n")).toEqual(["killed"]);
  });
});

describe.each(["vitest", "jest"] as const)("%s at the guarded level", (runner) => {
  it("is refused with what to do", () => {
    const create = (): unknown =>
      createTestRunner(
        { sandboxes: backend, clock, adapter: createRunnerAdapter(runner) },
        { project: toSampleProject("commonjs", runner), baseLayer: "/nonexistent" },
      );
    expect(create).toThrow(/cannot run at the sandbox level guarded/u);
  });
});
