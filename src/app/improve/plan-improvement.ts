import { detectProject } from "../../analysis/detect-project.ts";
import { classify } from "../../analysis/project/classify.ts";
import { resolveTarget } from "../../analysis/resolve-target.ts";
import type { ProjectInfo, RunnerName } from "../../contract/project.ts";
import { createDeadline, type Clock, type Deadline } from "../../kernel/clock.ts";
import type { Goal } from "../../model/improve/show-code.ts";
import { loadSettings, restrictSources, type Settings } from "../settings.ts";
import type { ImproveRequest } from "./improve-types.ts";

/** Everything decided before any work. */
export interface ImprovePlan {
  readonly settings: Settings;
  readonly project: ProjectInfo;
  readonly runner: RunnerName;
  readonly goal: Goal;
  /** Project-relative source files that may be changed. */
  readonly sources: readonly string[];
  /** Folder, with a slash at its end, in which new files may be made; empty for the whole project. */
  readonly folder: string;
  readonly rounds: number;
  readonly deadline: Deadline;
  readonly maxTimeMs: number;
  /** Whether somebody who may spend on models wants them asked: the log of a run is nobody. */
  readonly mayAskModels: boolean;
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
}

/** Models take minutes; the usual time of `generate` would end before the second answer. */
const USUAL_TIME_MS = 10 * 60_000;

/** Each one is two steps of the Scenario. */
export const MOST_ROUNDS = 20;

/**
 * Resolves folder and configuration. Runs none of the project's code.
 * `usedMs`: time that an earlier process of the same run has used.
 */
export async function planImprovement(
  clock: Clock,
  request: ImproveRequest,
  usedMs = 0,
): Promise<ImprovePlan> {
  const { flags } = request;
  const { root, onlyFiles } = await resolveTarget(request.directory, request.cwd);
  const maxTimeMs = flags.maxTimeMs ?? USUAL_TIME_MS;
  const settings = await loadSettings(root, { ...request, flags: { ...flags, maxTimeMs } });
  const asked = settings.framework === "auto" ? null : settings.framework;
  const detected = await detectProject({ path: root, runner: asked });
  const project = restrictSources(detected, settings);
  const sources = onlyFiles.length === 0 ? project.sourceFiles : onlyFiles;
  return {
    settings,
    project,
    runner: project.runner,
    goal: {
      text: request.goal,
      mayChangeBehaviour: flags.mayChangeBehaviour === true,
      mayChangeTests: flags.mayChangeTests === true,
    },
    sources: sources.filter((path) => classify(path) === "source"),
    folder: onlyFiles.length === 0 ? "" : toCommonFolder(onlyFiles),
    rounds: Math.min(MOST_ROUNDS, Math.max(1, settings.maxIterations)),
    deadline: createDeadline(clock, Math.max(0, maxTimeMs - usedMs)),
    maxTimeMs,
    mayAskModels: mayAsk(settings, request),
    degradations: [...settings.degradations, ...detected.degradations],
    notes: [...settings.notes, ...detected.notes],
  };
}

/** Who has chosen the search, in their own file, has not chosen a model. */
function mayAsk(settings: Settings, { models = {} }: ImproveRequest): boolean {
  const { provider, model, baseUrl } = models;
  const isNamed = [provider, model, baseUrl].some((flag) => flag !== undefined);
  return isNamed || (settings.isModelWanted && settings.engine !== "search");
}

function toCommonFolder(files: readonly string[]): string {
  const [first = ""] = files;
  const parts = first.split("/").slice(0, -1);
  while (parts.length > 0 && !files.every((file) => file.startsWith(`${parts.join("/")}/`))) {
    parts.pop();
  }
  return parts.length === 0 ? "" : `${parts.join("/")}/`;
}
