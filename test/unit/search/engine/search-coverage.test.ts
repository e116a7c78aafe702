import { beforeEach, describe, expect, test } from "vitest";

import type { TestProgram } from "../../../../src/contract/program.ts";
import { measureAll, recordAll } from "../../../../src/search/engine/run-list.ts";
import { searchCoverage } from "../../../../src/search/engine/search-coverage.ts";
import {
  BUCKETS,
  type CoverageJob,
  type MeasureJob,
  type RecordJob,
} from "../../../../src/search/protocol.ts";
import { aProgram, call, method, num } from "../builders.ts";
import {
  aHint,
  aJobBase,
  aModel,
  createWorld,
  drive,
  FILE,
  ofKind,
  openSession,
} from "./fake-world.ts";
import { ARM, counters, hit, searchCounted, take } from "./counted-world.ts";

beforeEach(() => {
  counters.reset();
});

function createTarget(world: ReturnType<typeof createWorld>): Record<string, unknown> {
  class Nest {
    #eggs = 0;
    lay(): this {
      hit(0);
      this.#eggs += 1;
      return this;
    }
    hatch(): string {
      hit(1);
      return take(0, this.#eggs > 1) ? "goslings" : "nothing";
    }
  }
  return {
    Nest,
    open: (word: unknown) => {
      world.compare(String(word), "open sesame");
      return take(1, word === "open sesame") ? { isOpen: true } : null;
    },
    later: async () => {
      hit(2);
      await Promise.resolve();
      hit(3);
      return ["a", "b"];
    },
    work: () => {
      for (let round = 0; round < 300; round += 1) world.burn(1);
      hit(4);
      return 1.5;
    },
    endless: () => {
      for (;;) world.burn(1);
    },
    read: () => {
      world.touchFile();
      hit(5);
      return "text";
    },
    fail: (kind: unknown) => {
      throw kind === 1 ? new TypeError("one") : new Error(String(kind));
    },
    echo: (value: unknown) => value,
  };
}

const HINTS = [
  aHint(["open"], [["word", { kind: "string" }]]),
  aHint(["echo"], [["value", { kind: "any" }]]),
  aHint(["fail"], [["kind", { kind: "integer" }]]),
  aHint(["Nest"], [], "constructor"),
];

function aJob(
  executions: number,
  only: readonly string[],
  changed: Partial<CoverageJob> = {},
): CoverageJob {
  return {
    ...aJobBase(executions, {
      modules: [aModel({ callables: HINTS })],
      only: only.map((name) => [name]),
    }),
    kind: "coverage",
    corpus: [],
    patience: 10_000,
    watchesState: false,
    deferred: [],
    ...changed,
  };
}

const search = (job: CoverageJob, shape = createTarget): ReturnType<typeof searchCounted> =>
  searchCounted(job, shape);

/** What each program moves when it runs alone. */
async function measure(programs: readonly TestProgram[]): Promise<Set<number>> {
  const job: MeasureJob = { ...aJobBase(10_000), kind: "measure", programs };
  const world = createWorld();
  const { session, messages } = openSession(job, { [FILE]: createTarget(world) }, world, {
    counters,
    mutants: null,
  });
  await drive(measureAll(session, job));
  return new Set(ofKind(messages, "measured").flatMap((message) => message.counters));
}

describe("a search for coverage", () => {
  test("builds sequences until both sides of a branch on state were taken", async () => {
    const { programs, session } = await search(aJob(1_500, ["Nest"]));
    expect(await measure(programs)).toEqual(new Set([0, 1, ARM, ARM + 1]));
    expect(session.executions()).toBeGreaterThanOrEqual(1_500);
    const both = programs.find(({ statements }) =>
      statements.some((statement) => statement.kind === "method" && statement.name === "hatch"),
    );
    expect(both?.statements[0]).toMatchObject({ kind: "new", callee: ["Nest"] });
  });

  test("passes a value that the target compared with", async () => {
    const { programs } = await search(aJob(400, ["open"]));
    expect(programs).toContainEqual(
      aProgram(call("open", { kind: "string", value: "open sesame" })),
    );
    expect(await measure(programs)).toEqual(new Set([ARM + 2, ARM + 3]));
  });

  test("awaits what turns out to be a promise", async () => {
    const { programs } = await search(aJob(50, ["later"]));
    expect(programs[0]?.statements[0]).toMatchObject({ callee: ["later"], awaits: true });
    expect(await measure(programs)).toEqual(new Set([2, 3]));
  });

  test("gives a program that ran dry more fuel once, and names the one that needs still more", async () => {
    const { programs, messages } = await search(aJob(60, ["work", "endless"]));
    expect(programs[0]).toEqual(aProgram(call("work")));
    const dry = ofKind(messages, "dry").map(({ program }) => JSON.stringify(program));
    expect(dry.length).toBeGreaterThan(0);
    for (const text of dry) expect(text).toContain("endless");
    expect(JSON.stringify(programs)).not.toContain("endless");
  });

  test("moves a module that works on files to the fixture folder", async () => {
    const { programs, session } = await search(aJob(60, ["read"]));
    expect(programs.length).toBeGreaterThan(0);
    expect(programs.every(({ usesFixture }) => usesFixture)).toBe(true);
    expect(session.kits[0]?.usesFixture).toBe(true);
  });

  test("leaves a module where it is that only looked for a file once", async () => {
    let isLoaded = false;
    const { programs, session } = await search(aJob(40, ["lazy"]), (world) => ({
      lazy: () => {
        if (!isLoaded) world.touchFile();
        isLoaded = true;
        hit(6);
        return 1;
      },
    }));
    expect(programs[0]).toEqual(aProgram(call("lazy")));
    expect(session.kits[0]?.usesFixture).toBe(false);
  });

  test("keeps programs for the outcome that they alone show, a few of each callee", async () => {
    const { programs } = await search(aJob(800, ["fail", "echo"]));
    const calls = programs.flatMap(({ statements: [first, ...more] }) =>
      first?.kind === "call" && more.length === 0 ? [first.callee.join(".")] : [],
    );
    const failing = calls.filter((name) => name === "fail");
    const echoing = calls.filter((name) => name === "echo");
    expect(failing.length).toBeGreaterThan(1);
    expect(failing.length).toBeLessThanOrEqual(6);
    expect(echoing.length).toBeGreaterThan(2);
    expect(echoing.length).toBeLessThanOrEqual(6);
  });

  test("tells kinds of values apart, and not two values of one kind", async () => {
    const values = [num(1), num(2), num(-1), { kind: "number", value: "NaN" }] as const;
    const kinds = await search(
      aJob(9, ["echo"], {
        modules: [
          aModel({ seeds: values.map((value) => aProgram(call("echo", value))), callables: HINTS }),
        ],
      }),
    );
    const kept = kinds.programs.map((program) => JSON.stringify(program));
    const isKept = (value: (typeof values)[number]): boolean =>
      kept.includes(JSON.stringify(aProgram(call("echo", value))));
    expect(values.map(isKept)).toEqual([true, false, true, true]);
  });

  test("runs documented programs first, but neither broken ones nor any where a corpus is there", async () => {
    const seed = aProgram({ kind: "new", callee: ["Nest"], args: [] }, method(0, "hatch"));
    const broken = aProgram(method(3, "hatch"));
    const modules = [aModel({ seeds: [broken, seed], callables: HINTS })];
    const { programs } = await search(aJob(30, ["Nest"], { modules }));
    expect(programs[0]).toEqual(seed);
    const corpus = [{ program: aProgram(call("echo", num(1))), fresh: [] }];
    const later = await search(aJob(8, ["later"], { modules, corpus }));
    expect(later.programs).not.toContainEqual(seed);
    // What another job found is known there already.
    expect(later.programs).not.toContainEqual(corpus[0]?.program);
  });

  test("ends early once nothing new came for a while", async () => {
    const { isSaturated, session } = await search(aJob(4_000, ["later"], { patience: 50 }));
    expect(isSaturated).toBe(true);
    expect(session.executions()).toBeLessThan(2_000);
  });

  test("has nothing to do where nothing can be called", async () => {
    const { isSaturated, session } = await search(aJob(100, ["nothing"]));
    expect(isSaturated).toBe(true);
    expect(session.executions()).toBe(0);
  });

  test("says the same for the same seed", async () => {
    const job = aJob(300, ["Nest", "open", "echo"]);
    expect((await search(job)).programs).toEqual((await search(job)).programs);
  });

  test("needs counters", () => {
    const job = aJob(1, []);
    const { session } = openSession(job, {}, createWorld());
    expect(() => searchCoverage(session, job).next()).toThrow("needs counters");
  });
});

describe("running a list", () => {
  const programs = [aProgram(call("echo", num(7))), aProgram(call("endless"))];
  const gone = { ...aProgram(call("echo")), module: "gone.js" };

  test("tells for each program what it moved and whether it makes a test", async () => {
    const job: MeasureJob = {
      ...aJobBase(10),
      kind: "measure",
      programs: [
        aProgram({ kind: "new", callee: ["Nest"], args: [] }, method(0, "lay")),
        ...programs,
      ],
    };
    const world = createWorld();
    const { session, messages } = openSession(job, { [FILE]: createTarget(world) }, world, {
      counters,
      mutants: null,
    });
    await drive(measureAll(session, job));
    expect(
      ofKind(messages, "measured").map(({ counters: moved, isClean }) => [moved, isClean]),
    ).toEqual([
      [[0], true],
      [[], true],
      [[], false],
    ]);
  });

  test("records what a program did, or why that makes no test, up to the limit", async () => {
    const job: RecordJob = { ...aJobBase(3), kind: "record", programs: [...programs, gone, gone] };
    const world = createWorld();
    const { session, messages } = openSession(job, { [FILE]: createTarget(world) }, world, {
      mutants: null,
    });
    await drive(recordAll(session, job));
    const told = ofKind(messages, "recorded");
    expect(told.map(({ index, problem }) => [index, problem])).toEqual([
      [0, null],
      [1, "out of fuel"],
      [2, "module not loaded"],
    ]);
    expect(told[0]?.recording?.outcomes).toEqual([
      { kind: "returned", value: { kind: "number", value: 7 } },
    ]);
    expect(told[1]?.recording).toBeNull();
  });
});

test("a feature is a counter and how often it was hit", () => {
  counters.reset();
  const known = new Set<number>();
  hit(7);
  expect(counters.takeFresh(known)).toEqual([7 * BUCKETS]);
  hit(7);
  expect(counters.takeFresh(known)).toEqual([7 * BUCKETS + 1]);
  expect(counters.takeFresh(known)).toEqual([]);
  expect(counters.shows([7 * BUCKETS, 7 * BUCKETS + 1])).toBe(true);
  expect(counters.shows([7 * BUCKETS + 2])).toBe(false);
});
