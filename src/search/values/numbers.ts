import { pickWeighted, type ValueKit } from "./kit.ts";

const SMALL: readonly number[] = [0, 1, 2, -1, 3, 5, 10, 4, 7, -2];
const FRACTIONS: readonly number[] = [
  0.5, 1.5, -0.5, 0.1, 0.25, 3.14, -1.5, 2.7, 0.001, 1e-7, 0.99,
];
const LARGE: readonly number[] = [
  100,
  255,
  256,
  1000,
  65_536,
  1e6,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  1e15,
  1e21,
  -1000,
  1_577_836_800_000,
];
const BOUNDARY: readonly number[] = [
  NaN,
  Infinity,
  -Infinity,
  -0,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  Number.MIN_SAFE_INTEGER,
  Number.EPSILON,
];

/** A number of any kind, small whole ones most often. */
export function anyNumber(kit: ValueKit): number {
  const { random } = kit;
  switch (pickWeighted(random, [42, 16, 8, 12, 8, 8, 6])) {
    case 0:
      return random.pick(SMALL);
    case 1:
      return kit.pool.number() ?? random.pick(SMALL);
    case 2:
      return (kit.pool.number() ?? 0) + random.pick([1, -1, 0.5]);
    case 3:
      return random.pick(FRACTIONS);
    case 4:
      return random.int(100);
    case 5:
      return random.pick(LARGE);
    default:
      return random.pick(BOUNDARY);
  }
}

/** A whole number; never NaN, infinite or negative zero. */
export function anyInteger(kit: ValueKit): number {
  const { random } = kit;
  switch (pickWeighted(random, [56, 14, 16, 8])) {
    case 0:
      return random.pick(SMALL);
    case 1: {
      const pooled = kit.pool.number();
      return pooled !== null && Number.isInteger(pooled) && !Object.is(pooled, -0) ? pooled : 1;
    }
    case 2:
      return random.int(40);
    default:
      return random.pick(LARGE);
  }
}

/** A count, size or index. */
export function anyCount(kit: ValueKit): number {
  const { random } = kit;
  return random.chance(0.85)
    ? random.pick([0, 1, 2, 3, 4, 5, 10])
    : random.chance(0.5)
      ? anyInteger(kit)
      : -1;
}
