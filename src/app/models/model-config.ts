import { resolve } from "node:path";
import type { Price } from "../../adapters/llm/money/prices.ts";
import type { loadConfig, LoadedConfig, TypedProvider } from "../../config/load-config.ts";
import type { ParameterPolicy } from "../../contract/model/parameters.ts";
import type { ParameterWishes } from "../../contract/model/wishes.ts";

/** Most that one run may spend on models. */
export interface RunBudget {
  readonly budgetUsd?: number | undefined;
  readonly budgetTokens?: number | undefined;
}

/** What was typed about models, or asked for by code. */
export interface ModelFlags {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly budgetUsd?: number | undefined;
  readonly budgetTokens?: number | undefined;
  /** What the run was begun with: counts where neither is typed now, and never for more than configuration allows. */
  readonly begunWith?: RunBudget | undefined;
  readonly profile?: string | undefined;
  /** Parameters of the calls of the run; they win over configuration. */
  readonly parameters?: ParameterWishes | undefined;
  /** What happens to a parameter that a model does not take. @defaultValue that of each provider */
  readonly policy?: ParameterPolicy | undefined;
}

/**
 * Flags about a provider go to the one that is named; an address alone means a local server, a GGUF file as the model this
 * machine. A relative path is one from `cwd`.
 */
export function toConfigInput(
  flags: ModelFlags,
  cwd: string,
): Pick<Parameters<typeof loadConfig>[0], "flags" | "profile" | "providers"> {
  const { model, baseUrl, budgetUsd, budgetTokens, profile } = flags;
  const provider =
    flags.provider ?? (baseUrl === undefined && model === undefined ? undefined : "local");
  const name = provider === undefined || provider === "auto" ? "local" : provider;
  const providers: TypedProvider[] = [];
  const isFile = provider === "gguf" || (baseUrl === undefined && /\.gguf$/iu.test(model ?? ""));
  if (model !== undefined) {
    const config = isFile ? { modelPath: resolve(cwd, model) } : { model };
    providers.push({ flag: "--model", name, config });
  }
  if (baseUrl !== undefined) providers.push({ flag: "--base-url", name, config: { baseUrl } });
  return { flags: { provider, budgetUsd, budgetTokens }, profile, providers };
}

/** Own prices as the price table takes them. */
export function toPrices(prices: LoadedConfig["prices"]): Readonly<Record<string, Price>> {
  const toText = (amount: number | undefined): string | undefined => amount?.toFixed(6);
  return Object.fromEntries(
    Object.entries(prices).map(([name, { input, cacheRead, cacheWrite, output }]) => [
      name,
      {
        input: input.toFixed(6),
        output: output.toFixed(6),
        cacheRead: toText(cacheRead),
        cacheWrite: toText(cacheWrite),
      },
    ]),
  );
}
