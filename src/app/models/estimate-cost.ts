import { estimatePlanned } from "../../adapters/llm/money/estimate-cost.ts";
import { createPriceTable } from "../../adapters/llm/money/prices.ts";
import { isOwnMachine } from "../../adapters/llm/router/candidate.ts";
import { readEnvironment } from "../../config/environment.ts";
import { loadConfig } from "../../config/load-config.ts";
import type { CostEstimate, PlannedCalls } from "../../contract/model/estimate.ts";
import { detectRoot } from "../detect-root.ts";
import { chooseProviders, findProvider, toModel } from "./choose-providers.ts";
import { type ModelFlags, toConfigInput, toPrices } from "./model-config.ts";

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
  const { config, providers, prices } = await loadConfig({
    root,
    environment,
    ...toConfigInput(input.flags, input.cwd),
  });
  // One that is named needs no key for that: nobody asks it.
  const chosen =
    config.provider === "auto"
      ? chooseProviders("auto", providers)
      : [findProvider(config.provider, providers)];
  const models = chosen.map((provider) => {
    const { name, kind } = provider;
    const endpoint = { kind, baseUrl: provider.config.baseUrl ?? null };
    return { provider: name, kind, model: toModel(provider), isOwnMachine: isOwnMachine(endpoint) };
  });
  return estimatePlanned(createPriceTable(toPrices(prices)), models, planned);
}
