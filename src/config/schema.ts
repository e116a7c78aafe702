import { z } from "zod";
import { duration } from "./duration-schema.ts";
import {
  BASELINES,
  CONFIG_KEYS,
  type ConfigKey,
  type ConfigValues,
  ENGINES,
  FILE_KEYS,
  FRAMEWORKS,
  type KeyFacts,
  type PartialConfig,
  SANDBOXES,
  SETTINGS,
} from "./keys.ts";
import { PROVIDER_KEYS } from "./provider-keys.ts";
import type { ExperimentSetting } from "../contract/feature-flags.ts";
import { EXPERIMENT_FIELD_KEYS, experimentsSchema } from "./flags/experiment-schema.ts";
import { FLAG_FIELD_KEYS, flagsSchema, type FlagSettings, RULE_KEYS } from "./flags/flag-schema.ts";
import { ATTRIBUTE_TEXTS, FLAG_NAMES } from "./flags/registry.ts";
import { NAME_PATTERN } from "./profiles.ts";
import { nameSchema } from "./name-schema.ts";
import { PARAMETER_NAMES } from "../contract/model/parameters.ts";
import { MODEL_ROLES, type ModelRole } from "../contract/model/request.ts";
import {
  type ProviderConfig,
  providerSchema,
  type RoleConfig,
  roleSchema,
} from "./provider-schema.ts";
import { type PartialServer, SERVER_KEYS } from "./server/server-keys.ts";
import { serverSchema } from "./server/server-schema.ts";
import { TRIGGER_FIELD_KEYS } from "./server/trigger-schema.ts";

/** Version of the file's form that this Regoose writes. A file without one is of the first version. */
export const CONFIG_VERSION = 1;

const pattern = z.string().min(1).max(300);
const dollars = z.number().min(0).max(1_000_000).nullable();
const tokens = z.int().min(0).nullable();
const price = z.number().min(0).max(100_000);

const FIELDS: { readonly [K in ConfigKey]: z.ZodType<ConfigValues[K]> } = {
  engine: z.enum(ENGINES),
  maxTime: duration,
  maxExecutions: z.int().min(1).max(1_000_000_000).nullable(),
  seed: z.int().min(0).max(4_294_967_295),
  workers: z.int().min(1).max(256).nullable(),
  framework: z.enum(FRAMEWORKS),
  language: z
    .string()
    .regex(/^[a-z][a-z0-9+#-]{0,30}$/u, "has to be a name in lower case, such as python")
    .nullable(),
  testCommand: z.string().min(1).max(1_000).nullable(),
  out: z.string().min(1).max(500).nullable(),
  baseline: z.enum(BASELINES),
  sandbox: z.enum(SANDBOXES),
  reruns: z.int().min(1).max(100),
  maxIterations: z.int().min(0).max(20),
  include: z.array(pattern).max(200),
  exclude: z.array(pattern).max(200),
  provider: z.string().regex(NAME_PATTERN, "has to be the name of a provider, or auto"),
  budgetUsd: dollars,
  budgetTokens: tokens,
  budgetUsdPerDay: dollars,
  budgetTokensPerDay: tokens,
  budgetUsdPerRepository: dollars,
  budgetTokensPerRepository: tokens,
};

/** What a million tokens cost, in dollars. */
export interface PriceConfig {
  readonly input: number;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly output: number;
}

/** What a profile sets. */
export interface ProfileConfig extends PartialConfig {
  readonly providers?: Readonly<Record<string, ProviderConfig>> | undefined;
  readonly flags?: FlagSettings | undefined;
  readonly experiments?: Readonly<Record<string, ExperimentSetting>> | undefined;
  readonly server?: PartialServer | undefined;
}

/** What a configuration file sets. */
export interface FileConfig extends ProfileConfig {
  readonly version?: number | undefined;
  readonly profile?: string | undefined;
  readonly profiles?: Readonly<Record<string, ProfileConfig>> | undefined;
  readonly roles?: Readonly<Partial<Record<ModelRole, RoleConfig>>> | undefined;
  readonly prices?: Readonly<Record<string, PriceConfig>> | undefined;
  readonly trustedProjects?: readonly string[] | undefined;
}

const settingFields = Object.fromEntries(
  CONFIG_KEYS.map((key) => {
    const { description, reload, default: value, defaultText } = SETTINGS[key];
    const shown = key === "maxTime" ? defaultText : value;
    return [key, z.optional(FIELDS[key].meta({ description, default: shown, "x-reload": reload }))];
  }),
);

const providers = toField(FILE_KEYS.providers, z.record(nameSchema, providerSchema));
/** What stands in a file as well as in a profile. */
const shared = {
  ...settingFields,
  providers,
  flags: toField(FILE_KEYS.flags, flagsSchema),
  experiments: toField(FILE_KEYS.experiments, experimentsSchema),
  server: toField(FILE_KEYS.server, serverSchema),
};
const profileSchema = z.strictObject(shared);

/** Parses one file: strict, every key optional, no defaults filled in. */
export const fileSchema: z.ZodType<FileConfig> = z.strictObject({
  version: toField(
    FILE_KEYS.version,
    z
      .int()
      .min(1)
      .max(
        CONFIG_VERSION,
        `this Regoose reads files up to version ${CONFIG_VERSION}; install a newer one`,
      ),
  ),
  profile: toField(FILE_KEYS.profile, nameSchema),
  profiles: toField(FILE_KEYS.profiles, z.record(nameSchema, profileSchema)),
  ...shared,
  roles: toField(FILE_KEYS.roles, z.partialRecord(z.enum(MODEL_ROLES), roleSchema)),
  prices: toField(
    FILE_KEYS.prices,
    z.record(
      z.string().regex(/^[^/\s]+\/\S+$/u, "a price is named provider/model"),
      z.strictObject({
        input: price,
        cacheRead: price.optional(),
        cacheWrite: price.optional(),
        output: price,
      }),
    ),
  ),
  trustedProjects: toField(
    FILE_KEYS.trustedProjects,
    z
      .array(
        z
          .string()
          .max(500)
          .regex(/^(?:\/|~\/)/, "has to be an absolute folder or ~/…"),
      )
      .max(1_000),
  ),
});

function toField<T>(
  { description, reload }: KeyFacts,
  field: z.ZodType<T>,
): z.ZodOptional<z.ZodType<T>> {
  return z.optional(field.meta({ description, "x-reload": reload }));
}

const SECTIONS = ["providers", "flags", "experiments", "server"] as const;

/** Keys of a role. */
export const ROLE_KEYS: readonly string[] = [...PARAMETER_NAMES, "models"];

/** The keys that may stand at a place of a file; null where names are free or no keys stand. */
export function listKnownKeys(path: readonly PropertyKey[]): readonly string[] | null {
  const [first, , third, , fifth] = path;
  const { length } = path;
  switch (first) {
    case undefined:
      return [...CONFIG_KEYS, ...Object.keys(FILE_KEYS)];
    case "profiles":
      if (length === 2) return [...CONFIG_KEYS, ...SECTIONS];
      return length > 2 ? listKnownKeys(path.slice(2)) : null;
    case "providers":
      if (length === 2) return Object.keys(PROVIDER_KEYS);
      return third === "parameters" || third === "models" ? PARAMETER_NAMES : null;
    case "roles":
      return length === 2 ? ROLE_KEYS : null;
    case "server":
      if (length === 1) return SERVER_KEYS;
      return path[1] === "triggers" && length === 3 ? TRIGGER_FIELD_KEYS : null;
    case "experiments":
      return length === 2 ? EXPERIMENT_FIELD_KEYS : null;
    case "flags":
      if (length === 1) return FLAG_NAMES;
      if (length === 2) return FLAG_FIELD_KEYS;
      if (third !== "rules") return null;
      if (length === 4) return RULE_KEYS;
      return fifth === "when" && length === 5 ? Object.keys(ATTRIBUTE_TEXTS) : null;
    default:
      return null;
  }
}

/** The JSON Schema of a configuration file, for editors; draft 7, which they know best. */
export function toConfigJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(fileSchema, { io: "input", target: "draft-7" });
  return { $schema, title: "Regoose configuration", ...rest };
}

/** The default of every setting. */
export function defaultConfig(): ConfigValues {
  return Object.fromEntries(
    CONFIG_KEYS.map((key) => [key, SETTINGS[key].default]),
  ) as unknown as ConfigValues;
}
