import type { SettingFlags } from "./setting-flags.ts";
import type { SharedFlags } from "./shared-flags.ts";

export interface ConfigCommandFlags extends SharedFlags {
  readonly profile?: string;
}

export interface ConfigPrintFlags extends SharedFlags, SettingFlags {
  readonly origin: boolean;
}

export interface ConfigValidateFlags extends ConfigCommandFlags {
  readonly check: boolean;
}

export interface ConfigMigrateFlags extends SharedFlags {
  readonly yes: boolean;
}
