import type { ReportInput } from "../reporting/report-input.ts";
import type { GenerateData, RunResult } from "../contract/envelope.ts";
import type { ModelFlags } from "./models/open-models.ts";
import type { RunnerName } from "../contract/project.ts";

/** What the user asked `generate` for; absent flags are undefined and come from configuration. */
export interface GenerateRequest {
  /** Package folder, folder, file, or `file#export`; several must lie in one project. */
  readonly targets: readonly string[];
  /** Source text instead of a target (`--code` or standard input). */
  readonly code: string | null;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly flags: GenerateFlags;
  /** Text of an issue that says what is expected; models are shown it as text from outside. @defaultValue none */
  readonly issue?: string | undefined;
  /** True where it stands in the log of a run, which anyone may have written. @defaultValue false */
  readonly isStored?: boolean | undefined;
  /** Which models to ask. Never stored: a log may come from anybody, and an address gets the key. */
  readonly models?: ModelFlags | undefined;
}

export interface GenerateFlags {
  readonly profile?: string | undefined;
  readonly engine?: "search" | "model" | "auto" | undefined;
  readonly maxTimeMs?: number | undefined;
  readonly maxExecutions?: number | undefined;
  readonly seed?: number | undefined;
  readonly workers?: number | undefined;
  readonly framework?: RunnerName | "auto" | undefined;
  readonly language?: string | undefined;
  readonly testCommand?: string | undefined;
  readonly out?: string | undefined;
  readonly baseline?: "existing" | "none" | undefined;
  readonly sandbox?: "auto" | "namespace" | "guarded" | undefined;
  readonly reruns?: number | undefined;
  readonly maxIterations?: number | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

/** A moment of a run, for progress lines. Parts that are not known yet are null. */
export interface GenerateProgress {
  readonly phase: string;
  readonly statements: { readonly covered: number; readonly total: number } | null;
  readonly branches: { readonly covered: number; readonly total: number } | null;
  readonly mutants: { readonly killed: number; readonly total: number } | null;
  readonly testsKept: number | null;
  readonly timeLeftMs: number;
}

/** What `generate` answers when it did not throw. */
export interface GenerateAnswer {
  readonly data: GenerateData;
  readonly result: RunResult;
  /** Suite-relative path → content; printed where there is no `--out` for `--code`. */
  readonly files: Readonly<Record<string, string>>;
  /** What reports draw from; null when the run ended before the gate had decided. */
  readonly report: ReportInput | null;
  /** Absolute run folder. */
  readonly runFolder: string;
}
