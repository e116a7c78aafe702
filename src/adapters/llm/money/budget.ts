import {
  addTokens,
  countTokens,
  NO_TOKENS,
  type PicoDollars,
  type TokenUsage,
} from "../../../contract/model/usage.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import { formatDollars } from "./prices.ts";
import type { SpendLog } from "./spend-log.ts";

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

/** Keeps calls within the budgets. Calls at the same time cannot exceed them together. */
export interface Budget {
  /**
   * Sets aside what a call may cost at most.
   * @throws BudgetReached (RGS-4016), PriceUnknown (RGS-4020)
   */
  reserve(most: Spending, what: string): Promise<Reservation>;
  /** What this run spent so far. */
  spent(): { readonly cost: PicoDollars; readonly usage: TokenUsage };
}

const NO_LIMIT: Limits = { usd: null, tokens: null };

export const NO_BUDGETS: Budgets = { run: NO_LIMIT, day: NO_LIMIT, repository: NO_LIMIT };

/** `log` is what outlasts the run; null where only the run counts. */
export function createBudget(budgets: Budgets, log: SpendLog | null): Budget {
  let cost: PicoDollars = 0n;
  let usage = NO_TOKENS;
  const held = { cost: 0n, tokens: 0 };
  const check = (
    scope: BudgetScope,
    spent: { readonly cost: PicoDollars; readonly tokens: number },
    most: Spending,
    what: string,
  ): void => {
    const { usd, tokens } = budgets[scope];
    const nextTokens = spent.tokens + held.tokens + countTokens(most.usage);
    if (tokens !== null && nextTokens > tokens)
      throw createBudgetReached(
        scope,
        what,
        `${spent.tokens} of ${tokens} tokens are used and it may take ${countTokens(most.usage)}`,
      );
    if (usd === null) return;
    if (most.cost === null) throw createPriceUnknown(what);
    if (spent.cost + held.cost + most.cost > usd)
      throw createBudgetReached(
        scope,
        what,
        `$${formatDollars(spent.cost)} of $${formatDollars(usd)} are spent and it may cost $${formatDollars(most.cost)}`,
      );
  };
  return {
    async reserve(most, what) {
      const lasting = log === null ? null : await log.sums();
      check("run", { cost, tokens: countTokens(usage) }, most, what);
      if (lasting !== null) {
        check("day", lasting.day, most, what);
        check("repository", lasting.repository, most, what);
      }
      const part = { cost: most.cost ?? 0n, tokens: countTokens(most.usage) };
      held.cost += part.cost;
      held.tokens += part.tokens;
      let isOpen = true;
      return {
        settle(spent) {
          if (!isOpen) return;
          isOpen = false;
          held.cost -= part.cost;
          held.tokens -= part.tokens;
          cost += spent.cost ?? 0n;
          usage = addTokens(usage, spent.usage);
          log?.add({ cost: spent.cost ?? 0n, tokens: countTokens(spent.usage) });
        },
      };
    },
    spent: () => ({ cost, usage }),
  };
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
