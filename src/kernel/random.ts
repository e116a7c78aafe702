/** A seeded source of randomness; the same seed gives the same sequence on every machine. */
export interface Random {
  /** A float in [0, 1). */
  next(): number;
  /** An integer in [0, bound); `bound` ≥ 1. */
  int(bound: number): number;
  /** One element of a non-empty list. */
  pick<T>(items: readonly T[]): T;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** A new list with the same elements in random order (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** An independent stream derived from this seed and a label, without advancing this stream. */
  fork(label: string): Random;
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand), seeded through a 32-bit FNV-1a of the seed text.
 * Chosen for speed and for needing nothing but 32-bit integer arithmetic, which every engine does alike.
 */
export function createRandom(seed: number | string): Random {
  const text = String(seed);
  let a = fnv1a(text, 0x811c9dc5);
  let b = fnv1a(text, 0x9e3779b9);
  let c = fnv1a(text, 0x85ebca6b);
  let counter = 1;
  const nextUint = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round += 1) nextUint();
  const random: Random = {
    next: () => nextUint() / 0x1_0000_0000,
    int: (bound) => Math.floor((nextUint() / 0x1_0000_0000) * bound),
    pick: (items) => {
      if (items.length === 0) throw new RangeError("cannot pick from an empty list");
      return items[random.int(items.length)] as (typeof items)[number];
    },
    chance: (probability) => random.next() < probability,
    shuffle: (items) => {
      const copy = [...items];
      for (let index = copy.length - 1; index > 0; index -= 1) {
        const other = random.int(index + 1);
        const held = copy[index] as (typeof copy)[number];
        copy[index] = copy[other] as (typeof copy)[number];
        copy[other] = held;
      }
      return copy;
    },
    fork: (label) => createRandom(`${text}/${label}`),
  };
  return random;
}

function fnv1a(text: string, offset: number): number {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
}
