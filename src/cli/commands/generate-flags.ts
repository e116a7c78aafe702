import type { RunnerName } from "../../contract/project.ts";
import type { SharedFlags } from "./shared-flags.ts";

/** Flags of `generate` as Stricli hands them over. */
export interface GenerateCommandFlags extends SharedFlags {
  readonly code?: string;
  readonly engine?: "search" | "model" | "auto";
  readonly maxTime?: number;
  readonly maxExecutions?: number;
  readonly seed?: number;
  readonly workers?: number;
  readonly framework?: RunnerName | "auto";
  readonly out?: string;
  readonly baseline?: "existing" | "none";
  readonly sandbox?: "auto" | "namespace" | "guarded";
  readonly reruns?: number;
  readonly dryRun: boolean;
  readonly quiet: boolean;
}
