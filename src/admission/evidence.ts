import type { Baseline } from "../contract/admission.ts";
import type { CounterId, CoverageMap } from "../contract/coverage.ts";
import type { Contribution } from "./minimise.ts";
import { minimise } from "./minimise.ts";
import type { SuiteTest } from "./suite.ts";

/** What was measured about one test. Mutants by id. */
export interface Evidence {
  readonly test: SuiteTest;
  readonly branches: ReadonlySet<CounterId>;
  /** Mutants on which its own assertion failed. */
  readonly ownKills: ReadonlySet<string>;
  /** Every mutant it told from the original: own kills, other errors and hangs. */
  readonly kills: ReadonlySet<string>;
}

/** True for `file#b2.1`, false for statements and functions. */
export function isBranch(counter: CounterId): boolean {
  return /#b\d+\.\d+$/.test(counter);
}

/** What the baseline already has, named as {@link toElements} names it. */
export function toBaselineElements(baseline: Baseline | null): ReadonlySet<string> {
  const elements = new Set<string>();
  for (const kill of baseline?.kills ?? []) elements.add(`kill ${kill}`);
  for (const branch of toCoveredBranches(baseline?.coverage ?? {})) {
    elements.add(`branch ${branch}`);
  }
  return elements;
}

function toCoveredBranches(map: CoverageMap): readonly CounterId[] {
  return Object.entries(map).flatMap(([path, file]) =>
    Object.entries(file.b).flatMap(([id, counts]) =>
      counts.flatMap((count, arm) => (count > 0 ? [`${path}#b${id}.${String(arm)}`] : [])),
    ),
  );
}

function toElements(evidence: Evidence): readonly string[] {
  return [
    ...[...evidence.branches].map((branch) => `branch ${branch}`),
    ...[...evidence.kills].map((kill) => `kill ${kill}`),
  ];
}

export interface Selection {
  readonly kept: readonly Evidence[];
  /** Candidate id → why it was left out. */
  readonly leftOut: ReadonlyMap<string, string>;
}

/**
 * Condition 5 and the minimiser: first the tests that add a branch or a kill to the baseline and to
 * those before them, most valuable first; then a set with the same sum that is plain, or small.
 */
export function select(
  pool: readonly Evidence[],
  baseline: ReadonlySet<string>,
  { fewestTests }: { readonly fewestTests: boolean },
): Selection {
  const leftOut = new Map<string, string>();
  const contributions = pool.map((evidence) => ({
    ...toContribution(evidence, baseline),
    // Where each test costs the same, the set with the least cost is the one with the fewest.
    weight: fewestTests ? 1 : toWeight(evidence.test),
  }));
  const accepted = acceptNovel(contributions, leftOut);
  const { kept, redundant } = minimise(accepted);
  for (const id of redundant) leftOut.set(id, "what it adds, other kept tests add together");
  const keptIds = new Set(kept);
  return { kept: pool.filter((evidence) => keptIds.has(evidence.test.candidate.id)), leftOut };
}

function toContribution(
  evidence: Evidence,
  baseline: ReadonlySet<string>,
): Omit<Contribution, "weight"> {
  return {
    id: evidence.test.candidate.id,
    elements: new Set(toElements(evidence).filter((element) => !baseline.has(element))),
  };
}

function acceptNovel(
  contributions: readonly Contribution[],
  leftOut: Map<string, string>,
): readonly Contribution[] {
  const order = [...contributions].sort(
    (a, b) => b.elements.size / b.weight - a.elements.size / a.weight,
  );
  const had = new Set<string>();
  const accepted = new Set<Contribution>();
  for (const one of order) {
    if ([...one.elements].every((element) => had.has(element))) {
      leftOut.set(one.id, toNothingNew(one));
      continue;
    }
    accepted.add(one);
    for (const element of one.elements) had.add(element);
  }
  return contributions.filter((one) => accepted.has(one));
}

function toNothingNew(one: Contribution): string {
  return one.elements.size === 0
    ? "no branch and no kill that the baseline lacks"
    : `its ${String(one.elements.size)} branches and kills stand in tests accepted before`;
}

/**
 * What a test costs its reader: a constant for being there, its length, its steps, and long literals,
 * which nobody reads. Only the proportions matter.
 */
export function toWeight(test: SuiteTest): number {
  const { source } = test.printed;
  const lines = source.split("\n").length;
  const { candidate } = test;
  const steps =
    candidate.origin === "search"
      ? candidate.program.statements.length
      : (source.match(/;\s*$/gm)?.length ?? 0);
  const longLiterals = source.match(/(["'`])(?:(?!\1)[^\\]|\\.){40,}\1/g)?.length ?? 0;
  return 1 + source.length / 400 + lines / 20 + steps / 8 + longLiterals;
}
