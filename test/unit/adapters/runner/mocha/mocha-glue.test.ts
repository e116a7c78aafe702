import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createMochaHarness,
  type MochaHarness,
  type MochaRunner,
  type MochaSuite,
  type MochaTest,
} from "../../../../../src/adapters/runner/mocha/mocha-glue.ts";
import type { HarnessConfig } from "../../../../../src/contract/harness.ts";
import { openRunFolder, type RunFolder } from "../harness/run-folder.ts";

const realm = globalThis as unknown as Record<string, unknown>;
/** What the harness listens to on the process, which here is that of the tests. */
const listeners = new Map<string | symbol, (...parts: unknown[]) => void>();

beforeEach(() => {
  listeners.clear();
  const { stdout, stderr } = process;
  const writes = [stdout.write.bind(stdout), stderr.write.bind(stderr)] as const;
  vi.spyOn(process, "on").mockImplementation((event, listener) => {
    listeners.set(event, listener as (...parts: unknown[]) => void);
    return process;
  });
  return () => {
    Object.assign(stdout, { write: writes[0] });
    Object.assign(stderr, { write: writes[1] });
  };
});

afterEach(() => {
  vi.restoreAllMocks();
  delete realm["__stryker__"];
  delete realm["__regoose__"];
});

interface Suite extends MochaSuite {
  readonly parent?: Suite;
}

function aSuite(title: string, parent?: Suite, file?: string): Suite {
  const suite: Suite = {
    title,
    suites: [],
    tests: [],
    ...(parent === undefined ? {} : { parent }),
    ...(file === undefined ? {} : { file }),
  };
  parent?.suites.push(suite);
  return suite;
}

function addTest(parent: Suite, title: string, more: Partial<MochaTest> = {}): MochaTest {
  const made: MochaTest & { retried: number } = {
    title,
    type: "test",
    parent,
    fn: () => undefined,
    async: 1,
    sync: false,
    retried: 3,
    clone: () => ({ ...made }),
    retries(this: { retried: number }, count) {
      this.retried = count;
    },
    resetTimeout: () => {
      throw new Error("a timer of Mocha's own");
    },
    titlePath(this: MochaTest) {
      const titles = [this.title];
      for (let suite = this.parent as Suite | undefined; suite !== undefined;) {
        if (suite.title !== "") titles.unshift(suite.title);
        suite = suite.parent;
      }
      return titles;
    },
    ...more,
  };
  parent.tests.push(made);
  return made;
}

interface Opened {
  readonly folder: RunFolder;
  readonly harness: MochaHarness;
  /** Has Mocha run the tree, then plays the events of its runner. */
  readonly start: (root: Suite) => (event: string, test: MochaTest, failure?: unknown) => void;
}

function open(changed: Partial<HarnessConfig> = {}): Opened {
  const folder = openRunFolder(changed);
  const harness = createMochaHarness(folder.config);
  return {
    folder,
    harness,
    start: (root) => {
      class Mocha {
        readonly suite = root;
        run(...rest: unknown[]): unknown {
          return ["ran", ...rest];
        }
      }
      harness.install(Mocha);
      expect(new Mocha().run("reporter")).toEqual(["ran", "reporter"]);
      const handlers = new Map<string, (test: MochaTest, failure?: unknown) => void>();
      const runner: MochaRunner = { on: (event, listener) => handlers.set(event, listener) };
      harness.observe(runner);
      return (event, test, failure) => {
        handlers.get(event)?.(test, failure);
      };
    },
  };
}

async function runAll(emit: ReturnType<Opened["start"]>, suite: MochaSuite): Promise<void> {
  for (const one of suite.tests) {
    emit("test", one);
    try {
      await one.fn?.call({});
      emit("pass", one);
    } catch (thrown) {
      emit("fail", one, thrown);
    }
    emit("test end", one);
  }
  for (const inner of suite.suites) await runAll(emit, inner);
}

const NONE = {} as MochaTest;

describe("a Mocha run", () => {
  test("reports each test under its suites and its file, then the end", () => {
    const { folder, start } = open();
    const root = aSuite("", undefined, folder.pathOf("root.test.js"));
    const outer = aSuite("outer", root);
    const green = addTest(outer, "green", { file: folder.pathOf("b.test.js"), duration: 4 });
    const skipped = addTest(outer, "skipped");
    const red = addTest(outer, "red");
    const emit = start(root);
    emit("test", green);
    emit("pass", green);
    emit("test end", green);
    emit("pending", skipped);
    emit("fail", red, new RangeError("too far"));
    emit("end", NONE);
    expect(folder.results()).toEqual([
      "outer > green passed",
      "outer > skipped skipped",
      "outer > red failed: too far",
    ]);
    const [first, second] = folder.lines();
    expect(first).toMatchObject({ file: "b.test.js", durationMs: 4 });
    expect(second).toMatchObject({ file: "root.test.js" });
    expect(folder.lines().at(-1)).toEqual({ type: "end" });
  });

  test("blames a failing hook on the test around it, else on the file", () => {
    const { folder, start } = open();
    const root = aSuite("");
    const current = addTest(root, "current", { duration: 1 });
    const emit = start(root);
    const hook = { ...addTest(root, "before each"), type: "hook" };
    emit("fail", { ...hook, ctx: { currentTest: current } }, new Error("set-up"));
    emit("fail", hook, new Error("of the file"));
    emit("fail", { ...hook, type: "suite" }, new Error("of nothing"));
    expect(folder.results()).toEqual(["current failed: set-up"]);
    const [, load, stray] = folder.lines();
    // A test that names no file is of the first one.
    expect(load).toMatchObject({ type: "load-failure", file: "a.test.js" });
    expect(stray).toMatchObject({
      type: "stray",
      text: expect.stringContaining("of nothing") as unknown,
    });
  });

  test("tells at exit of errors that no red test stands for", () => {
    const { folder, start } = open();
    const root = aSuite("");
    const red = addTest(root, "red");
    const emit = start(root);
    const known = new Error("known");
    listeners.get("uncaughtExceptionMonitor")?.(known);
    listeners.get("unhandledRejection")?.(new Error("escaped"));
    emit("fail", red, known);
    listeners.get("exit")?.();
    const strays = folder.lines().filter(({ type }) => type === "stray");
    expect(strays).toEqual([
      { type: "stray", text: expect.stringContaining("escaped") as unknown },
    ]);
  });

  test("shuffles tests and suites by a seed", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const orders = [1, 2].map(() => {
      const root = aSuite("");
      for (const name of names) {
        addTest(root, name);
        addTest(aSuite(`suite ${name}`, root), name);
      }
      open({ shuffleSeed: 11 }).start(root);
      return [root.tests.map(({ title }) => title), root.suites.map(({ title }) => title)];
    });
    expect(orders[0]).toEqual(orders[1]);
    expect(orders[0]?.[0]).not.toEqual(names);
    expect([...(orders[0]?.[0] ?? [])].sort()).toEqual(names);
    expect(orders[0]?.[1]).not.toEqual(names.map((name) => `suite ${name}`));
  });

  test("lets a test settle after its body, whatever form that has", async () => {
    const { start } = open({ settles: true });
    const root = aSuite("");
    const order: string[] = [];
    const plain = addTest(root, "plain", {
      fn: () => {
        setImmediate(() => order.push("left behind"));
        order.push("body");
      },
    });
    const back = addTest(root, "calls back", {
      fn: (done?: (failure?: unknown) => void) => done?.(new Error("told")),
    });
    const pending = addTest(root, "pending", { fn: undefined });
    start(root);
    await plain.fn?.call({});
    expect(order).toEqual(["body", "left behind"]);
    await expect(back.fn?.call({})).rejects.toThrow("told");
    expect(back).toMatchObject({ async: 0, sync: true });
    expect(pending.fn).toBeUndefined();
  });

  test("tries mutants by clones of the tests they were asked for", async () => {
    const { folder, start } = open({
      mode: "mutants",
      pairs: [
        { file: "a.test.js", fullTitle: "outer > kills", chunks: [[[3, "m3"]]] },
        { file: "a.test.js", fullTitle: "empty", chunks: [[]] },
      ],
    });
    const root = aSuite("");
    const outer = aSuite("outer", root);
    addTest(outer, "kills", {
      fn: () => {
        const { activeMutant } = realm["__stryker__"] as { activeMutant?: string };
        if (activeMutant === "m3") throw new Error("m3 shows");
      },
    });
    addTest(root, "empty", { fn: undefined });
    addTest(root, "not asked for");
    const emit = start(root);
    const [baseline] = outer.tests;
    expect(baseline).toMatchObject({ retried: 0, parent: outer });
    expect(() => baseline?.resetTimeout()).not.toThrow();
    await runAll(emit, root);
    emit("end", NONE);
    expect(folder.results()).toEqual([
      "empty#b1 passed",
      "empty#c1 passed",
      "outer > kills#b0 passed",
      "outer > kills#p3 failed: m3 shows",
      "outer > kills#c0 passed",
    ]);
  });
});
