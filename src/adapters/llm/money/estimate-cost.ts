import type { CostEstimate, PlannedCalls, PlannedCost } from "../../../contract/model/estimate.ts";
import { NO_TOKENS, type PicoDollars } from "../../../contract/model/usage.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import { formatDollars, type PricedModel, type PriceTable, toCost } from "./prices.ts";

/**
 * Multiplies a plan with the price table; exact for the numbers of the plan. `models`: those that are configured, in
 * order.
 * @throws NoModel (RGS-4002) where the plan names a model that is not configured, or none is
 */
export function estimatePlanned(
  prices: PriceTable,
  models: readonly PricedModel[],
  planned: readonly PlannedCalls[],
): CostEstimate {
  let total: PicoDollars | null = 0n;
  const parts = planned.map(({ model: name, ...plan }): PlannedCost => {
    const priced = findModel(models, name);
    const price = prices.find(priced);
    const { inputTokens, outputTokens, calls } = plan;
    const cost =
      price === null
        ? null
        : BigInt(calls) * toCost(price, { ...NO_TOKENS, inputTokens, outputTokens });
    total = total === null || cost === null ? null : total + cost;
    const { provider, model } = priced;
    return { ...plan, provider, model, usd: cost === null ? null : formatDollars(cost) };
  });
  const sum = (of: (plan: PlannedCalls) => number): number =>
    planned.reduce((all, plan) => all + of(plan), 0);
  return {
    calls: sum(({ calls }) => calls),
    inputTokens: sum(({ calls, inputTokens }) => calls * inputTokens),
    outputTokens: sum(({ calls, outputTokens }) => calls * outputTokens),
    usd: toText(total),
    prices: prices.name,
    parts,
  };
}

function findModel(models: readonly PricedModel[], name: string | undefined): PricedModel {
  const found = models.find(
    ({ provider, model }) =>
      name === undefined || name === provider || name === `${provider}/${model}`,
  );
  if (found !== undefined) return found;
  const what =
    name === undefined ? "no model is configured" : `the model ${name} is not configured`;
  throw new RegooseError("RGS-4002", what);
}

function toText(amount: PicoDollars | null): string | null {
  return amount === null ? null : formatDollars(amount);
}
