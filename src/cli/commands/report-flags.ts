import type { SharedFlags } from "./shared-flags.ts";

export type ReportFormat =
  "terminal" | "markdown" | "html" | "json" | "lcov" | "cobertura" | "junit";

export interface ReportCommandFlags extends SharedFlags {
  readonly format: ReportFormat;
}
