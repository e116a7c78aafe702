import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { EntryPoint, ModuleSystem, ProjectInfo, RunnerName } from "../contract/project.ts";
import { toSentence } from "../contract/to-sentence.ts";
import { emptyPackage, nativeAddonOnly, sourceSyntaxError, targetNotFound } from "./errors.ts";
import { MOST_LISTED_FILES } from "./files/tree.ts";
import { classify, isLikelyTestFile } from "./project/classify.ts";
import { chooseEntries } from "./project/choose-entries.ts";
import {
  findPackageRoot,
  openProject,
  type ProjectContext,
  rememberContext,
  systemOf,
} from "./project/project-context.ts";
import { findReachable } from "./project/reachability.ts";
import { detectFormatter, detectRunner } from "./project/runner.ts";
import { detectPackageManager } from "./project/surroundings.ts";

/** What detection looks at. */
export interface DetectInput {
  /** Absolute path of a package folder, or of any file or folder inside it. */
  readonly path: string;
  /**
   * Project-relative files to test. When given, those that export something become the entry points,
   * so that tests import them directly.
   */
  readonly onlyFiles?: readonly string[];
  /** Taken instead of the project's own; its script is null where it is not installed. @defaultValue null */
  readonly runner?: RunnerName | null;
}

/** A detected project with sentences on what is out of reach, and on what was guessed. */
export interface DetectedProject extends ProjectInfo {
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Finds out how a project is built and tested by reading its files; runs none of them.
 * @throws TargetNotFound (RGS-1001), EmptyPackage (RGS-1002), SourceSyntaxError (RGS-1003),
 * NativeAddonOnly (RGS-1004), InvalidPackageJson (RGS-1005)
 */
export async function detectProject(input: DetectInput): Promise<DetectedProject> {
  const context = await openProject(await findRoot(input.path));
  const { packageJson, tree, rootNames, dependencyFolders } = context;
  const { runner: asked = null } = input;
  const runner = await detectRunner(tree, packageJson, rootNames, dependencyFolders, asked);
  const testFiles = tree.files.filter(
    (path) => classify(path) === "test" && isLikelyTestFile(path),
  );
  const choice = await chooseEntries(context, {
    runner: runner.runner,
    testFiles,
    onlyFiles: input.onlyFiles ?? [],
  });
  if (choice.entryPoints.length === 0) throw await nothingToTest(context);
  await assertParses(context, choice.entryPoints);
  const sourceFiles = await collectSources(context, choice.entryPoints);
  const project: DetectedProject = {
    root: tree.root,
    name: packageJson?.name ?? basename(tree.root),
    version: packageJson?.version ?? null,
    repository: packageJson?.repository ?? null,
    system: await projectSystem(context, choice.entryPoints),
    isTypeScript: choice.entryPoints.some(({ file }) => /\.[cm]?tsx?$/.test(file)),
    packageManager: await detectPackageManager(tree.root, packageJson),
    runner: runner.runner,
    isRunnerDetected: runner.isDetected,
    runnerBinPath: runner.binPath,
    entryPoints: choice.entryPoints,
    sourceFiles,
    testFiles,
    testsFolder: pickTestsFolder(context, testFiles),
    testScript: packageJson?.scripts["test"] ?? null,
    dependencyFolders,
    formatter: await detectFormatter(packageJson, rootNames, dependencyFolders),
    tsconfigPath: context.tsconfig?.path ?? null,
    degradations: [
      ...choice.degradations,
      ...(runner.note === null ? [] : [runner.note]),
      ...(tree.isTruncated ? [toSentence("files-cut", { most: MOST_LISTED_FILES })] : []),
    ],
    notes: [...choice.notes, ...noteUnreached(context, sourceFiles)],
  };
  rememberContext(project, context);
  return project;
}

async function findRoot(path: string): Promise<string> {
  const stats = await stat(path).catch(() => null);
  if (stats === null) throw targetNotFound(path, path);
  const folder = stats.isDirectory() ? path : dirname(path);
  return (await findPackageRoot(folder)) ?? folder;
}

/** The right error for a tree in which no file can be imported by a test. */
async function nothingToTest(context: ProjectContext): Promise<Error> {
  const { tree, packageJson } = context;
  const sources = tree.files.filter((path) => ["source", "build"].includes(classify(path)));
  const native = tree.files.filter(
    (path) => path.endsWith(".node") || path === "binding.gyp" || path === "Cargo.toml",
  );
  if (packageJson?.main?.endsWith(".node") === true) native.push(packageJson.main);
  if (sources.length === 0 && native.length > 0) return nativeAddonOnly(tree.root, native);
  if (sources.length === 0) {
    return emptyPackage(tree.root, "it holds no JavaScript or TypeScript source file");
  }
  const problems = [];
  for (const path of sources.slice(0, 200)) {
    const { problem } = await context.index.get(path);
    if (problem !== null) problems.push(problem);
  }
  if (problems.length > 0 && problems.length === sources.length) return sourceSyntaxError(problems);
  return emptyPackage(tree.root, "none of its source files exports anything");
}

async function assertParses(
  context: ProjectContext,
  entryPoints: readonly EntryPoint[],
): Promise<void> {
  const problems = [];
  for (const { file } of entryPoints) {
    const { problem } = await context.index.get(file);
    if (problem === null) return;
    problems.push(problem);
  }
  throw sourceSyntaxError(problems);
}

/** The target is what its entry points can load: a stray script of the repository is no goal. */
async function collectSources(
  context: ProjectContext,
  entryPoints: readonly EntryPoint[],
): Promise<readonly string[]> {
  const reachable = await findReachable(
    context.tree,
    context.index,
    entryPoints.map((entry) => entry.file),
    context.resolveAlias,
  );
  return [...reachable.files].sort();
}

async function projectSystem(
  context: ProjectContext,
  entryPoints: readonly EntryPoint[],
): Promise<ModuleSystem> {
  const type = context.packageJson?.type ?? null;
  if (type !== null) return type === "module" ? "esm" : "commonjs";
  if (context.packageJson !== null) return "commonjs";
  const first = entryPoints[0];
  return first === undefined ? "commonjs" : systemOf(context, first.file);
}

const TEST_FOLDER_NAMES = ["test", "tests", "__tests__", "spec"] as const;

function pickTestsFolder(context: ProjectContext, testFiles: readonly string[]): string {
  const existing = TEST_FOLDER_NAMES.filter((name) => context.tree.hasFolder(name));
  const used = existing.find((name) => testFiles.some((path) => path.startsWith(`${name}/`)));
  return used ?? existing[0] ?? "test";
}

function noteUnreached(context: ProjectContext, sourceFiles: readonly string[]): readonly string[] {
  const reached = new Set(sourceFiles);
  const isBuilt = sourceFiles.every((path) => classify(path) === "build");
  const others = context.tree.files.filter(
    (path) => !isBuilt && classify(path) === "source" && !reached.has(path),
  );
  return others.length === 0 ? [] : [unreachedNote(others)];
}

function unreachedNote(files: readonly string[]): string {
  const names = files.slice(0, 3).join(", ") + (files.length > 3 ? ", …" : "");
  return files.length === 1
    ? `${names} is not loaded by any entry point; name it as a target to test it`
    : `${files.length} source files are not loaded by any entry point (${names}); name one as a target to test it`;
}
