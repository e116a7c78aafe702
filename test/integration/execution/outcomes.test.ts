import { describe, expect, it } from "vitest";
import type { RunnerName } from "../../../src/contract/project.ts";
import { createScratchProject } from "./scratch-project.ts";

const HEADERS: Readonly<Record<RunnerName, string>> = {
  node: `const { test } = require("node:test"); const assert = require("node:assert");`,
  mocha: `const test = it; const assert = require("node:assert");`,
  jest: `const assert = require("node:assert");`,
  vitest: `import { test } from "vitest"; import assert from "node:assert";`,
};
const RUNNERS = Object.keys(HEADERS) as RunnerName[];
const FILE = "test/a.test.js";

function toFile(runner: RunnerName, body: string): Record<string, string> {
  return { [FILE]: `${HEADERS[runner]}\n${body}\n` };
}

describe.each(RUNNERS)("%s", (runner) => {
  it("calls a run broken when a file cannot be loaded, and says which", async () => {
    using project = createScratchProject(runner, {});
    const report = await project.run(toFile(runner, `throw new Error("no luck today");`));

    expect(report.end.kind).toBe("broken");
    expect(JSON.stringify(report.end)).toContain("no luck today");
    expect(report.tests).toEqual([]);
  });

  it("calls a run broken when a rejection escapes from its tests", async () => {
    using project = createScratchProject(runner, {});
    const report = await project.run(
      toFile(
        runner,
        `test("starts something", () => { setTimeout(() => Promise.reject(new Error("left behind")), 5); });
         test("waits", () => new Promise((resolve) => setTimeout(resolve, 60)));`,
      ),
    );
    const isSeen =
      report.end.kind === "broken" || report.tests.some(({ status }) => status === "failed");
    expect(isSeen).toBe(true);
    expect(JSON.stringify(report)).toContain("left behind");
  });

  it("does not take the end of the process for the end of the tests", async () => {
    using project = createScratchProject(runner, {});
    const report = await project.run(
      toFile(
        runner,
        `test("one", () => {}); test("two", () => { process.exit(0); }); test("three", () => {});`,
      ),
    );
    // Vitest makes an error of it, which is red just as well.
    const isRed = report.tests.some(({ status }) => status === "failed");
    expect(report.end.kind === "broken" || isRed).toBe(true);
  });

  it("stops an endless test at the time limit", async () => {
    using project = createScratchProject(runner, {});
    const report = await project.run(toFile(runner, `test("spins", () => { for (;;); });`), {
      timeoutMs: 6_000,
    });
    expect(report.end).toMatchObject({ kind: "timed-out" });
  });
});

const LATE = `
  test("is well", () => {});
  test("leaves an error behind", () => { setImmediate(() => { throw new Error("from before"); }); });
  test("is not to blame", () => new Promise((resolve) => setTimeout(resolve, 40)));`;

const SETTLING = [
  { kind: "coverage" },
  { kind: "mutant-coverage" },
  { kind: "plain", shuffleSeed: null, settles: true },
  { kind: "plain", shuffleSeed: 7, settles: true },
] as const;

it.each(
  (["node", "mocha"] as const).flatMap((runner) => SETTLING.map((mode) => ({ runner, mode }))),
)(
  "$runner holds an error that comes right after a test against that test, where tests settle: $mode",
  async ({ runner, mode }) => {
    using project = createScratchProject(runner, {});
    const report = await project.run(toFile(runner, LATE), { mode });

    const byTitle = Object.fromEntries(report.tests.map((one) => [one.fullTitle, one]));
    expect(byTitle["leaves an error behind"]).toMatchObject({
      status: "failed",
      failure: { message: expect.stringContaining("from before") as string },
    });
    expect(byTitle["is well"]?.status).toBe("passed");
    expect(byTitle["is not to blame"]?.status).toBe("passed");
    expect(report.end.kind).toBe("finished");
  },
);

it.each(["node", "mocha"] as const)(
  "%s ends a body that stays pending for longer than it may, and goes on",
  async (runner) => {
    using project = createScratchProject(runner, {});
    const report = await project.run(
      toFile(
        runner,
        `test("never ends", () => { setInterval(() => {}, 50); return new Promise(() => {}); });
         test("is well", () => {});`,
      ),
      { mode: { kind: "coverage", bodyLimitMs: 400 } },
    );
    const byTitle = Object.fromEntries(report.tests.map((one) => [one.fullTitle, one]));
    expect(byTitle["never ends"]).toMatchObject({
      status: "failed",
      failure: { name: "BodyTimeout" },
    });
    expect(byTitle["is well"]?.status).toBe("passed");
  },
);

describe("node", () => {
  it("stops what prints without end", async () => {
    using project = createScratchProject("node", {}, { limits: { outputBytes: 100_000 } });
    const body = `test("prints", () => { for (;;) try { require("node:fs").writeSync(1, "x".repeat(1000)); } catch {} });`;
    const report = await project.run(toFile("node", body));
    expect(report.end).toMatchObject({ kind: "killed", reason: "output" });
  });

  it("names the lack of memory", async () => {
    using project = createScratchProject("node", {});
    const body = `test("hoards", () => { const all = []; for (;;) all.push(Buffer.alloc(64e6, 1)); });`;
    const report = await project.run(toFile("node", body));
    const isNamed =
      (report.end.kind === "killed" && report.end.reason === "memory") ||
      report.tests.some(({ failure }) => failure?.code === "ERR_MEMORY_ALLOCATION_FAILED");
    expect(isNamed).toBe(true);
  });

  it("ends at once when cancelled", async () => {
    using project = createScratchProject("node", {});
    const body = `test("spins", () => { for (;;); });`;
    const report = await project.run(toFile("node", body), {}, AbortSignal.timeout(1_500));
    expect(report.end).toMatchObject({ kind: "killed", reason: "cancelled" });
  });

  it("takes a file without node:test as one test, red by its exit code", async () => {
    using project = createScratchProject("node", {});
    const report = await project.run({
      "test/good.js": `require("node:assert").ok(true);`,
      "test/bad.js": `process.exitCode = 3;`,
    });
    expect(report.tests.map(({ fullTitle, status }) => [fullTitle, status])).toEqual([
      ["test/good.js", "passed"],
      ["test/bad.js", "failed"],
    ]);
    expect(report.end).toEqual({ kind: "finished" });
  });

  it("reads subtests, callbacks, hooks and nested suites", async () => {
    using project = createScratchProject("node", {});
    const report = await project.run({
      "test/a.test.mjs": `
        import test, { suite, before, after, beforeEach } from "node:test";
        import assert from "node:assert";
        let ready = false;
        let count = 0;
        before(() => { ready = true; });
        beforeEach(() => { count += 1; });
        await test("parent", async (t) => {
          assert.ok(ready);
          await t.test("child", () => {});
        });
        suite("outer", () => { suite("inner", () => { test("deep", (t, done) => setTimeout(done, 1)); }); });
        test("todo", { todo: true }, () => { throw new Error("not yet"); });
        test("counts", () => { assert.ok(count >= 3); });
      `,
    });
    expect(report.end).toEqual({ kind: "finished" });
    expect(report.tests.map(({ fullTitle, status }) => [fullTitle, status])).toEqual([
      ["parent > child", "passed"],
      ["parent", "passed"],
      ["outer > inner > deep", "passed"],
      ["todo", "skipped"],
      ["counts", "passed"],
    ]);
  });

  it("counts a failing hook against its tests", async () => {
    using project = createScratchProject("node", {});
    const report = await project.run({
      "test/a.test.js": `${HEADERS.node}
        const { describe, before } = require("node:test");
        describe("group", () => { before(() => { throw new Error("hook"); }); test("one", () => {}); });`,
    });
    expect(report.tests.every(({ status }) => status === "failed")).toBe(true);
    expect(report.end.kind).toBe("broken");
  });
});
