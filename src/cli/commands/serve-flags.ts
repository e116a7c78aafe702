import type { SharedFlags } from "./shared-flags.ts";

/** Flags of `serve`. */
export interface ServeCommandFlags extends SharedFlags {
  readonly quiet: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly concurrency?: number;
  readonly queue?: number;
  readonly state?: string;
}
