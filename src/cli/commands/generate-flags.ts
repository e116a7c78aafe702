import type { ModelCommandFlags } from "./model-flags.ts";
import type { SettingFlags } from "./setting-flags.ts";
import type { SharedFlags } from "./shared-flags.ts";

/** Flags of `generate` as Stricli hands them over. */
export interface GenerateCommandFlags extends SharedFlags, SettingFlags, ModelCommandFlags {
  readonly bugsOut?: string;
  readonly code?: string;
  readonly dryRun: boolean;
  readonly issue?: string;
  readonly quiet: boolean;
}
