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

  test("refuses to pick from an empty list", () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
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

  test("is true about as often as asked", () => {
    const random = createRandom("chance");
    const hits = Array.from({ length: 2000 }, () => random.chance(0.25)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(400);
    expect(hits).toBeLessThan(600);
  });
});
