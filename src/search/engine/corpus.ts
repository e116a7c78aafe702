import type { TestProgram } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";
import type { ResultShape } from "./surface.ts";

/** A kept program with what the search learned about it. */
export interface Entry {
  readonly program: TestProgram;
  /** Counter numbers it hits. */
  readonly counters: readonly number[];
  /** Features it was first to show. */
  readonly fresh: readonly number[];
  /** Shape of each statement's result; null for values that offer nothing. */
  readonly shapes: readonly (ResultShape | null)[];
  /** How often it was chosen as a parent. */
  picks: number;
}

/** The programs that a search builds on. */
export interface Corpus {
  readonly entries: readonly Entry[];
  add(entry: Entry): void;
  /** Chooses a parent: rare counters, open branches and few earlier picks raise the odds. */
  pick(random: Random): Entry;
  /** Tells which counters stand beside an arm never taken. */
  setOpenBranches(counters: ReadonlyMap<number, readonly number[]>): void;
}

/** Creates an empty corpus. */
export function createCorpus(): Corpus {
  const entries: Entry[] = [];
  const owners = new Map<number, number>();
  let open: ReadonlyMap<number, readonly number[]> = new Map();
  let weights: number[] = [];
  let isStale = true;

  const weigh = (entry: Entry): number => {
    let rarity = 0;
    let chances = 0;
    for (const counter of entry.counters) {
      rarity += 1 / (owners.get(counter) ?? 1);
      if (open.has(counter)) chances += 1 / (owners.get(counter) ?? 1);
    }
    const novelty = entry.fresh.length > 0 ? 1 : 0.3;
    return (
      (novelty * (0.2 + Math.sqrt(rarity) + 2 * Math.sqrt(chances))) /
      Math.sqrt(1 + entry.picks / 4)
    );
  };
  return {
    entries,
    add(entry) {
      entries.push(entry);
      for (const counter of entry.counters) owners.set(counter, (owners.get(counter) ?? 0) + 1);
      weights.push(weigh(entry));
      isStale ||= entries.length % 16 === 0;
    },
    pick(random) {
      if (isStale) {
        weights = entries.map(weigh);
        isStale = false;
      }
      const index = pickWeighted(random, weights);
      const entry = entries[index];
      if (entry === undefined) throw new RangeError("the corpus is empty");
      entry.picks += 1;
      if (entry.picks % 8 === 0) weights[index] = weigh(entry);
      return entry;
    },
    setOpenBranches(counters) {
      open = counters;
      isStale = true;
    },
  };
}

/** An index with odds in proportion to the weights; all zero picks evenly. */
export function pickWeighted(random: Random, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.next() * total;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return Math.max(0, weights.length - 1);
}
