/** What one test contributes, as the minimiser sees it. */
export interface Contribution {
  readonly id: string;
  /** Branches and kills, as opaque names. */
  readonly elements: ReadonlySet<string>;
  /** What the test costs its reader; positive. */
  readonly weight: number;
}

export interface Minimised {
  /** In the order given. */
  readonly kept: readonly string[];
  readonly redundant: readonly string[];
}

/**
 * Weighted greedy set cover (Chvátal 1979), then the removal of what later choices made redundant.
 * The kept tests contribute every element that all tests together contribute, and none of them can
 * be left out. The result depends only on the input, in its order.
 */
export function minimise(contributions: readonly Contribution[]): Minimised {
  const chosen = dropRedundant(coverGreedily(contributions));
  const keptIds = new Set(chosen.map((one) => one.id));
  const kept = contributions.filter((one) => keptIds.has(one.id));
  const rest = contributions.filter((one) => !keptIds.has(one.id));
  return { kept: kept.map((one) => one.id), redundant: rest.map((one) => one.id) };
}

function coverGreedily(contributions: readonly Contribution[]): Contribution[] {
  const missing = new Set(contributions.flatMap((one) => [...one.elements]));
  const open = new Set(contributions);
  const chosen: Contribution[] = [];
  while (missing.size > 0) {
    let best: { readonly one: Contribution; readonly gain: number } | null = null;
    for (const one of open) {
      const added = countIn(one.elements, missing);
      if (added === 0) {
        // What adds nothing now never will: `missing` only shrinks.
        open.delete(one);
        continue;
      }
      const gain = added / one.weight;
      if (best === null || gain > best.gain) best = { one, gain };
    }
    if (best === null) break;
    chosen.push(best.one);
    open.delete(best.one);
    for (const element of best.one.elements) missing.delete(element);
  }
  return chosen;
}

/** Heaviest first, so that the dear tests go where there is a choice. */
function dropRedundant(chosen: readonly Contribution[]): Contribution[] {
  const times = new Map<string, number>();
  for (const one of chosen) {
    for (const element of one.elements) times.set(element, (times.get(element) ?? 0) + 1);
  }
  const kept = new Set(chosen);
  for (const one of [...chosen].sort((a, b) => b.weight - a.weight)) {
    const isRedundant = [...one.elements].every((element) => (times.get(element) ?? 0) > 1);
    if (!isRedundant) continue;
    kept.delete(one);
    for (const element of one.elements) times.set(element, (times.get(element) ?? 0) - 1);
  }
  return [...kept];
}

function countIn(elements: ReadonlySet<string>, wanted: ReadonlySet<string>): number {
  let count = 0;
  for (const element of elements) if (wanted.has(element)) count += 1;
  return count;
}
