import { describe, expect, test } from "vitest";
import { estimateDifference, estimateMean, toSample } from "../../../src/experiments/intervals.ts";
import { checkSampleRatio } from "../../../src/experiments/sample-ratio.ts";
import { createRandom, type Random } from "../../../src/kernel/random.ts";

/** Simulations of which the truth is known. Seeded, so that they say the same each time. */
const ROUNDS = 4_000;

function normal(random: Random): number {
  // Box and Muller 1958.
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function draw(random: Random, n: number, one: (random: Random) => number): number[] {
  return Array.from({ length: n }, () => one(random));
}

/** Five standard errors of a share that should be `p`: what a correct method passes in all but a millionth of seeds. */
function slack(p: number, rounds: number): number {
  return 5 * Math.sqrt((p * (1 - p)) / rounds);
}

describe("the interval of a difference", () => {
  const SCORES = (center: number, spread: number) => (random: Random) =>
    Math.min(1, Math.max(0, center + spread * normal(random)));
  const TIMES = (scale: number) => (random: Random) => scale * Math.exp(0.35 * normal(random));
  const BOUNDED = (random: Random): number => Math.round(10 * random.next()) / 10;

  test.each([
    ["equal normal samples of 5", 5, 5, SCORES(0.5, 0.02), SCORES(0.5, 0.02), 0],
    [
      "normal samples with other sizes and spreads",
      6,
      24,
      SCORES(0.5, 0.06),
      SCORES(0.45, 0.01),
      -0.05,
    ],
    ["coarse scores between 0 and 1", 20, 20, BOUNDED, BOUNDED, 0],
    ["skewed times of 30 runs", 30, 30, TIMES(40), TIMES(40), 0],
  ])("holds the truth in 95 of 100: %s", (_name, n, m, control, variant, truth) => {
    const random = createRandom(_name);
    let holds = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { low, high } = estimateDifference(
        toSample(draw(random, n, control)),
        toSample(draw(random, m, variant)),
      );
      if (low <= truth && truth <= high) holds += 1;
    }
    // Skewed and coarse values are not what the method assumes: half a point is theirs.
    expect(Math.abs(holds / ROUNDS - 0.95)).toBeLessThan(slack(0.95, ROUNDS) + 0.005);
  });

  test("finds an effect that is there, and more surely with more runs", () => {
    const random = createRandom("power");
    const find = (n: number): number => {
      let found = 0;
      for (let round = 0; round < 500; round += 1) {
        const control = toSample(draw(random, n, SCORES(0.6, 0.05)));
        const variant = toSample(draw(random, n, SCORES(0.64, 0.05)));
        if (estimateDifference(control, variant).low > 0) found += 1;
      }
      return found / 500;
    };
    const [few, many] = [find(8), find(40)];
    // Power of a two-sided t test for d = 0.8: 0.31 with 8 each, 0.94 with 40 each (Cohen 1988, table 2.3).
    expect(few).toBeGreaterThan(0.2);
    expect(few).toBeLessThan(0.45);
    expect(many).toBeGreaterThan(0.88);
  });
});

test("the interval of a mean holds the truth in 95 of 100", () => {
  const random = createRandom("mean");
  let holds = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { low, high } = estimateMean(toSample(draw(random, 4, (one) => 7 + 2 * normal(one))));
    if (low <= 7 && 7 <= high) holds += 1;
  }
  expect(Math.abs(holds / ROUNDS - 0.95)).toBeLessThan(slack(0.95, ROUNDS));
});

describe("the sample ratio check", () => {
  const deal = (random: Random, n: number, shares: readonly number[]): number[] => {
    const counts = shares.map(() => 0);
    for (let unit = 0; unit < n; unit += 1) {
      let left = random.next();
      const at = shares.findIndex((share) => (left -= share) < 0);
      counts[at === -1 ? 0 : at]! += 1;
    }
    return counts;
  };
  const check = (counts: readonly number[], n: number, shares: readonly number[]) =>
    checkSampleRatio(counts.map((observed, index) => ({ observed, expected: n * shares[index]! })));

  test.each([
    ["two equal variants", 60, [0.5, 0.5]],
    ["nine to one", 200, [0.9, 0.1]],
    ["three variants", 150, [0.5, 0.3, 0.2]],
  ])("is wrong in as many cases as its threshold says: %s", (name, n, shares) => {
    const random = createRandom(name);
    const rounds = 20_000;
    let alarms = 0;
    let below = 0;
    for (let round = 0; round < rounds; round += 1) {
      const result = check(deal(random, n, shares), n, shares);
      if (result.kind === "too-few") throw new Error("there are enough");
      if (result.kind === "mismatch") alarms += 1;
      if (result.p < 0.05) below += 1;
    }
    // Counts are whole, so p takes few values: the share below 0.05 lies near it, not on it.
    expect(below / rounds).toBeGreaterThan(0.03);
    expect(below / rounds).toBeLessThan(0.065);
    expect(alarms / rounds).toBeLessThan(0.001 + slack(0.001, rounds) + 0.001);
  });

  test("sees a deal that is wrong", () => {
    const random = createRandom("wrong");
    let seen = 0;
    for (let round = 0; round < 500; round += 1) {
      const counts = deal(random, 1_000, [0.6, 0.4]);
      if (check(counts, 1_000, [0.5, 0.5]).kind === "mismatch") seen += 1;
    }
    expect(seen / 500).toBeGreaterThan(0.98);
  });

  test("says nothing where fewer than five are expected", () => {
    expect(check([9, 0], 9, [0.5, 0.5])).toMatchObject({ kind: "too-few", n: 9 });
    expect(check([10, 0], 10, [0.5, 0.5]).kind).not.toBe("too-few");
  });
});
