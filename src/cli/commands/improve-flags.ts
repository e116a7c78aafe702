import type { ModelCommandFlags } from "./model-flags.ts";
import type { SettingFlags } from "./setting-flags.ts";
import type { SharedFlags } from "./shared-flags.ts";

/** Settings that count for `improve` too. */
export type ImproveSettings = Pick<
  SettingFlags,
  | "maxTime"
  | "maxExecutions"
  | "seed"
  | "workers"
  | "framework"
  | "sandbox"
  | "reruns"
  | "maxIterations"
>;

/** What becomes of changes that hold. */
export interface ApplyFlags {
  readonly dryRun: boolean;
  /** Empty for standard output. */
  readonly patch?: string;
  readonly yes: boolean;
}

/** Flags of `improve` as Stricli hands them over. */
export interface ImproveCommandFlags
  extends SharedFlags, ModelCommandFlags, ImproveSettings, ApplyFlags {
  readonly goal?: string;
  readonly directory?: string;
  readonly mayChangeBehaviour: boolean;
  readonly mayChangeTests: boolean;
  readonly apply?: string;
  readonly undo?: string;
  readonly quiet: boolean;
}
