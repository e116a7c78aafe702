import { posix } from "node:path";
import type { EntryPoint, RunnerName } from "../../contract/project.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import { findSourceOf } from "./built-source.ts";
import { buildFolderOf, classify, isSourceName } from "./classify.ts";
import { declaredEntries, type EntryCandidate } from "./entry-points.ts";
import { type ProjectContext, systemOf } from "./project-context.ts";
import { findReachable } from "./reachability.ts";
import { normalizeInside, resolveRelative } from "./resolve-path.ts";

export interface EntryChoice {
  readonly entryPoints: readonly EntryPoint[];
  /** Sentences on entry points that are declared and not there. */
  readonly degradations: readonly string[];
  /** Sentences on what was chosen instead. */
  readonly notes: readonly string[];
}

interface Remarks {
  readonly degradations: string[];
  readonly notes: string[];
}

export interface EntryRequest {
  readonly runner: RunnerName;
  readonly testFiles: readonly string[];
  readonly onlyFiles: readonly string[];
}

const MAX_ENTRIES = 200;

/**
 * Picks the files that tests import: what was asked for, else what `package.json` declares (a source where
 * its build is missing or the project's own tests use it), else every source that exports something.
 */
export async function chooseEntries(
  context: ProjectContext,
  request: EntryRequest,
): Promise<EntryChoice> {
  const remarks: Remarks = { degradations: [], notes: [] };
  const declared = await resolveDeclared(context, request, remarks);
  if (request.onlyFiles.length > 0) {
    const asked = await entriesFor(context, request.onlyFiles, declared);
    if (asked.length > 0) return { entryPoints: asked, ...remarks };
    remarks.notes.push(
      "the named files export nothing; they are tested through the package's entry points",
    );
  }
  if (declared.length > 0) return { entryPoints: declared, ...remarks };
  const sources = context.tree.files.filter(
    (path) => classify(path) === "source" && !isInNestedPackage(context, path),
  );
  const preferred = sources.filter((path) => /^(?:src|lib)\//.test(path));
  const builds = context.tree.files.filter((path) => classify(path) === "build");
  for (const group of [preferred, sources, builds]) {
    const entryPoints = await entriesFor(context, group, []);
    if (entryPoints.length > 0) return { entryPoints, ...remarks };
  }
  return { entryPoints: [], ...remarks };
}

/** Files of a workspace package belong to that package, not to the repository around it. */
function isInNestedPackage(context: ProjectContext, path: string): boolean {
  for (let folder = posix.dirname(path); folder !== "."; folder = posix.dirname(folder)) {
    if (context.tree.has(`${folder}/package.json`)) return true;
  }
  return false;
}

async function resolveDeclared(
  context: ProjectContext,
  request: EntryRequest,
  remarks: Remarks,
): Promise<readonly EntryPoint[]> {
  const prefers = await preferredForm(context, request);
  const candidates = declaredEntries(context.tree, context.packageJson, prefers);
  const usesSources = await testsUseSources(context, request);
  const chosen: EntryPoint[] = [];
  const seen = new Set<string>();
  for (const candidate of candidates) {
    const file = await pickFile(context, candidate, usesSources, remarks);
    if (file === null || seen.has(file)) continue;
    if (!(await offersSomething(context, file))) continue;
    if (candidate.isExpanded && (await isReachedBy(context, seen, file))) continue;
    seen.add(file);
    chosen.push({ specifier: candidate.specifier, file, system: await systemOf(context, file) });
    if (chosen.length >= MAX_ENTRIES) break;
  }
  return chosen;
}

/** `import` for ESM packages, Vitest, and projects whose tests import; else `require`. */
async function preferredForm(
  context: ProjectContext,
  request: EntryRequest,
): Promise<"import" | "require"> {
  if (context.packageJson?.type === "module" || request.runner === "vitest") return "import";
  let imports = 0;
  let requires = 0;
  for (const path of request.testFiles.slice(0, 40)) {
    const { facts } = await context.index.get(path);
    if (!facts.hasEsmSyntax) requires += 1;
    // Under Jest and Mocha `import` in tests is usually compiled to `require`.
    else if (request.runner === "node") imports += 1;
  }
  return imports > requires ? "import" : "require";
}

/** True where the project tests its sources rather than its build. */
async function testsUseSources(context: ProjectContext, request: EntryRequest): Promise<boolean> {
  if (request.runner === "vitest") return true;
  for (const path of request.testFiles.slice(0, 40)) {
    const { facts } = await context.index.get(path);
    for (const specifier of facts.specifiers) {
      if (!specifier.startsWith(".")) continue;
      const target = resolveRelative(context.tree, path, specifier);
      if (target !== null && classify(target) === "source" && canTestRun(request, path))
        return true;
    }
  }
  return false;
}

/** A TypeScript test that needs a transpiler of a runner that is not there says nothing about what runs. */
function canTestRun(request: EntryRequest, testFile: string): boolean {
  return request.runner !== "node" || !/\.[cm]?tsx?$/.test(testFile);
}

async function pickFile(
  context: ProjectContext,
  candidate: EntryCandidate,
  usesSources: boolean,
  remarks: Remarks,
): Promise<string | null> {
  const wanted = normalizeInside(candidate.wanted);
  const built = candidate.file ?? wanted;
  if (built === null) return null;
  const isBuild = classify(built) === "build" || isCompiledLib(context, built);
  if (candidate.file !== null && !isBuild) return candidate.file;
  const source = findSourceOf(context.tree, built, context);
  if (candidate.file === null) {
    const { wanted: named, specifier } = candidate;
    if (source === null)
      remarks.degradations.push(toSentence("entry-missing", { file: named, specifier }));
    else remarks.notes.push(toSentence("entry-source", { file: named, source }));
    return source;
  }
  if (source === null) return candidate.file;
  const runsNatively = usesSources || (await isNativelyRunnable(context, source));
  return runsNatively && classify(source) === "source" ? source : candidate.file;
}

/** `lib/` is build output where a `src/` file of the same name stands beside it. */
function isCompiledLib(context: ProjectContext, path: string): boolean {
  if (!/^(?:lib|es)\//.test(path)) return false;
  const folder = buildFolderOf(path);
  const rest = path.slice(folder.length + 1).replace(/\.[cm]?js$/, "");
  return [".ts", ".tsx", ".mts", ".js", ".mjs"].some((suffix) =>
    context.tree.has(`src/${rest}${suffix}`),
  );
}

/**
 * True when Node itself can load a TypeScript source (type stripping): erasable syntax only, and every
 * relative import with its extension. For JavaScript sources the build stays the better choice, since
 * bundlers also resolve what Node does not.
 */
async function isNativelyRunnable(context: ProjectContext, source: string): Promise<boolean> {
  if (!/\.[cm]?ts$/.test(source)) return false;
  const reachable = await findReachable(
    context.tree,
    context.index,
    [source],
    context.resolveAlias,
  );
  for (const path of reachable.files) {
    const { facts, problem } = await context.index.get(path);
    if (problem !== null || !facts.isErasable) return false;
    for (const specifier of facts.specifiers) {
      if (!specifier.startsWith(".")) continue;
      const exact = normalizeInside(`${path}/../${specifier}`);
      if (exact === null || !context.tree.has(exact)) return false;
    }
  }
  return true;
}

async function entriesFor(
  context: ProjectContext,
  files: readonly string[],
  declared: readonly EntryPoint[],
): Promise<readonly EntryPoint[]> {
  const entryPoints: EntryPoint[] = [];
  for (const file of files) {
    if (entryPoints.length >= MAX_ENTRIES) break;
    if (!isSourceName(file) || !(await offersSomething(context, file))) continue;
    const known = declared.find((entry) => entry.file === file);
    entryPoints.push(
      known ?? { specifier: `./${file}`, file, system: await systemOf(context, file) },
    );
  }
  return entryPoints;
}

async function offersSomething(context: ProjectContext, file: string): Promise<boolean> {
  const { facts, problem } = await context.index.get(file);
  return facts.exportsSomething || problem !== null;
}

async function isReachedBy(
  context: ProjectContext,
  entries: ReadonlySet<string>,
  file: string,
): Promise<boolean> {
  if (entries.size === 0) return false;
  const reachable = await findReachable(
    context.tree,
    context.index,
    [...entries],
    context.resolveAlias,
  );
  return reachable.files.includes(file);
}
