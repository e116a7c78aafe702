import { describe, expect, test } from "vitest";
import {
  createJestEnvironment,
  createJestReporter,
  type CircusBlock,
  type CircusEvent,
  type CircusTest,
} from "../../../../../src/adapters/runner/jest/jest-glue.ts";
import type { HarnessConfig, HarnessPairs } from "../../../../../src/contract/harness.ts";
import { openRunFolder, type RunFolder } from "../harness/run-folder.ts";

type Body = CircusTest["fn"];

function aBlock(name: string, parent?: CircusBlock): CircusBlock {
  const block: CircusBlock = { type: "describeBlock", name, parent, children: [] };
  parent?.children.push(block);
  return block;
}

function addTest(parent: CircusBlock, name: string, fn?: Body): CircusTest {
  const made: CircusTest = { type: "test", name, parent, fn, errors: [], concurrent: true };
  parent.children.push(made);
  return made;
}

interface Opened {
  readonly folder: RunFolder;
  readonly seen: string[];
  readonly global: Record<string, unknown>;
  emit(name: string, more?: Partial<CircusEvent>): Promise<void>;
  teardown(): Promise<void>;
}

async function open(root: CircusBlock, changed: Partial<HarnessConfig> = {}): Promise<Opened> {
  const folder = openRunFolder(changed);
  const seen: string[] = [];
  class Base {
    readonly global: Record<string, unknown> = { Date };
    setup(): Promise<void> {
      seen.push("setup");
      return Promise.resolve();
    }
    teardown(): Promise<void> {
      seen.push("teardown");
      return Promise.resolve();
    }
    handleTestEvent(event: CircusEvent): void {
      seen.push(event.name);
    }
  }
  const Environment = createJestEnvironment(folder.config, Base);
  const environment = new Environment({}, { testPath: folder.pathOf("a.test.js") });
  // Events before the set-up are none of ours.
  await environment.handleTestEvent?.({ name: "setup" }, {});
  await environment.setup();
  return {
    folder,
    seen,
    global: environment.global,
    emit: async (name, more = {}) => {
      await environment.handleTestEvent?.({ name, ...more }, { rootDescribeBlock: root });
    },
    teardown: () => environment.teardown(),
  };
}

const namesOf = (block: CircusBlock): readonly string[] => block.children.map(({ name }) => name);

describe("the environment of a Jest file", () => {
  test("reports each test under its suites, and lets the project's environment see all", async () => {
    const root = aBlock("ROOT_DESCRIBE_BLOCK");
    const outer = aBlock("outer", root);
    const adds = addTest(outer, "adds");
    const skips = addTest(root, "skips");
    const todo = addTest(root, "todo");
    const opened = await open(root);
    await opened.emit("run_start");
    await opened.emit("test_start", { test: adds });
    await opened.emit("test_fn_start", { test: adds });
    await opened.emit("test_done", { test: { ...adds, duration: 3 } });
    await opened.emit("test_skip", { test: skips });
    await opened.emit("test_todo", { test: todo });
    await opened.teardown();
    expect(opened.folder.results()).toEqual([
      "outer > adds passed",
      "skips skipped",
      "todo skipped",
    ]);
    expect(opened.folder.lines()[0]).toMatchObject({ file: "a.test.js", durationMs: 3 });
    expect(opened.seen.slice(0, 3)).toEqual(["setup", "setup", "run_start"]);
    expect(opened.seen.at(-1)).toBe("teardown");
    expect(adds.concurrent).toBe(true);
  });

  test("says what was thrown first, before Jest makes a text of it", async () => {
    const root = aBlock("root");
    const red = addTest(root, "red");
    const hook = addTest(root, "hook");
    const late = addTest(root, "late");
    const flat = addTest(root, "flat");
    const opened = await open(root);
    await opened.emit("test_fn_failure", { test: red, error: new RangeError("first") });
    await opened.emit("hook_failure", { test: red, error: new Error("second") });
    red.errors = ["text of Jest"];
    await opened.emit("test_done", { test: red });
    await opened.emit("hook_failure", { test: hook, error: new Error("in a hook") });
    hook.errors = ["text of Jest"];
    await opened.emit("test_done", { test: hook });
    late.errors = [[new Error("kept as a pair"), new Error("async stack")]];
    await opened.emit("test_done", { test: late });
    flat.errors = [new Error("kept alone")];
    await opened.emit("test_done", { test: flat });
    expect(opened.folder.results()).toEqual([
      "red failed: first",
      "hook failed: in a hook",
      "late failed: kept as a pair",
      "flat failed: kept alone",
    ]);
    expect(opened.folder.lines()[0]).toMatchObject({ failure: { name: "RangeError" } });
  });

  test("shuffles by a seed, suites within themselves, and runs nothing side by side", async () => {
    const build = (): CircusBlock => {
      const root = aBlock("root");
      const inner = aBlock("inner", root);
      for (const name of ["a", "b", "c", "d", "e"]) addTest(inner, name);
      for (const name of ["f", "g", "h", "i", "j"]) addTest(root, name);
      return root;
    };
    const [plain, first, second] = [build(), build(), build()];
    for (const root of [first, second])
      await (await open(root, { shuffleSeed: 5, mode: "coverage" })).emit("run_start");
    expect(namesOf(first)).toEqual(namesOf(second));
    expect(namesOf(first)).not.toEqual(namesOf(plain));
    expect([...namesOf(first)].sort()).toEqual([...namesOf(plain)].sort());
    const tests = first.children.filter((child) => child.type === "test");
    expect(tests.map(({ concurrent }) => concurrent)).toEqual([false, false, false, false, false]);
  });

  test("shifts the clock of the file's own realm", async () => {
    const { global } = await open(aBlock("root"), { clockShiftMs: 3_600_000 });
    const shifted = global["Date"] as DateConstructor;
    expect(shifted.now() - Date.now()).toBeGreaterThan(3_000_000);
  });
});

describe("mutants in a Jest file", () => {
  const pairs: readonly HarnessPairs[] = [
    { file: "a.test.js", fullTitle: "outer > kills", chunks: [[[4, "m4"]]] },
    { file: "a.test.js", fullTitle: "calls back", chunks: [[[5, "m5"]]] },
    { file: "a.test.js", fullTitle: "empty", chunks: [[]] },
  ];

  async function runAll(opened: Opened, block: CircusBlock): Promise<void> {
    for (const child of block.children) {
      if (child.type === "describeBlock") {
        await runAll(opened, child);
        continue;
      }
      await opened.emit("test_start", { test: child });
      try {
        await child.fn?.call({});
      } catch (thrown) {
        child.errors.push(thrown);
        await opened.emit("test_fn_failure", { test: child, error: thrown });
      }
      await opened.emit("test_done", { test: child });
    }
  }

  test("are tried by clones of the tests they were asked for, each behind a control", async () => {
    const root = aBlock("root");
    const outer = aBlock("outer", root);
    const isOn = (id: string): boolean =>
      (opened.global["__stryker__"] as { activeMutant?: string }).activeMutant === id;
    addTest(outer, "kills", () => {
      if (isOn("m4")) throw new Error("m4 shows");
    });
    addTest(root, "calls back", (done?: (failure?: unknown) => void) => {
      done?.(isOn("m5") ? new Error("m5 shows") : undefined);
    });
    addTest(root, "empty");
    addTest(root, "not asked for", () => undefined);
    const opened = await open(root, { mode: "mutants", pairs });
    await opened.emit("run_start");
    expect(root.tests?.map(({ name }) => name.replace(/^.*:/u, ""))).toEqual([
      "b1",
      "p5",
      "c1",
      "b2",
      "c2",
    ]);
    await runAll(opened, root);
    await opened.teardown();
    expect(opened.folder.results()).toEqual([
      "outer > kills#b0 passed",
      "outer > kills#p4 failed: m4 shows",
      "outer > kills#c0 passed",
      "calls back#b1 passed",
      "calls back#p5 failed: m5 shows",
      "calls back#c1 passed",
      "empty#b2 passed",
      "empty#c2 passed",
    ]);
  });
});

describe("the reporter of a Jest run", () => {
  const result = (
    folder: RunFolder,
  ): Parameters<ReturnType<typeof createJestReporter>["onTestResult"]>[1] => ({
    testFilePath: folder.pathOf("a.test.js"),
    testResults: [
      { ancestorTitles: ["outer"], title: "green", status: "passed" },
      {
        ancestorTitles: ["outer"],
        title: "red",
        status: "failed",
        failureMessages: ["came late\n    at somewhere", "second"],
      },
      { ancestorTitles: [], title: "silent", status: "failed" },
    ],
  });

  test("tells of tests that Jest blames afterwards, but not where clones ran", () => {
    const folder = openRunFolder({ mode: "coverage" });
    createJestReporter(folder.config).onTestResult({}, result(folder));
    expect(folder.results()).toEqual(["outer > red failed: came late", "silent failed: "]);
    const mutants = openRunFolder({ mode: "mutants" });
    createJestReporter(mutants.config).onTestResult({}, result(mutants));
    expect(mutants.results()).toEqual([]);
  });

  test("tells of files that could not be run, of the run's own error, and of its end", () => {
    const folder = openRunFolder();
    const reporter = createJestReporter(folder.config);
    const testFilePath = folder.pathOf("b.test.js");
    reporter.onTestResult({}, { testFilePath, testExecError: null });
    reporter.onTestResult(
      {},
      { testFilePath, testExecError: { message: "raw" }, failureMessage: "cannot find module" },
    );
    reporter.onTestResult(
      {},
      { testFilePath, testExecError: new Error("no text"), failureMessage: null },
    );
    reporter.onRunComplete({}, { runExecError: new Error("out of workers") });
    reporter.onRunComplete({}, {});
    const [first, second, stray, ...ends] = folder.lines();
    expect(first).toMatchObject({ type: "load-failure", file: "b.test.js" });
    expect(first).toHaveProperty("text", expect.stringContaining("cannot find module"));
    expect(second).toHaveProperty("text", expect.stringContaining("no text"));
    expect(stray).toMatchObject({
      type: "stray",
      text: expect.stringContaining("out of workers") as unknown,
    });
    expect(ends).toEqual([{ type: "end" }, { type: "end" }]);
  });
});
