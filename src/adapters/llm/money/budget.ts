import { countTokens, type PicoDollars, type TokenUsage } from "../../../contract/model/usage.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import { createMemoryLedger, type Ledger } from "./ledger.ts";
import type { Amount, RunSpending } from "./ledger-state.ts";
import { formatDollars } from "./prices.ts";

/** Limits; null for none. */
export interface Limits {
  readonly usd: PicoDollars | null;
  readonly tokens: number | null;
}

/** What is spent within one bound: the run, the day, the repository. */
export type BudgetScope = "run" | "day" | "repository";

export type Budgets = Readonly<Record<BudgetScope, Limits>>;

/** Money and tokens of an amount of work. */
export interface Spending {
  /** Null where a model has no price. */
  readonly cost: PicoDollars | null;
  readonly usage: TokenUsage;
}

/** An amount set aside for a call that goes on. */
export interface Reservation {
  /** Books what it came to, and frees the rest. */
  settle(spent: Spending): void;
}

/** Keeps calls within the budgets. Calls at the same time, also of other processes, cannot exceed them together. */
export interface Budget {
  /**
   * Sets aside what a call may cost at most. Without limits nothing is waited for.
   * @throws BudgetReached (RGS-4016), PriceUnknown (RGS-4020), RunFolderUnwritable (RGS-7010)
   */
  reserve(most: Spending, what: string): Promise<Reservation>;
  /** What this run spent so far, in all its processes. @throws RunFolderUnwritable (RGS-7010) */
  spent(): Promise<RunSpending>;
}

const NO_LIMIT: Limits = { usd: null, tokens: null };

export const NO_BUDGETS: Budgets = { run: NO_LIMIT, day: NO_LIMIT, repository: NO_LIMIT };

const SCOPES = ["run", "day", "repository"] as const satisfies readonly BudgetScope[];

/** `book`: what outlasts the process; null where only its own calls count. */
export function createBudget(budgets: Budgets, book: Ledger | null): Budget {
  const ledger = book ?? createMemoryLedger({ repository: "", today: () => "" });
  const isBounded = SCOPES.some((scope) => {
    const { usd, tokens } = budgets[scope];
    return usd !== null || tokens !== null;
  });
  return {
    async reserve(most, what) {
      if (!isBounded)
        return {
          settle: (spent) => {
            ledger.add(toBooked(spent));
          },
        };
      const part = { cost: most.cost ?? 0n, tokens: countTokens(most.usage) };
      const held = await ledger.hold(part, (sums) => {
        for (const scope of SCOPES)
          check(scope, budgets[scope], { spent: sums[scope], most, what });
      });
      return {
        settle: (spent) => {
          held.settle(toBooked(spent));
        },
      };
    },
    spent: () => ledger.spentByRun(),
  };
}

function toBooked({ cost, usage }: Spending): RunSpending {
  return { cost: cost ?? 0n, tokens: countTokens(usage), isPriced: cost !== null };
}

function check(
  scope: BudgetScope,
  { usd, tokens }: Limits,
  { spent, most, what }: { readonly spent: Amount; readonly most: Spending; readonly what: string },
): void {
  const more = countTokens(most.usage);
  if (tokens !== null && spent.tokens + more > tokens)
    throw createBudgetReached(
      scope,
      what,
      `${spent.tokens} of ${tokens} tokens are used or set aside and it may take ${more}`,
    );
  if (usd === null) return;
  if (most.cost === null) throw createPriceUnknown(what);
  if (spent.cost + most.cost > usd)
    throw createBudgetReached(
      scope,
      what,
      `$${formatDollars(spent.cost)} of $${formatDollars(usd)} are spent or set aside and it may cost $${formatDollars(most.cost)}`,
    );
}

function createBudgetReached(scope: BudgetScope, what: string, why: string): RegooseError {
  return new RegooseError("RGS-4016", `the budget of the ${scope} does not allow ${what}: ${why}`, {
    details: { scope },
  });
}

function createPriceUnknown(what: string): RegooseError {
  return new RegooseError(
    "RGS-4020",
    `a budget in dollars is set, and nobody knows the price of ${what}`,
  );
}
