import { describe, expect, test } from "vitest";
import {
  createSession,
  splitClone,
  toProjectPath,
  type Session,
  type TestRef,
} from "../../../../../src/adapters/runner/harness/session.ts";
import type { HarnessConfig, HarnessPairs } from "../../../../../src/contract/harness.ts";
import { aConfig, createFakeNode, type FakeNode } from "./fake-node.ts";

type Realm = Record<string, unknown>;
interface Stryker {
  readonly __stryker__: {
    activeMutant?: string;
    currentTestId?: string;
    hitCount?: number;
    hitLimit?: number;
    mutantCoverage: {
      static: Record<string, number>;
      perTest: Record<string, Record<string, number>>;
    };
  };
  readonly __regoose__: { fuel: number; outOfFuel(): void; isOutOfFuel(thrown: unknown): boolean };
}

const FILE = "a.test.js";
const aTest = (markedTitle: string): TestRef => ({ file: FILE, markedTitle });

function open(
  changed: Partial<HarnessConfig>,
  options: { readonly canWatch?: boolean } = {},
): { session: Session; fake: FakeNode; realm: Realm & Stryker } {
  const fake = createFakeNode(options);
  const realm: Realm = { Date };
  const session = createSession(fake.node, aConfig(changed), realm);
  return { session, fake, realm: realm as Realm & Stryker };
}

describe("a session of a test process", () => {
  test("writes what the runner says of tests, and what escaped them", () => {
    const { session, fake } = open({});
    expect(session.toTitles(FILE, "adds", "adds")).toEqual(["adds"]);
    session.begin(aTest("adds"));
    expect(session.run(aTest("adds"), () => 7)).toBe(7);
    expect(session.settle(() => 8)).toBe(8);
    session.end(aTest("adds"));
    session.report(aTest("adds"), "failed", -3, new TypeError("no"));
    session.report(aTest("skips"), "skipped", 2, undefined);
    session.stray("text");
    session.loadFailure(FILE, Object.assign(new Error("gone"), { stack: "" }));
    session.heldOpen({ resources: ["TCPServerWrap"], isFromLoading: true });
    session.finish();
    session.writeEnd();
    expect(fake.lines()).toEqual([
      {
        type: "test",
        file: FILE,
        fullTitle: "adds",
        clone: null,
        status: "failed",
        durationMs: 0,
        failure: expect.objectContaining({ name: "TypeError", message: "no" }) as object,
      },
      {
        type: "test",
        file: FILE,
        fullTitle: "skips",
        clone: null,
        status: "skipped",
        durationMs: 2,
        failure: null,
      },
      { type: "stray", text: "string: string: text" },
      { type: "load-failure", file: FILE, text: "Error: gone" },
      { type: "held-open", resources: ["TCPServerWrap"], isFromLoading: true },
      { type: "end" },
    ]);
    expect(fake.coverage()).toBeNull();
  });

  test("names counters that moved within each test, and adds all to one dump", async () => {
    const { session, fake, realm } = open({ mode: "coverage" });
    const counters = { s: { 0: 1, 1: 0 }, f: { 0: 0 }, b: { 0: [0, 0] } };
    realm["__coverage__"] = { "x.js": counters };
    session.begin(aTest("one"));
    counters.s[1] = 1;
    counters.b[0] = [0, 2];
    // A subtest takes over from its parent.
    session.begin(aTest("one > inner"));
    counters.f[0] = 1;
    (realm["__coverage__"] as Realm)["late.js"] = { s: { 0: 1 }, f: {}, b: {} };
    session.end(aTest("one"));
    session.end(aTest("one > inner"));
    session.begin(aTest("idle"));
    await session.settle(() => Promise.resolve());
    session.finish();
    session.finish();
    expect(fake.lines()).toEqual([
      { type: "covered", file: FILE, fullTitle: "one", counters: { "x.js": ["s1", "b0.1"] } },
      {
        type: "covered",
        file: FILE,
        fullTitle: "one > inner",
        counters: { "x.js": ["f0"], "late.js": ["s0"] },
      },
      { type: "covered", file: FILE, fullTitle: "idle", counters: {} },
    ]);
    expect(fake.coverage()).toEqual({
      "x.js": { s: { 0: 2, 1: 2 }, f: { 0: 2 }, b: { 0: [0, 4] } },
      "late.js": { s: { 0: 2 }, f: {}, b: {} },
    });
  });

  test("names the mutants that each test reaches, and those that only loading does", () => {
    const { session, fake, realm } = open({ mode: "mutant-coverage" });
    const { mutantCoverage } = realm.__stryker__;
    mutantCoverage.static["9"] = 1;
    session.begin(aTest("one"));
    expect(realm.__stryker__.currentTestId).toBe("t1");
    mutantCoverage.perTest["t1"] = { 3: 1, 4: 2 };
    session.begin(aTest("two"));
    session.end(aTest("two"));
    expect(realm.__stryker__.currentTestId).toBeUndefined();
    session.finish();
    expect(fake.lines()).toEqual([
      { type: "load-mutants", switchIds: ["9"] },
      { type: "mutants", file: FILE, fullTitle: "one", switchIds: ["3", "4"] },
      { type: "mutants", file: FILE, fullTitle: "two", switchIds: [] },
    ]);
  });

  test("tells the mutants of loading where no test ran at all", () => {
    const { session, fake } = open({ mode: "mutant-coverage" });
    session.finish();
    expect(fake.lines()).toEqual([{ type: "load-mutants", switchIds: [] }]);
  });

  test("is on another date where asked", () => {
    const { realm } = open({ clockShiftMs: 86_400_000 });
    const Shifted = realm["Date"] as DateConstructor;
    expect(Math.round((Shifted.now() - Date.now()) / 86_400_000)).toBe(1);
    expect(new Shifted(5).getTime()).toBe(5);
    expect(new Shifted() instanceof Shifted).toBe(true);
    class Sub extends Shifted {}
    expect(new Sub(1)).toBeInstanceOf(Sub);
    expect(Shifted()).toContain(String(new Shifted().getFullYear()));
    Shifted.now = () => 4;
    expect(Shifted.now()).toBe(4);
    (Shifted as unknown as Realm)["extra"] = 1;
    expect((Shifted as unknown as Realm)["extra"]).toBe(1);
    delete (Date as unknown as Realm)["extra"];
    Date.prototype.constructor = Date;
  });
});

describe("names in result lines", () => {
  test.each([
    ["adds", "adds", null],
    ["adds #regoose:p12", "adds", "p12"],
    ["adds #regoose:x12", "adds #regoose:x12", null],
    ["a #regoose:b1 #regoose:c3", "a #regoose:b1", "c3"],
  ])("%j is the test %j with the clone %j", (marked, fullTitle, clone) => {
    expect(splitClone(marked)).toEqual({ fullTitle, clone });
  });

  test.each([
    ["/work/a/b.js", "a/b.js"],
    ["file:///work/a%20b.js", "a b.js"],
    ["/elsewhere/a.js", "/elsewhere/a.js"],
  ])("%s is %s in the project", (path, expected) => {
    expect(toProjectPath(aConfig(), path)).toBe(expected);
  });
});

const PAIRS: HarnessPairs = {
  file: FILE,
  fullTitle: "adds",
  chunks: [
    [
      [0, "m0"],
      [1, "m1"],
    ],
    [
      [2, "m0"],
      [3, "none"],
    ],
  ],
};

/** Runs the clones of the test in order; `body` is the test, told which mutant is on. */
function runClones(
  given: ReturnType<typeof open>,
  body: (mutant: string | undefined) => unknown,
): readonly string[] {
  const { session, realm } = given;
  const titles = session.toTitles(FILE, "adds", "adds") ?? [];
  return titles.map((title) => {
    const clone = title.slice("adds #regoose:".length);
    session.begin(aTest(title));
    const ran: string[] = [];
    try {
      session.run(aTest(title), () => {
        ran.push(clone);
        return body(realm.__stryker__.activeMutant);
      });
      return `${clone} ${ran.length > 0 ? "green" : "skipped"}`;
    } catch {
      return `${clone} red`;
    }
  });
}

describe("tests against mutants in one process", () => {
  const config = { mode: "mutants", pairs: [PAIRS] } as const;
  const fail = (): never => {
    throw new Error("red");
  };

  test("each pair is told before it runs, with a check after each chunk", () => {
    const given = open(config);
    const outcomes = runClones(given, (mutant) => (mutant === "m0" ? fail() : 1));
    expect(outcomes).toEqual([
      "b0 green",
      "p0 red",
      "p1 green",
      "c0 green",
      "p2 red",
      "p3 green",
      "c0 green",
    ]);
    given.session.finish();
    expect(given.fake.lines()).toEqual([0, 1, 2, 3].map((pair) => ({ type: "pair-start", pair })));
    expect(given.realm.__stryker__.activeMutant).toBeUndefined();
  });

  test("a mutant that was killed is left out where one kill is enough", () => {
    const given = open({ ...config, stopAtFirstKill: true });
    expect(runClones(given, (mutant) => (mutant === "m0" ? fail() : 1))).toContain("p2 skipped");
  });

  test("nothing runs after a test that is red without a mutant", () => {
    expect(runClones(open(config), fail).slice(1, 4)).toEqual([
      "p0 skipped",
      "p1 skipped",
      "c0 red",
    ]);
    let calls = 0;
    // Red from the second run without a mutant on: the process is not to be trusted any more.
    const outcomes = runClones(open(config), (mutant) =>
      mutant === undefined && ++calls > 1 ? fail() : 1,
    );
    expect(outcomes.slice(3)).toEqual(["c0 red", "p2 skipped", "p3 skipped", "c0 skipped"]);
  });

  test("tests without pairs are left out, unknown clones do nothing", () => {
    const { session } = open(config);
    expect(session.toTitles(FILE, "other", "other")).toBeNull();
    session.begin(aTest("adds #regoose:p77"));
    expect(session.run(aTest("adds #regoose:p77"), fail)).toBeUndefined();
    session.begin(aTest("adds #regoose:b9"));
    expect(session.run(aTest("adds #regoose:b9"), fail)).toBeUndefined();
    session.begin(aTest("no clone"));
    expect(session.run(aTest("no clone"), () => 3)).toBe(3);
  });

  test("a mutant that burns its fuel has timed out, even where the test swallows it", () => {
    const given = open(config);
    const outcomes = runClones(given, (mutant) => {
      const { __regoose__: runtime } = given.realm;
      if (mutant === undefined) {
        runtime.outOfFuel();
        expect(runtime.fuel).toBeGreaterThan(1_000_000);
        return 1;
      }
      try {
        if (mutant === "m1") runtime.outOfFuel();
      } catch (thrown) {
        expect(runtime.isOutOfFuel(thrown)).toBe(true);
        expect([runtime.isOutOfFuel(null), runtime.isOutOfFuel(new Error("x"))]).toEqual([
          false,
          false,
        ]);
      }
      return 1;
    });
    expect(outcomes[2]).toBe("p1 red");
    expect(given.fake.lines()).toContainEqual({ type: "pair-timeout", pair: 1 });
  });

  test("a mutant that is hit far more often than before has timed out", () => {
    const given = open(config);
    const outcomes = runClones(given, (mutant) => {
      if (mutant === "m0") given.realm.__stryker__.hitCount = 2_000_000;
      return 1;
    });
    expect(outcomes[1]).toBe("p0 red");
    expect(given.fake.lines()).toContainEqual({ type: "pair-timeout", pair: 0 });
  });

  test("where no thread may watch, V8 ends what blocks", () => {
    // Long enough that a busy machine does not cut what ends at once.
    const given = open({ ...config, pairTimeoutMs: 250 }, { canWatch: false });
    const outcomes = runClones(given, (mutant) => {
      if (mutant === "m0") for (;;);
      return mutant === "m1" ? fail() : 1;
    });
    // What the block left behind is not known, so nothing else runs in this process.
    expect(outcomes.slice(0, 3)).toEqual(["b0 green", "p0 red", "p1 skipped"]);
    expect(given.fake.lines()).toContainEqual({ type: "pair-timeout", pair: 0 });
  });

  test("a pending test ends as it settles, or when nothing is left to wait for", async () => {
    const { session, fake } = open(config);
    const run = async (clone: string, body: () => unknown): Promise<string> => {
      session.begin(aTest(`adds #regoose:${clone}`));
      const pending = session.run(aTest(`adds #regoose:${clone}`), body) as Promise<unknown>;
      if (clone === "p1") fake.advance(500);
      return pending.then(String, (thrown: unknown) => (thrown as Error).message);
    };
    expect(await run("b0", () => Promise.resolve("fine"))).toBe("fine");
    expect(await run("p0", () => Promise.reject(new Error("red")))).toBe("red");
    expect(await run("p1", () => new Promise(() => undefined))).toBe("nothing is left to wait for");
    expect(await run("c0", () => Promise.resolve("still fine"))).toBe("still fine");
    expect(fake.polls()).toBe(0);
    expect(fake.lines()).toContainEqual({ type: "pair-timeout", pair: 1 });
  });

  test("a test that is busy for too long ends the trust in its process", async () => {
    const { session, fake } = open(config);
    session.begin(aTest("adds #regoose:b0"));
    session.run(aTest("adds #regoose:b0"), () => 1);
    session.begin(aTest("adds #regoose:p0"));
    const pending = session.run(aTest("adds #regoose:p0"), () => {
      fake.resources = 3;
      return new Promise(() => undefined);
    }) as Promise<unknown>;
    fake.advance(500);
    expect(fake.polls()).toBe(1);
    fake.advance(600);
    await expect(pending).rejects.toMatchObject({ name: "BodyTimeout", isIdle: false });
    session.begin(aTest("adds #regoose:p1"));
    expect(session.run(aTest("adds #regoose:p1"), () => 1)).toBeUndefined();
  });
});
