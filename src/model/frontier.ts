import type { Gap } from "../contract/agents.ts";
import type { GapSource } from "./gaps.ts";

/** What more kills would cost, as far as this run has measured. */
export type NextCost =
  /** Nothing was asked about a gap, or it took nothing. */
  | { readonly kind: "unknown" }
  /** All gaps that are left promise less than was wanted. */
  | { readonly kind: "out-of-reach" }
  | { readonly kind: "estimate"; readonly tokens: number };

/** What one question about a gap came to. */
export interface Outcome {
  readonly tokens: number;
  readonly kills: number;
}

/** Gaps that nobody has asked about yet. */
export interface Frontier {
  /** Takes off the gap with the least expected cost for each expected kill; null where none is left. */
  take(): Gap | null;
  /** Puts a gap back that was taken and not asked about. */
  putBack(gap: Gap): void;
  note(gap: Gap, outcome: Outcome): void;
  /** What so many further kills would cost, cheapest gaps first. */
  priceOf(kills: number): NextCost;
}

/** Before anything is known, one mutant in three behind a gap is expected to die; worth as much as three that were seen. */
const PRIOR = { kills: 1, behind: 3 };
/** How many mutants of a file it takes until they count as much as all others. */
const FILE_WEIGHT = 6;
/** A question shows no more of them. */
const MOST_BEHIND = 12;
/** A branch that nobody takes has a mutant behind it now and then that was not counted. */
const BRANCH_WORTH = 0.25;

/** Tokens of a question and its answer beside the code that is shown, and for each line of it. */
const BASE_TOKENS = 900;
const LINE_TOKENS = 12;
/** Longer files are shown in part. */
const WHOLE_LINES = 250;
/** How many tokens it takes until what was measured counts as much as the estimate. */
const SCALE_WEIGHT = 1_000;

interface Sums {
  kills: number;
  behind: number;
}

/**
 * Orders gaps anew after each question: by the tokens that a question should take, learned from those before, and by
 * the kills that it should bring, from the mutants behind the gap and from how many of those behind others have died.
 */
export function createFrontier(gaps: readonly Gap[], sources: readonly GapSource[]): Frontier {
  const open = [...gaps];
  const all: Sums = { kills: 0, behind: 0 };
  const byFile = new Map<string, Sums>();
  let measured = 0;
  let estimated = 0;
  const lengths = new Map(sources.map(({ path, content }) => [path, content.split("\n").length]));
  const estimate = ({ file, lines }: Gap): number => {
    const whole = lengths.get(file) ?? 0;
    const shown = whole <= WHOLE_LINES ? whole : lines.last - lines.first + 1;
    return BASE_TOKENS + LINE_TOKENS * shown;
  };
  const costOf = (gap: Gap): number =>
    (estimate(gap) * (SCALE_WEIGHT + measured)) / (SCALE_WEIGHT + estimated);
  const killsOf = (gap: Gap): number => {
    const rate = (PRIOR.kills + all.kills) / (PRIOR.behind + all.behind);
    const own = byFile.get(gap.file) ?? { kills: 0, behind: 0 };
    const here = (FILE_WEIGHT * rate + own.kills) / (FILE_WEIGHT + own.behind);
    return Math.min(1, here) * toBehind(gap);
  };
  const toPrice = (gap: Gap): number => costOf(gap) / Math.max(killsOf(gap), 1e-9);
  return {
    take() {
      const [best] = open.toSorted((a, b) => toPrice(a) - toPrice(b));
      if (best === undefined) return null;
      open.splice(open.indexOf(best), 1);
      return best;
    },
    putBack: (gap) => void open.push(gap),
    note(gap, { tokens, kills }) {
      const own = byFile.get(gap.file) ?? { kills: 0, behind: 0 };
      byFile.set(gap.file, own);
      for (const sums of [all, own]) {
        sums.kills += kills;
        sums.behind += toBehind(gap);
      }
      measured += tokens;
      estimated += estimate(gap);
    },
    priceOf(kills) {
      if (measured === 0 || kills <= 0) return { kind: "unknown" };
      let left = kills;
      let tokens = 0;
      for (const gap of open.toSorted((a, b) => toPrice(a) - toPrice(b))) {
        const expected = killsOf(gap);
        // Of the last one, the share that is needed.
        tokens += costOf(gap) * Math.min(1, left / Math.max(expected, 1e-9));
        left -= expected;
        if (left <= 0) return { kind: "estimate", tokens: Math.ceil(tokens) };
      }
      return { kind: "out-of-reach" };
    },
  };
}

function toBehind({ mutants, branches }: Gap): number {
  return Math.min(MOST_BEHIND, mutants.length + BRANCH_WORTH * branches.length);
}
