import { relative, resolve, sep } from "node:path";
import { detectProject } from "../../analysis/detect-project.ts";
import { resolveTarget, type ResolvedTarget } from "../../analysis/resolve-target.ts";
import { detectLanguageProject } from "../../analysis/languages/detect-language-project.ts";
import type { Language } from "../../contract/language.ts";
import type { AnyRunner, ProjectInfo } from "../../contract/project.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import { createDeadline, type Clock, type Deadline } from "../../kernel/clock.ts";
import { createMixedProjects, createOnlyModelsWrite, createOutsideProject } from "../errors.ts";
import type { GenerateRequest } from "../generate-types.ts";
import { chooseLanguage } from "../languages/choose-language.ts";
import { loadSettings, restrictSources, type Settings } from "../settings.ts";

/** Everything decided before any work: what to test, how, and by when. */
export interface Plan {
  readonly settings: Settings;
  readonly project: ProjectInfo;
  readonly runner: AnyRunner;
  /** What the target is written in, and how its tests are run; null for JavaScript and TypeScript. */
  readonly language: PlannedLanguage | null;
  /** Absolute folder of the suite. */
  readonly outFolder: string;
  /** The same, project-relative, POSIX. */
  readonly outDir: string;
  readonly onlyFiles: readonly string[];
  readonly onlyExports: readonly (readonly string[])[];
  /** What the user typed, for people. */
  readonly targetText: string;
  readonly deadline: Deadline;
  /** Sentences on what was asked for and cannot be done. */
  readonly degradations: readonly string[];
  /** Sentences on what was guessed. */
  readonly notes: readonly string[];
  readonly isDryRun: boolean;
  /** Text of an issue that the user gave; empty for none. */
  readonly issue: string;
  /** Who proposes: `auto` and `model` ask a model. */
  readonly engine: "search" | "model" | "auto";
  /** Whether somebody who may spend on models wants them asked: the log of a run is nobody. */
  readonly mayAskModels: boolean;
}

export interface PlannedLanguage extends Language {
  /** Import path that `go.mod` names; null elsewhere. */
  readonly goModule: string | null;
}

/**
 * Resolves targets, configuration and the suite folder. Runs none of the project's code.
 * `usedMs`: time that an earlier process of the same run has used.
 */
export async function planRun(clock: Clock, request: GenerateRequest, usedMs = 0): Promise<Plan> {
  const texts = request.targets.length === 0 ? ["."] : request.targets;
  // What a target is depends on the language, so what the user says of it counts before the project is known.
  const language = chooseLanguage(await loadSettings(request.cwd, request));
  if (language !== null) return await planLanguage(clock, { request, texts, language, usedMs });
  const targets = await Promise.all(texts.map((text) => resolveTarget(text, request.cwd)));
  const root = toOneRoot(targets);
  const settings = await loadSettings(root, request);
  const leftMs = (settings.maxTimeMs ?? Number.POSITIVE_INFINITY) - usedMs;
  const deadline = createDeadline(clock, Math.max(0, leftMs));
  const onlyFiles = targets.flatMap((target) => target.onlyFiles);
  const asked = settings.framework === "auto" ? null : settings.framework;
  const detected = await detectProject({ path: root, onlyFiles, runner: asked });
  const outFolder = settings.out ?? resolve(root, detected.testsFolder, "regoose");
  const outDir = toInside(root, outFolder);
  return {
    settings,
    // What stands in the suite folder is about to be replaced, so it is no part of the baseline.
    project: {
      ...restrictSources(detected, settings),
      testFiles: detected.testFiles.filter((file) => !file.startsWith(`${outDir}/`)),
    },
    runner: detected.runner,
    language: null,
    outFolder,
    outDir,
    onlyFiles,
    onlyExports: targets.flatMap((target) => target.onlyExports),
    targetText: texts.join(" "),
    deadline,
    degradations: [
      ...settings.degradations,
      ...detected.degradations,
      ...(settings.engine === "model" && !settings.isModelWanted
        ? [toSentence("models-untrusted", {})]
        : []),
    ],
    notes: [...settings.notes, ...detected.notes],
    isDryRun: request.flags.dryRun === true,
    issue: request.issue ?? "",
    engine: settings.isModelWanted ? settings.engine : "search",
    mayAskModels:
      request.isStored === true ? await isWantedNow(root, request) : settings.isModelWanted,
  };
}

/** Only models write tests there, so that they have to be wanted. @throws EngineUnavailable (RGS-2020) */
async function planLanguage(
  clock: Clock,
  input: {
    readonly request: GenerateRequest;
    readonly texts: readonly string[];
    readonly language: Language;
    readonly usedMs: number;
  },
): Promise<Plan> {
  const { request, texts, language, usedMs } = input;
  const found = await Promise.all(
    texts.map((text) => detectLanguageProject(text, request.cwd, language)),
  );
  const [first] = found;
  const root = toOneRoot(found.map((one) => ({ root: one.root })));
  if (first === undefined) throw createMixedProjects([]);
  const settings = await loadSettings(root, request);
  if (settings.engine === "search" || !settings.isModelWanted) {
    throw createOnlyModelsWrite(language.name);
  }
  const targets = [...new Set(found.flatMap((one) => one.targets))];
  const outFolder = settings.out ?? resolve(root, first.testsFolder, "regoose");
  const outDir = toInside(root, outFolder);
  const leftMs = (settings.maxTimeMs ?? Number.POSITIVE_INFINITY) - usedMs;
  const isOld = (file: string): boolean => !file.startsWith(`${outDir}/`);
  // Runners other than pytest are not asked what existing tests cover.
  const testFiles = language.runner === "pytest" ? first.testFiles.filter(isOld) : [];
  return {
    settings,
    project: restrictSources({ ...first, sourceFiles: targets, testFiles }, settings),
    runner: language.runner,
    language: { ...language, goModule: first.goModule },
    ...{ outFolder, outDir, onlyFiles: targets, onlyExports: [] },
    targetText: texts.join(" "),
    deadline: createDeadline(clock, Math.max(0, leftMs)),
    degradations: settings.degradations,
    notes: settings.notes,
    isDryRun: request.flags.dryRun === true,
    issue: request.issue ?? "",
    engine: "model",
    mayAskModels:
      request.isStored === true ? await isWantedNow(root, request) : settings.isModelWanted,
  };
}

/** What is wanted by flags and configuration of now, whatever the log of the run says. */
async function isWantedNow(root: string, request: GenerateRequest): Promise<boolean> {
  const flags = { ...request.flags, engine: undefined };
  return (await loadSettings(root, { ...request, flags })).isModelWanted;
}

function toOneRoot(targets: readonly Pick<ResolvedTarget, "root">[]): string {
  const roots = [...new Set(targets.map((target) => target.root))];
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw createMixedProjects(roots);
  return root;
}

function toInside(root: string, folder: string): string {
  const inside = relative(root, folder).split(sep).join("/");
  if (inside === "" || inside.startsWith("..")) throw createOutsideProject(folder, root);
  return inside;
}
