import type { ModelCommandFlags } from "./model-flags.ts";
import type { SharedFlags } from "./shared-flags.ts";

/** Flags of `resume`. */
export interface ResumeCommandFlags extends SharedFlags, ModelCommandFlags {
  readonly quiet: boolean;
  readonly testCommand?: string;
  readonly sandbox?: "auto" | "namespace" | "guarded";
}

/** Flags of `rerun`; settings that are not typed stay as in the old run. */
export interface RerunCommandFlags extends ResumeCommandFlags {
  readonly from?: string;
  readonly replayModels: boolean;
  readonly maxTime?: number;
  readonly maxExecutions?: number;
  readonly seed?: number;
  readonly workers?: number;
  readonly baseline?: "existing" | "none";
  readonly reruns?: number;
}
