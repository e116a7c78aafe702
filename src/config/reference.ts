import {
  CONFIG_KEYS,
  type ConfigKey,
  FILE_KEYS,
  PROVIDER_KEYS,
  type Reload,
  SETTINGS,
  toFlag,
  toSnake,
  toVariable,
  type Trust,
} from "./keys.ts";
import { NESTED } from "./layers/leaf.ts";
import { toConfigJsonSchema } from "./schema.ts";

/** One row of the reference. */
export interface ConfigReference {
  /** Such as `seed` or `providers.NAME.apiKey`. */
  readonly key: string;
  /** Environment variable; null where there is none. */
  readonly variable: string | null;
  /** Flag of `generate`; null where there is none. */
  readonly flag: string | null;
  readonly type: string;
  /** As written in a file; null where there is none. */
  readonly defaultText: string | null;
  readonly description: string;
  readonly reload: Reload;
  readonly trust: Trust;
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
      variable: toVariable(key),
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
    variable: key === "profile" || key === "trustedProjects" ? toVariable(key) : null,
    flag: key === "profile" ? toFlag(key) : null,
    type: describeType(key, properties[key]),
    defaultText: null,
    ...facts,
  }));
}

/** The keys of a provider. */
export function describeProviderKeys(): readonly ConfigReference[] {
  const { properties = {} } = toConfigJsonSchema() as SchemaNode;
  const fields = properties["providers"]?.additionalProperties?.properties ?? {};
  return Object.entries(PROVIDER_KEYS).map(([key, facts]) => ({
    key: `providers.NAME.${key}`,
    variable: NESTED.has(key) ? null : `REGOOSE_PROVIDERS_NAME_${toSnake(key)}`,
    flag: null,
    type: describeType(key, fields[key]),
    defaultText: null,
    ...facts,
  }));
}

const SPECIAL_TYPES: Readonly<Record<string, string>> = {
  maxTime: "duration",
  timeout: "duration",
  apiKey: "reference",
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
