import type { SharedFlags } from "./shared-flags.ts";

export interface ExperimentFlags extends SharedFlags {
  readonly project?: readonly string[];
}
