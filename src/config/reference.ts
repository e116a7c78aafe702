import {
  CONFIG_KEYS,
  type ConfigKey,
  FILE_KEYS,
  type Reload,
  SETTINGS,
  toFlag,
  toSnake,
  toVariable,
  type Trust,
} from "./keys.ts";
import { PROVIDER_KEYS } from "./provider-keys.ts";
import { NESTED } from "./layers/leaf.ts";
import { EXPERIMENT_KEYS, FLAG_NAMES, FLAGS } from "./flags/registry.ts";
import { toConfigJsonSchema } from "./schema.ts";
import { SERVER_KEYS, SERVER_SETTINGS } from "./server/server-keys.ts";

/** One row of the reference. */
export interface ConfigReference {
  /** Such as `seed` or `providers.NAME.apiKey`. */
  readonly key: string;
  /** Environment variable; null where there is none. */
  readonly variable: string | null;
  /** Flag of `generate`, for a key of the server of `serve`; null where there is none. */
  readonly flag: string | null;
  readonly type: string;
  /** As written in a file; null where there is none. */
  readonly defaultText: string | null;
  readonly description: string;
  readonly reload: Reload;
  readonly trust: Trust;
}

/** A row about a feature flag. */
export interface FlagReference extends ConfigReference {
  readonly owner: string;
  /** ISO date. */
  readonly expires: string;
}

/** A row with a default and a variable. */
interface SettingReference extends ConfigReference {
  readonly key: ConfigKey;
  readonly variable: string;
  readonly defaultText: string;
}

interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: SchemaNode;
  readonly default?: string | number | boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode;
}

/** The settings of a run. */
export function describeConfig(): readonly SettingReference[] {
  const { properties = {} } = toConfigJsonSchema() as SchemaNode;
  return CONFIG_KEYS.map((key) => {
    const { description, defaultText, reload, trust, hasFlag } = SETTINGS[key];
    return {
      key,
      variable: toVariable([key]),
      flag: hasFlag ? toFlag(key) : null,
      type: describeType(key, properties[key]),
      defaultText,
      description,
      reload,
      trust,
    };
  });
}

/** The keys that say how a file is read. */
export function describeFileKeys(): readonly ConfigReference[] {
  const { properties = {} } = toConfigJsonSchema() as SchemaNode;
  return Object.entries(FILE_KEYS).map(([key, facts]) => ({
    key,
    variable: key === "profile" || key === "trustedProjects" ? toVariable([key]) : null,
    flag: key === "profile" ? toFlag(key) : null,
    type: describeType(key, properties[key]),
    defaultText: null,
    ...facts,
  }));
}

/** The keys of a provider. */
export function describeProviderKeys(): readonly ConfigReference[] {
  const fields = propertiesOf("providers", "additionalProperties");
  return Object.entries(PROVIDER_KEYS).map(([key, facts]) => ({
    key: `providers.NAME.${key}`,
    variable: NESTED.has(key) ? null : `REGOOSE_PROVIDERS_NAME_${toSnake(key)}`,
    flag: null,
    type: describeType(key, fields[key]),
    defaultText: null,
    ...facts,
  }));
}

/** The settings of `regoose serve`. */
export function describeServerKeys(): readonly ConfigReference[] {
  const fields = propertiesOf("server");
  return SERVER_KEYS.map((key) => {
    const { description, defaultText, reload, trust, hasFlag } = SERVER_SETTINGS[key];
    return {
      key: `server.${key}`,
      variable: key === "triggers" ? null : toVariable(["server", key]),
      flag: hasFlag ? toFlag(key) : null,
      type: describeType(key, fields[key]),
      defaultText,
      description,
      reload,
      trust,
    };
  });
}

/** The feature flags. */
export function describeFlags(): readonly FlagReference[] {
  return FLAG_NAMES.map((name) => {
    const { description, values, reload, trust, owner, expires, default: value } = FLAGS[name];
    return {
      key: `flags.${name}`,
      variable: toVariable(["flags", name]),
      flag: null,
      type: values.map(String).join(", "),
      defaultText: String(value),
      description,
      reload,
      trust,
      owner,
      expires,
    };
  });
}

/** The keys of an experiment. */
export function describeExperimentKeys(): readonly ConfigReference[] {
  const fields = propertiesOf("experiments", "additionalProperties");
  return Object.entries(EXPERIMENT_KEYS).map(([key, facts]) => ({
    key: `experiments.NAME.${key}`,
    variable: null,
    flag: null,
    type: describeType(key, fields[key]),
    defaultText: fields[key]?.default === undefined ? null : String(fields[key].default),
    ...facts,
  }));
}

function propertiesOf(
  section: string,
  below?: "additionalProperties",
): Readonly<Record<string, SchemaNode>> {
  const node = (toConfigJsonSchema() as SchemaNode).properties?.[section];
  return (below === undefined ? node : node?.[below])?.properties ?? {};
}

const SPECIAL_TYPES: Readonly<Record<string, string>> = {
  maxTime: "duration",
  timeout: "duration",
  hedgeAfter: "duration",
  apiKey: "reference",
  moreKeys: "list of references",
  proxy: "text or reference",
};

/** The type of a key in words, from its JSON Schema. */
function describeType(key: string, node: SchemaNode | undefined): string {
  const special = SPECIAL_TYPES[key];
  if (special !== undefined) return special;
  if (node === undefined) return "any";
  const { anyOf, enum: choices, type, minimum, maximum, items } = node;
  if (anyOf !== undefined) return anyOf.map((one) => describeType("", one)).join(" or ");
  if (choices !== undefined) return choices.map(String).join(", ");
  switch (type) {
    case "integer":
      if (minimum === maximum) return String(minimum);
      return `whole number from ${String(minimum)} to ${String(maximum)}`;
    case "boolean":
      return "true or false";
    case "array":
      return `list of ${describeType("", items)}s`;
    case "object":
      return "keys and values";
    case "string":
      return "text";
    default:
      return String(type);
  }
}
