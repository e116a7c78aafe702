import { availableParallelism } from "node:os";
import { matchesGlob, resolve } from "node:path";
import { readEnvironment } from "../config/environment.ts";
import { chooseExperiments, type ExperimentChoice } from "../config/flags/choose-experiments.ts";
import type { FlagSettings } from "../config/flags/flag-schema.ts";
import { loadConfig } from "../config/load-config.ts";
import type { SandboxLevel } from "../contract/envelope.ts";
import type { ProjectInfo, RunnerName } from "../contract/project.ts";
import { createNothingIncluded } from "./errors.ts";
import type { GenerateRequest } from "./generate-types.ts";
import type { ModelFlags } from "./models/open-models.ts";

/** What a run goes by, once flags, environment, files and defaults are merged. */
export interface Settings {
  readonly engine: "search" | "model" | "auto";
  /** Null: no time limit. */
  readonly maxTimeMs: number | null;
  readonly maxExecutions: number | null;
  readonly seed: number;
  readonly workers: number;
  readonly framework: RunnerName | "auto";
  /** Null for JavaScript and TypeScript. */
  readonly language: string | null;
  /** Runs one test file of another language; never from a project. */
  readonly testCommand: string | null;
  /** Absolute; null for the default place. */
  readonly out: string | null;
  readonly baseline: "existing" | "none";
  readonly sandbox: "auto" | SandboxLevel;
  /** True where the level `guarded` was typed with the command; a variable or a file says nothing about one run. */
  readonly isGuardedTyped: boolean;
  readonly reruns: number;
  /** Rounds of repair by a model, for one file. */
  readonly maxIterations: number;
  /** True where somebody chose an engine or a provider: models are never asked only because a key lies around. */
  readonly isModelWanted: boolean;
  /** Globs of source files; empty `include` means all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Feature flags that some source sets. */
  readonly flags: FlagSettings;
  /** Experiments by the flag that each one decides. */
  readonly deciding: ExperimentChoice["deciding"];
  /** Sentences on settings that were meant and not understood. */
  readonly degradations: readonly string[];
  /** Sentences on settings that do not count. */
  readonly notes: readonly string[];
}

/** More search processes than this fight over memory before they help. */
const MAX_DEFAULT_WORKERS = 4;

/**
 * Merges what was typed with the configuration of the project in `root`.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function loadSettings(
  root: string,
  request: Pick<GenerateRequest, "flags" | "cwd" | "models">,
): Promise<Settings> {
  const { flags } = request;
  const loaded = await loadConfig({
    root,
    environment: readEnvironment(),
    flags: {
      engine: flags.engine,
      maxTime: flags.maxTimeMs,
      maxExecutions: flags.maxExecutions,
      seed: flags.seed,
      workers: flags.workers,
      framework: flags.framework,
      language: flags.language,
      testCommand: flags.testCommand,
      out: flags.out,
      baseline: flags.baseline,
      sandbox: flags.sandbox,
      reruns: flags.reruns,
      maxIterations: flags.maxIterations,
      include: flags.include,
      exclude: flags.exclude,
    },
    profile: flags.profile,
  });
  const { config, origins, degradations } = loaded;
  const { deciding, notes } = chooseExperiments(loaded);
  const { maxTime, workers, out, ...rest } = config;
  const isChosen = ["engine", "provider"].some((key) => {
    const setting = loaded.settings.get(key);
    // A project's own file, which anyone may have written, spends nobody's money.
    return setting?.isOwner === true && setting.origin.kind !== "default";
  });
  return {
    ...rest,
    isModelWanted: isChosen || isNamed(request.models),
    isGuardedTyped: flags.sandbox === "guarded",
    maxTimeMs: maxTime,
    workers: workers ?? Math.min(MAX_DEFAULT_WORKERS, availableParallelism()),
    // A file speaks from the project's root, a person from where they stand.
    out: out === null ? null : resolve(origins.out.kind === "flag" ? request.cwd : root, out),
    flags: loaded.flags,
    deciding,
    degradations,
    notes: [...loaded.notes, ...notes],
  };
}

function isNamed(models: ModelFlags | undefined): boolean {
  const { provider, model, baseUrl } = models ?? {};
  return [provider, model, baseUrl].some((flag) => flag !== undefined);
}

/**
 * Keeps the source files that `include` and `exclude` leave.
 * @throws EmptyPackage (RGS-1002) where they leave none
 */
export function restrictSources(
  project: ProjectInfo,
  settings: Pick<Settings, "include" | "exclude">,
): ProjectInfo {
  const { include, exclude } = settings;
  const isWanted = (file: string): boolean =>
    (include.length === 0 || include.some((glob) => matchesGlob(file, glob))) &&
    !exclude.some((glob) => matchesGlob(file, glob));
  const sourceFiles = project.sourceFiles.filter(isWanted);
  if (sourceFiles.length === 0 && project.sourceFiles.length > 0)
    throw createNothingIncluded(project, { include, exclude });
  return { ...project, sourceFiles };
}
