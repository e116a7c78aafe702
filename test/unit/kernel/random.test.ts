import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../../src/kernel/random.ts";

describe("seeded random", () => {
  test("gives the same sequence for the same seed", () => {
    const left = createRandom(7);
    const right = createRandom(7);
    expect(Array.from({ length: 20 }, () => left.next())).toEqual(
      Array.from({ length: 20 }, () => right.next()),
    );
  });

  test("gives the sequence that it gave on other machines", () => {
    const random = createRandom(7);
    expect(Array.from({ length: 4 }, () => random.int(1_000_000))).toEqual([
      655061, 884882, 155748, 68510,
    ]);
  });

  test("gives another sequence for another seed", () => {
    expect(createRandom(1).next()).not.toBe(createRandom(2).next());
  });

  test("forks without advancing the parent, and by label", () => {
    const parent = createRandom(3);
    const twin = createRandom(3);
    const left = parent.fork("left").next();
    expect(left).toBe(twin.fork("left").next());
    expect(left).not.toBe(twin.fork("right").next());
    expect(parent.next()).toBe(twin.next());
  });

  test("stays below the bound, and reaches every value", () => {
    const random = createRandom("bounds");
    const seen = new Set(Array.from({ length: 300 }, () => random.int(6)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("picks every element at some time", () => {
    const random = createRandom("picks");
    const seen = new Set(Array.from({ length: 60 }, () => random.pick(["a", "b", "c"])));
    expect([...seen].sort()).toEqual(["a", "b", "c"]);
  });

  test("refuses to pick from an empty list", () => {
    expect(() => createRandom(1).pick([])).toThrow(/empty list/u);
  });

  test("shuffles into a permutation and leaves the input alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const before = [...items];
        const shuffled = createRandom(seed).shuffle(items);
        expect(items).toEqual(before);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });

  test("shuffles into every order", () => {
    const random = createRandom("orders");
    const seen = new Set(Array.from({ length: 100 }, () => random.shuffle([1, 2, 3]).join("")));
    expect([...seen].sort()).toEqual(["123", "132", "213", "231", "312", "321"]);
  });

  test("is true about as often as asked", () => {
    const random = createRandom("chance");
    const hits = Array.from({ length: 2000 }, () => random.chance(0.25)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(400);
    expect(hits).toBeLessThan(600);
  });
});
