import type { FlagValues } from "../contract/feature-flags.ts";
import type { Clock } from "../kernel/clock.ts";
import type { SearchBudget } from "../ports/proposer.ts";
import type { JobLimit } from "./protocol.ts";

/** The parts of a search that share its budget. */
export type PhaseName = "coverage" | "mutation" | "shrink" | "record" | "findings";

/** How a budget is cut. Under an execution budget nothing here depends on the number of workers or a clock. */
export interface SearchPlan {
  /** Searches side by side in each round, with different seeds. */
  readonly islands: number;
  /** Most rounds of the coverage phase. */
  readonly rounds: number;
  /**
   * What one job of the phase may use from now on: a fixed count, or the time until the phase's end
   * (`share` of it).
   */
  limitOf(phase: PhaseName, share?: number): JobLimit;
  /** Whether the phase's time is used up; never under an execution budget. */
  isOver(phase: PhaseName): boolean;
  /** Executions without news after which a round may end early. */
  readonly patience: number;
}

/** Executions are cut into this many islands and rounds, however many workers there are. */
const ISLANDS = 2;
const ROUNDS = 3;
/** Executions below which a process costs more than what it would search, and one does all of a phase. */
const ONE_PROCESS_EXECUTIONS = 1_500;
/** Where each phase ends, as a share of the whole. Phases that end early leave their time to the next. */
const ENDS = { mutation: 0.74, shrink: 0.84, record: 0.94, findings: 1 } as const;
/** What the two phases that search take from one another: where the first ends, and shares of executions. */
const BALANCES = {
  coverage: { coverageEnd: 0.4, shares: { coverage: 0.45, mutation: 0.4 } },
  mutants: { coverageEnd: 0.24, shares: { coverage: 0.27, mutation: 0.58 } },
} as const;
/** What a phase gets at least, ms: without a recording everything before it was for nothing. Less of a short budget. */
const LEAST_MS = {
  coverage: 1_000,
  mutation: 500,
  shrink: 500,
  record: 3_000,
  findings: 1_500,
} as const;
/** Budget from which phases get their least in full, ms. */
const AMPLE_MS = 25_000;
/** Budgets below these have time for one round, or two. */
const ONE_ROUND_MS = 12_000;
const TWO_ROUNDS_MS = 20_000;
const SHRINK_SHARE = 0.15;
const UNCOUNTED = 1_000_000_000;

/** Cuts the budget into phases. The clock starts now, less `usedMs` of an interrupted search. */
export function planSearch(
  clock: Clock,
  budget: SearchBudget,
  options: {
    readonly workers: number;
    readonly usedMs: number;
    readonly balance: FlagValues["searchBalance"];
  },
): SearchPlan {
  const { coverageEnd, shares } = BALANCES[options.balance];
  if (budget.kind === "executions") {
    const parts = { ...shares, shrink: SHRINK_SHARE };
    const isTiny = budget.count < ONE_PROCESS_EXECUTIONS;
    const islands = isTiny ? 1 : ISLANDS;
    const rounds = isTiny ? 1 : ROUNDS;
    const pieces = { coverage: islands * rounds, mutation: islands, shrink: islands * 2 };
    return {
      islands,
      rounds,
      limitOf: (phase) => ({
        kind: "executions",
        count:
          phase === "record" || phase === "findings"
            ? UNCOUNTED
            : Math.max(50, Math.floor((budget.count * parts[phase]) / pieces[phase])),
      }),
      isOver: () => false,
      patience: Math.max(1_500, Math.floor(budget.count / 30)),
    };
  }
  const ends = { coverage: coverageEnd, ...ENDS };
  const started = clock.monotonic() - options.usedMs;
  const leastShare = Math.min(1, budget.durationMs / AMPLE_MS);
  const durationMs = budget.durationMs - toAllowance(budget.durationMs);
  return {
    islands: Math.max(1, options.workers),
    rounds: budget.durationMs < ONE_ROUND_MS ? 1 : budget.durationMs < TWO_ROUNDS_MS ? 2 : ROUNDS,
    limitOf(phase, share = 1) {
      const left = started + durationMs * ends[phase] - clock.monotonic();
      return { kind: "time", durationMs: Math.max(LEAST_MS[phase] * leastShare, left * share) };
    },
    isOver: (phase) => clock.monotonic() - started >= durationMs * ends[phase],
    patience: 5_000,
  };
}

/** Most of a short budget that is left to the starts and ends of processes, which no job counts, ms. */
const MOST_ALLOWED_MS = 2_500;

function toAllowance(budgetMs: number): number {
  return budgetMs < TWO_ROUNDS_MS ? Math.min(MOST_ALLOWED_MS, budgetMs / 5) : 0;
}
