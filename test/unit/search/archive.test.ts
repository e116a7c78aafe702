import { describe, expect, test } from "vitest";

import { createArchive } from "../../../src/search/archive.ts";
import { BUCKETS, COUNTERS_PER_FILE, toBucket } from "../../../src/search/protocol.ts";
import { aProgram, call, num } from "./builders.ts";

const feature = (counter: number, bucket = 0): number => counter * BUCKETS + bucket;

describe("archive", () => {
  test("takes a program for what nobody showed before, once", () => {
    const archive = createArchive(["a.js"]);
    expect(archive.addItem({ program: aProgram(call("a")), fresh: [feature(0)] })).toBe(true);
    expect(archive.addItem({ program: aProgram(call("b")), fresh: [feature(0)] })).toBe(false);
    expect(archive.addItem({ program: aProgram(call("b")), fresh: [feature(0, 1)] })).toBe(true);
    expect(archive.items).toHaveLength(2);
    expect([...archive.covered]).toEqual([0]);
  });

  test("takes a program for its outcome, but no twin", () => {
    const archive = createArchive(["a.js"]);
    expect(archive.addItem({ program: aProgram(call("a")), fresh: [] })).toBe(true);
    expect(archive.addItem({ program: aProgram(call("a")), fresh: [] })).toBe(false);
  });

  test("gives each kill to the first program that showed it", () => {
    const archive = createArchive(["a.js"]);
    archive.addKills(aProgram(call("a")), ["1", "2"]);
    archive.addKills(aProgram(call("b", num(1))), ["2"]);
    archive.addKills(aProgram(call("b", num(1))), ["2", "3"]);
    const kills = [...archive.killers.values()].map((killer) => [...killer.kills]);
    expect(kills).toEqual([["1", "2"], ["3"]]);
    expect(archive.killed.size).toBe(3);
  });

  test("counts and names counters by the layout of their file", () => {
    const archive = createArchive(["a.js", "b.js"]);
    archive.setLayout("b.js", { statements: 2, functions: 1, branches: [2, 3] });
    archive.setLayout("unknown.js", { statements: 9, functions: 9, branches: [] });
    archive.setLoaded([COUNTERS_PER_FILE]);
    archive.addItem({
      program: aProgram(call("a")),
      fresh: [1, 2, 6].map((local) => feature(COUNTERS_PER_FILE + local)),
    });
    expect(archive.count()).toEqual({
      statements: { covered: 2, total: 2 },
      branches: { covered: 1, total: 5 },
    });
    const names = [0, 1, 2, 3, 5, 7, 8].map((local) =>
      archive.toCounterId(COUNTERS_PER_FILE + local),
    );
    expect(names).toEqual([
      "b.js#s0",
      "b.js#s1",
      "b.js#f0",
      "b.js#b0.0",
      "b.js#b1.0",
      "b.js#b1.2",
      null,
    ]);
    expect(archive.toCounterId(0)).toBeNull();
  });
});

test("hit counts fall into eight classes", () => {
  const counts = [1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 127, 128, 9000];
  expect(counts.map(toBucket)).toEqual([0, 1, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
});
