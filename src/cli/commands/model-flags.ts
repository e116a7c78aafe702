import type { FlagParametersForType } from "@stricli/core";
import type { ModelFlags } from "../../app/models/model-config.ts";
import { PARAMETER_POLICIES, type ParameterPolicy } from "../../contract/model/parameters.ts";
import type { ModelRole } from "../../contract/model/request.ts";
import type { CliContext } from "../context.ts";
import { createUsageError } from "../errors.ts";
import { SETTING_FLAGS, toBrief } from "./setting-flags.ts";
import { createIntegerParser, type SharedFlags } from "./shared-flags.ts";

/** Flags of commands that ask models. */
export interface ModelCommandFlags {
  readonly provider?: string;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly budgetUsd?: number;
  readonly budgetTokens?: number;
  readonly profile?: string;
  readonly param?: readonly string[];
  readonly paramPolicy?: ParameterPolicy;
}

export type LlmTestFlags = ModelCommandFlags & SharedFlags;

export interface ExplainParamsFlags extends ModelCommandFlags, SharedFlags {
  readonly role: ModelRole;
}

export interface EstimateFlags extends ModelCommandFlags, SharedFlags {
  readonly gaps: number;
  readonly language?: string;
  readonly testCommand?: string;
  readonly issue?: string;
}

export interface MockLlmFlags extends SharedFlags {
  readonly port: number;
  readonly script?: string;
  readonly seed: number;
  readonly recordings?: string;
  readonly record?: string;
}

const toText = (text: string): string => text;

/** Stricli's description of {@link ModelCommandFlags}. */
export const MODEL_FLAGS: FlagParametersForType<ModelCommandFlags, CliContext> = {
  provider: {
    kind: "parsed",
    parse: toText,
    brief: toBrief("provider"),
    optional: true,
    placeholder: "NAME",
  },
  model: {
    kind: "parsed",
    parse: toText,
    brief: "Model of that provider; of a local server where none is named",
    optional: true,
    placeholder: "NAME",
  },
  baseUrl: {
    kind: "parsed",
    parse: toText,
    brief: "Address of that provider; of a local server where none is named",
    optional: true,
    placeholder: "URL",
  },
  budgetUsd: {
    kind: "parsed",
    parse: parseDollars,
    brief: toBrief("budgetUsd"),
    optional: true,
    placeholder: "USD",
  },
  budgetTokens: {
    kind: "parsed",
    parse: createIntegerParser("budget-tokens", 0),
    brief: toBrief("budgetTokens"),
    optional: true,
    placeholder: "N",
  },
  profile: SETTING_FLAGS.profile,
  param: {
    kind: "parsed",
    parse: toText,
    brief:
      'A parameter of models: temperature=0.2, judge.temperature=0, gpt-4.1:seed=7, extraBody={"min_p":0.1}; may be repeated',
    optional: true,
    variadic: true,
    placeholder: "NAME=VALUE",
  },
  paramPolicy: {
    kind: "enum",
    values: PARAMETER_POLICIES,
    brief: "What happens to a parameter that a model does not take",
    optional: true,
  },
};

/** Picks what was typed about models. @throws ParameterRefused (RGS-4004) */
export async function toModelFlags(flags: ModelCommandFlags): Promise<ModelFlags> {
  const { provider, model, baseUrl, budgetUsd, budgetTokens, profile } = flags;
  const { param = [], paramPolicy: policy } = flags;
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    ...(profile === undefined ? {} : { profile }),
    ...(policy === undefined ? {} : { policy }),
    ...(param.length === 0 ? {} : { parameters: await parse(param) }),
  };
}

/** Its schema is slow to load, and not everybody types one. */
async function parse(texts: readonly string[]): Promise<NonNullable<ModelFlags["parameters"]>> {
  const { parseWishes } = await import("../../app/models/parse-wishes.ts");
  return parseWishes(texts);
}

function parseDollars(text: string): number {
  if (!/^\d+(?:\.\d{1,6})?$/u.test(text))
    throw createUsageError(`--budget-usd takes an amount such as 0.50, not "${text}"`);
  return Number(text);
}
