import type { SharedFlags } from "./shared-flags.ts";

/** Flags of `runs reset`. */
export interface RunsResetFlags extends SharedFlags {
  readonly from?: string;
}
