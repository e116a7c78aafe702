import { describe, expect, test } from "vitest";
import { createSession, type Session } from "../../../../../src/adapters/runner/harness/session.ts";
import {
  createNodeShim,
  type NodeShim,
} from "../../../../../src/adapters/runner/node/node-shim.ts";
import type { HarnessConfig } from "../../../../../src/contract/harness.ts";
import { aConfig, createFakeNode } from "../harness/fake-node.ts";

type Body = (this: unknown, ...parts: unknown[]) => unknown;
type TestModule = Parameters<typeof createNodeShim>[0];
type Register = (...parts: unknown[]) => unknown;

/** What reached the real module, as `kind name`, and the bodies of tests to run. */
interface FakeRunner {
  readonly module: TestModule;
  readonly calls: string[];
  readonly bodies: Map<string, Body>;
  readonly hooks: Body[];
  readonly options: unknown[];
}

function createFakeRunner(): FakeRunner {
  const calls: string[] = [];
  const bodies = new Map<string, Body>();
  const hooks: Body[] = [];
  const options: unknown[] = [];
  const register =
    (kind: string): Register =>
    (name, given, body) => {
      calls.push(`${kind} ${String(name)}`);
      options.push(given);
      if (kind.startsWith("suite")) (body as Body).call("suite", {});
      else if (body !== undefined) bodies.set(String(name), body as Body);
      return Promise.resolve(name);
    };
  const skip = (): string => "real skip";
  const suite = Object.assign(register("suite"), { only: register("suite.only"), skip });
  const module = Object.assign(register("test"), {
    only: register("test.only"),
    skip,
    test: null,
    it: null,
    describe: suite,
    suite,
    before: (body: Body) => calls.push(`before ${typeof body}`),
    beforeEach: (body: Body) => {
      hooks.push(body);
    },
    mock: "the real mock",
  }) as unknown as TestModule;
  return { module, calls, bodies, hooks, options };
}

function open(changed: Partial<HarnessConfig> = {}): {
  shim: NodeShim;
  runner: FakeRunner;
  session: Session;
  fake: ReturnType<typeof createFakeNode>;
  starts: () => number;
} {
  const fake = createFakeNode();
  const config = aConfig(changed);
  const session = createSession(fake.node, config, { Date });
  const runner = createFakeRunner();
  let started = 0;
  const shim = createNodeShim(runner.module, session, {
    files: config.files,
    onFirst: () => {
      started += 1;
    },
  });
  return { shim, runner, session, fake, starts: () => started };
}

const of = (shim: NodeShim, name: string): Register & Record<string, Register> =>
  shim.module[name] as Register & Record<string, Register>;

describe("node:test as its importers see it", () => {
  test("registers at once, with suites, variants and hooks, and says when it came to life", async () => {
    const { shim, runner, starts } = open();
    expect([shim.isUsed(), shim.countTests()]).toEqual([false, 0]);
    of(shim, "describe")("group", function inner(this: unknown) {
      expect(this).toBe("suite");
      of(shim, "it")("adds", { timeout: 5 }, () => 1);
    });
    of(shim, "test")(function named() {});
    of(shim, "test")(() => 1);
    of(shim, "test")("planned");
    of(shim, "test")["only"]?.("chosen", () => 1);
    of(shim, "suite")["only"]?.("chosen group", () => undefined);
    of(shim, "before")(() => undefined);
    expect(runner.calls).toEqual([
      "suite group",
      "test adds",
      "test named",
      "test <anonymous>",
      "test planned",
      "test.only chosen",
      "suite.only chosen group",
      "before function",
    ]);
    expect(runner.options[1]).toEqual({ timeout: 5 });
    expect(of(shim, "skip")()).toBe("real skip");
    expect([shim.module["mock"], shim.module["default"]]).toEqual(["the real mock", shim.module]);
    expect([shim.isUsed(), shim.countTests(), starts()]).toEqual([true, 5, 1]);
    await Promise.resolve();
  });

  test("runs bodies through the session: plain, with a callback, pending and red", async () => {
    const { shim, runner, session } = open();
    const ended: string[] = [];
    const watched: Session = Object.assign(session, {
      end: ({ markedTitle }: { markedTitle: string }) => ended.push(markedTitle),
    });
    expect(watched).toBe(session);
    of(shim, "test")("plain", (context: unknown) => context);
    of(shim, "test")("callback", (_context: unknown, done: (failure?: unknown) => void) => {
      done();
    });
    of(shim, "test")("callback fails", (_context: unknown, done: (failure?: unknown) => void) => {
      done(new Error("late"));
    });
    of(shim, "test")("red", () => {
      throw new Error("red");
    });
    expect(runner.bodies.get("plain")?.("the context")).toBe("the context");
    expect(runner.bodies.get("plain")).toHaveLength(1);
    await runner.bodies.get("callback")?.({});
    await expect(runner.bodies.get("callback fails")?.({})).rejects.toThrow("late");
    expect(() => runner.bodies.get("red")?.({})).toThrow("red");
    expect(ended).toEqual(["plain", "callback", "callback fails", "red"]);
  });

  test("registers a clone for each pair, and no test that has none", async () => {
    const { shim, runner } = open({
      mode: "mutants",
      pairs: [{ file: "a.test.js", fullTitle: "adds", chunks: [[[0, "m0"]]] }],
    });
    await of(shim, "test")("other", () => 1);
    const registered = await of(shim, "test")("adds", () => 1);
    expect(registered).toEqual(["adds #regoose:b0", "adds #regoose:p0", "adds #regoose:c0"]);
    expect(runner.bodies.get("adds #regoose:b0")?.({})).toBe(1);
    of(shim, "describe")("group", () => undefined);
    expect(runner.options.at(-1)).toEqual({ concurrency: 1 });
  });

  test("holds a shuffled file back until all of it is registered, in an order of the seed", async () => {
    const names = ["one", "two", "three", "four", "five"];
    const orderOf = async (shuffleSeed: number): Promise<readonly string[]> => {
      const { shim, runner } = open({ shuffleSeed });
      const pending = names.map((name) => of(shim, "test")(name, () => 1));
      of(shim, "describe")("group", () => {
        of(shim, "test")("inner", () => 1);
      });
      expect(runner.calls).toEqual([]);
      await Promise.all(pending);
      return runner.calls;
    };
    const [first, again, other] = [await orderOf(1), await orderOf(1), await orderOf(2)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    expect([...first].sort()).toEqual(
      [...names.map((name) => `test ${name}`), "suite group", "test inner"].sort(),
    );
  });

  test("keeps files that share a process apart: names, hooks, and no test before all are loaded", async () => {
    const { shim, runner } = open({ files: ["a.test.js", "b.test.js"] });
    const hooked: string[] = [];
    await shim.loadAll((file) => {
      of(shim, "beforeEach")(() => hooked.push(file));
      void of(shim, "test")("same", () => 1);
      of(shim, "describe")("group", () => {
        of(shim, "test")("inner", () => 1);
      });
      expect(runner.calls).toEqual([]);
      return Promise.resolve();
    });
    expect(runner.calls).toEqual([
      "test «file 0» same",
      "suite «file 0» group",
      "test inner",
      "test «file 1» same",
      "suite «file 1» group",
      "test inner",
    ]);
    for (const hook of runner.hooks) hook.call(null, { fullName: "«file 1» same" });
    expect(hooked).toEqual(["b.test.js"]);
  });
});
