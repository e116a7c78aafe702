import { CONFIG_KEYS, type ConfigKey, SETTINGS, toVariable } from "./keys.ts";

/** One row of the reference: key, environment variable, default as written, meaning. */
export interface ConfigReference {
  readonly key: ConfigKey;
  readonly variable: string;
  readonly defaultText: string;
  readonly description: string;
}

/** The reference of all settings, from the table that the schema is made of. */
export function describeConfig(): readonly ConfigReference[] {
  return CONFIG_KEYS.map((key) => ({
    key,
    variable: toVariable(key),
    defaultText: SETTINGS[key].defaultText,
    description: SETTINGS[key].description,
  }));
}
