import { estimatePlanned } from "../../adapters/llm/money/estimate-cost.ts";
import { createPriceTable, type PricedModel } from "../../adapters/llm/money/prices.ts";
import { isOwnMachine, toLabel } from "../../adapters/llm/router/candidate.ts";
import { readEnvironment } from "../../config/environment.ts";
import { loadConfig } from "../../config/load-config.ts";
import type { CostEstimate, PlannedCalls } from "../../contract/model/estimate.ts";
import { detectRoot } from "../detect-root.ts";
import {
  chooseProviders,
  type ChosenProvider,
  findNamed,
  findProvider,
  toModel,
} from "./choose-providers.ts";
import { type ModelFlags, toConfigInput, toPrices } from "./model-config.ts";
import { listRoleModels } from "./open-candidates.ts";

/**
 * What planned calls of models would cost, in tokens and dollars, by the configuration of the project in `cwd` and the
 * price table. Asks nobody, and fetches no key.
 * @throws NoModel (RGS-4002), ConfigInvalid (RGS-2001)
 * @example
 * const { usd } = await estimateCost(
 *   { cwd: process.cwd(), flags: {} },
 *   [{ role: "explorer", calls: 20, inputTokens: 6_000, outputTokens: 1_500 }],
 * );
 */
export async function estimateCost(
  input: { readonly cwd: string; readonly flags: ModelFlags },
  planned: readonly PlannedCalls[],
): Promise<CostEstimate> {
  const root = detectRoot(input.cwd);
  const environment = readEnvironment();
  const { config, providers, prices, roles } = await loadConfig({
    root,
    environment,
    ...toConfigInput(input.flags, input.cwd),
  });
  // One that is named needs no key for that: nobody asks it.
  const chosen =
    config.provider === "auto"
      ? chooseProviders("auto", providers)
      : [findProvider(config.provider, providers)];
  const { named } = listRoleModels({ roles }, input.flags);
  const ofRoles = new Map(
    named.map(([role, [first = ""]]) => [role, toPriced(findNamed(first, providers))]),
  );
  return estimatePlanned(
    createPriceTable(toPrices(prices)),
    [...chosen.map(toPriced), ...ofRoles.values()],
    planned.map((plan) => ({ ...plan, model: plan.model ?? toName(ofRoles.get(plan.role)) })),
  );
}

function toPriced(chosen: ChosenProvider): PricedModel {
  const { name, kind, config } = chosen;
  const endpoint = { kind, baseUrl: config.baseUrl ?? null };
  return { provider: name, kind, model: toModel(chosen), isOwnMachine: isOwnMachine(endpoint) };
}

function toName(model: PricedModel | undefined): string | undefined {
  return model === undefined ? undefined : toLabel(model);
}
