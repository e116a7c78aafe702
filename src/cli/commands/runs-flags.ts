import type { SharedFlags } from "./shared-flags.ts";

/** Flags of `runs show`. */
export interface RunsShowFlags extends SharedFlags {
  readonly trace: boolean;
}

/** Flags of `runs reset`. */
export interface RunsResetFlags extends SharedFlags {
  readonly from?: string;
}
