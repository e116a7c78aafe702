import type { FlagParametersForType } from "@stricli/core";
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
}

export type LlmTestFlags = ModelCommandFlags & SharedFlags;

export interface ExplainParamsFlags extends ModelCommandFlags, SharedFlags {
  readonly role: ModelRole;
  readonly policy?: "strict" | "adapt" | "raw";
  readonly param?: readonly string[];
}

export interface EstimateFlags extends ModelCommandFlags, SharedFlags {
  readonly gaps: number;
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
};

/** Picks what was typed about models. */
export function toModelFlags(flags: ModelCommandFlags): ModelCommandFlags {
  const { provider, model, baseUrl, budgetUsd, budgetTokens, profile } = flags;
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    ...(profile === undefined ? {} : { profile }),
  };
}

function parseDollars(text: string): number {
  if (!/^\d+(?:\.\d{1,6})?$/u.test(text))
    throw createUsageError(`--budget-usd takes an amount such as 0.50, not "${text}"`);
  return Number(text);
}
