import type { SharedFlags } from "./shared-flags.ts";

export interface VerifyCommandFlags extends SharedFlags {
  readonly testCommand?: string;
  readonly sandbox?: "auto" | "namespace" | "guarded";
}
