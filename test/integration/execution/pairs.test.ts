import { describe, expect, it } from "vitest";
import { NO_MUTANT } from "../../../src/contract/mutant.ts";
import type { RunnerName } from "../../../src/contract/project.ts";
import type { TestRunReport } from "../../../src/contract/test-run.ts";
import { createScratchProject, type ScratchProject } from "./scratch-project.ts";

const HEADERS: Readonly<Record<RunnerName, string>> = {
  node: `const { test, beforeEach, afterEach } = require("node:test"); const assert = require("node:assert");`,
  mocha: `const test = it; const assert = require("node:assert");`,
  jest: `const assert = require("node:assert");`,
  vitest: `import { test, beforeEach, afterEach } from "vitest"; import assert from "node:assert"; import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`,
};
const FILE = "test/a.test.js";

/** Runs every pair of one source file against one test file. */
async function runAll(
  project: ScratchProject,
  testFiles: Record<string, string>,
  options: { readonly stopAtFirstKill?: boolean; readonly pairTimeoutMs?: number } = {},
): Promise<{ report: TestRunReport; verdicts: string[] }> {
  const build = await project.mutants("index.js");
  const pairs = await project.pairs(testFiles, build);
  const report = await project.run(testFiles, {
    overlay: build.overlay,
    mode: {
      kind: "mutants",
      pairs,
      stopAtFirstKill: options.stopAtFirstKill ?? false,
      pairTimeoutMs: options.pairTimeoutMs ?? 3_000,
    },
  });
  const verdicts = report.pairs.map(({ fullTitle, switchId, status }) => {
    const mutant = build.mutants.find((candidate) => candidate.switchId === switchId);
    return `${fullTitle}: ${mutant?.replacement ?? switchId} ${status}`;
  });
  return { report, verdicts };
}

describe.each(["node", "mocha"] as const)("%s", (runner) => {
  it("ends a pair that blocks its thread, and goes on in another process", async () => {
    using project = createScratchProject(runner, {
      // The loop stands in a file without fuel, as native code would.
      "native.js": `exports.spin = (isOn) => { while (isOn); return 1; };`,
      "index.js": `const { spin } = require("./native.js"); exports.go = (n) => spin(n > 5) + n;`,
    });
    const { report, verdicts } = await runAll(
      project,
      {
        [FILE]: `${HEADERS[runner]} test("goes", () => { assert.equal(require("../index.js").go(1), 2); });`,
      },
      { pairTimeoutMs: 700 },
    );
    expect(report.end).toEqual({ kind: "finished" });
    expect(verdicts).toContain("goes: true timed-out");
    expect(verdicts).toContain("goes: n <= 5 timed-out");
    expect(verdicts).toContain("goes: spin(n > 5) - n killed");
  });

  it("does not believe kills in a process whose state a mutant damaged", async () => {
    using project = createScratchProject(runner, {
      "index.js": `
        const table = [1];
        exports.first = (spoil) => { if (spoil) { table[0] = 9; } return table[0]; };
        exports.neutral = (n) => n >= 0 ? "positive" : "negative";`,
    });
    const { verdicts } = await runAll(project, {
      [FILE]: `${HEADERS[runner]}
        test("reads the first", () => {
          const { first, neutral } = require("../index.js");
          assert.equal(first(false), 1);
          assert.equal(neutral(5), "positive");
        });`,
    });
    expect(verdicts).toContain("reads the first: true killed");
    // Survives when run alone; in the damaged process it would look killed.
    expect(verdicts).toContain("reads the first: n > 0 survived");
    expect(verdicts).toContain("reads the first: n < 0 killed");
  });

  it("takes an end of the process as a kill, and hooks as part of a pair", async () => {
    using project = createScratchProject(runner, {
      "index.js": `
        exports.prepare = (n) => n * 2;
        exports.leave = (n) => { if (n > 3) process.exit(0); return n; };`,
    });
    const { verdicts, report } = await runAll(project, {
      [FILE]: `${HEADERS[runner]}
        const { prepare, leave } = require("../index.js");
        let prepared;
        beforeEach(() => { prepared = prepare(4); });
        test("is prepared", () => { assert.equal(prepared, 8); });
        test("stays", () => { assert.equal(leave(1), 1); });`,
    });
    expect(report.end).toEqual({ kind: "finished" });
    expect(verdicts).toContain("is prepared: n / 2 killed");
    expect(verdicts).toContain("stays: n <= 3 killed");
    expect(verdicts).toContain("stays: n >= 3 survived");
  });
});

describe("node", () => {
  const files = {
    "index.js": `exports.label = (n) => (n > 10 ? "big" : "small");`,
  };
  const testFiles = {
    [FILE]: `${HEADERS.node} const { label } = require("../index.js");
      test("one", () => { assert.equal(label(11), "big"); });
      test("two", () => { assert.equal(label(12), "big"); });`,
    "test/b.test.js": `${HEADERS.node} const { label } = require("../index.js");
      test("three", () => { assert.equal(label(13), "big"); });`,
  };

  it("lets later tests skip a mutant that died, whatever the number of processes", async () => {
    for (const concurrency of [1, 3]) {
      using project = createScratchProject("node", files, { concurrency });
      const { report, verdicts } = await runAll(project, testFiles, { stopAtFirstKill: true });
      const killed = report.pairs.filter(({ status }) => status === "killed");
      expect(new Set(killed.map(({ switchId }) => switchId)).size).toBe(killed.length);
      expect(killed.every(({ fullTitle }) => fullTitle === "one")).toBe(true);
      expect(verdicts).toContain("three: n >= 10 survived");
    }
  });

  it("runs a control that switches nothing on under every test", async () => {
    using project = createScratchProject("node", files);
    const build = await project.mutants("index.js");
    const report = await project.run(testFiles, {
      overlay: build.overlay,
      mode: {
        kind: "mutants",
        pairs: [
          { file: FILE, fullTitle: "one", switchIds: [NO_MUTANT] },
          { file: FILE, fullTitle: "two", switchIds: [NO_MUTANT] },
        ],
        stopAtFirstKill: true,
        pairTimeoutMs: 1_000,
      },
    });
    expect(report.pairs.map(({ fullTitle, status }) => [fullTitle, status])).toEqual([
      ["one", "survived"],
      ["two", "survived"],
    ]);
    expect(report.tests.map(({ fullTitle, status }) => [fullTitle, status])).toEqual([
      ["one", "passed"],
      ["two", "passed"],
    ]);
  });

  it("says nothing of pairs whose test is red or endless without a mutant", async () => {
    using project = createScratchProject("node", {
      ...files,
      "native.js": `exports.spin = () => { for (;;); };`,
    });
    const build = await project.mutants("index.js");
    const titles = ["red", "endless", "green"];
    const report = await project.run(
      {
        [FILE]: `${HEADERS.node} const { label } = require("../index.js");
          test("red", () => { assert.equal(label(1), "big"); });
          test("endless", () => { label(1); require("../native.js").spin(); });
          test("green", () => { assert.equal(label(1), "small"); });`,
      },
      {
        overlay: build.overlay,
        mode: {
          kind: "mutants",
          pairs: titles.map((fullTitle) => ({ file: FILE, fullTitle, switchIds: ["0", "1"] })),
          stopAtFirstKill: false,
          pairTimeoutMs: 500,
        },
      },
    );
    expect(new Set(report.pairs.map(({ fullTitle }) => fullTitle))).toEqual(new Set(["green"]));
    expect(report.pairs).toHaveLength(2);
  });

  it("gives what it has when time ends", async () => {
    using project = createScratchProject("node", {
      "native.js": `exports.spin = (isOn) => { while (isOn); return 1; };`,
      "index.js": `const { spin } = require("./native.js"); exports.go = (n) => spin(n > 5) + n;`,
    });
    const build = await project.mutants("index.js");
    const source = `${HEADERS.node} test("goes", () => { assert.equal(require("../index.js").go(1), 2); });`;
    const [pair] = await project.pairs({ [FILE]: source }, build);
    const report = await project.run(
      { [FILE]: source },
      {
        overlay: build.overlay,
        timeoutMs: 3_000,
        mode: {
          kind: "mutants",
          pairs: pair === undefined ? [] : [pair],
          stopAtFirstKill: false,
          pairTimeoutMs: 60_000,
        },
      },
    );
    expect(report.end).toEqual({ kind: "timed-out", afterMs: 3_000 });
    expect(report.pairs.length).toBeLessThan(pair?.switchIds.length ?? 0);
  });
});
