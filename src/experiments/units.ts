import type { ExperimentOutcome, Exposure } from "../contract/feature-flags.ts";

/** One run that an experiment had its hand in. */
export interface ExperimentRun {
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The flag may be one that this release no longer has. */
  readonly exposure: Omit<Exposure, "flag"> & { readonly flag: string };
  /** Null where the run did not come to an end. */
  readonly outcome: ExperimentOutcome | null;
}

/** What was dealt out: a run, or a repository with all its runs. */
export interface Unit {
  readonly variant: string;
  /** Share of each variant when it was dealt out. */
  readonly shares: ReadonlyMap<string, number>;
  readonly outcomes: readonly ExperimentOutcome[];
}

/** The runs of one experiment, by unit. */
export interface DealtUnits {
  readonly units: readonly Unit[];
  /** Units that were dealt out twice, to different variants: they stand for none. */
  readonly moved: number;
  /** Runs under the same name that decided another flag, or dealt out something else. */
  readonly foreign: number;
  /** Whether all were dealt out by the same weights. */
  readonly hasOneDeal: boolean;
}

/** Groups runs by what was dealt out. What the newest run says of the experiment is what it is. */
export function toUnits(runs: readonly ExperimentRun[]): DealtUnits {
  const last = runs.at(-1)?.exposure;
  const own = runs.filter(
    ({ exposure }) => exposure.flag === last?.flag && exposure.unit === last.unit,
  );
  const groups = Map.groupBy(own, ({ exposure }) => exposure.unitKey);
  const units: Unit[] = [];
  let moved = 0;
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { variant, variants } = first.exposure;
    if (group.some(({ exposure }) => exposure.variant !== variant)) moved += 1;
    else {
      const outcomes = group.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]));
      units.push({ variant, shares: toShares(variants), outcomes });
    }
  }
  const deals = new Set(
    own.map(({ exposure }) => JSON.stringify([...toShares(exposure.variants)])),
  );
  return { units, moved, foreign: runs.length - own.length, hasOneDeal: deals.size <= 1 };
}

function toShares(weights: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return new Map(Object.entries(weights).map(([name, weight]) => [name, weight / total]));
}
