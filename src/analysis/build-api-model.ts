import type { ApiModel, ModuleModel } from "../contract/api-model.ts";
import type { EntryPoint, ProjectInfo } from "../contract/project.ts";
import { toSentence } from "../contract/to-sentence.ts";
import type { Clock } from "../kernel/clock.ts";
import { findTypeRequest } from "./api/find-types.ts";
import { describeImplementations } from "./api/implementations.ts";
import { mergeCallables } from "./api/merge-callables.ts";
import { collectModuleFacts } from "./api/module-facts.ts";
import { contextOf, type ProjectContext } from "./project/project-context.ts";
import { findReachable } from "./project/reachability.ts";
import { collectSeeds } from "./seeds/collect-seeds.ts";
import { gatherSnippets, type Snippet } from "./seeds/snippets.ts";
import { listExports } from "./syntax/export-tree.ts";
import { runTypes, type TypeResult } from "./types/run-types.ts";

export interface ApiModelDeps {
  readonly clock: Clock;
}

export interface ApiModelOptions {
  /**
   * Bound on the type checker once it is loaded, ms. Give it a minute or more where two runs have to agree.
   * @defaultValue 5000
   */
  readonly typesTimeLimitMs?: number;
}

/** The model with sentences on what it had to leave out. */
export interface AnnotatedApiModel extends ApiModel {
  readonly notes: readonly string[];
  /** True when a time or memory limit cut the analysis short, so that another run may see more. */
  readonly isPartial: boolean;
}

/**
 * Describes what a detected project offers: callables with types from declarations, sources, JSDoc or use;
 * literals, regular expressions, property names; call sequences found in documentation and tests. Reads and
 * parses; runs none of the project's code. Everything is capped, so a huge bundle costs seconds at most.
 */
export async function buildApiModel(
  deps: ApiModelDeps,
  project: ProjectInfo,
  options: ApiModelOptions = {},
): Promise<AnnotatedApiModel> {
  const context = await contextOf(project);
  const request = await findTypeRequest(context, project);
  const [types, snippets] = await Promise.all([
    runTypes(deps.clock, request, options.typesTimeLimitMs ?? 5_000),
    gatherSnippets(context, project),
  ]);
  const modules: ModuleModel[] = [];
  for (const entry of project.entryPoints) {
    modules.push(await buildModule(context, project, entry, types, snippets));
  }
  const notes = [...types.notes, ...(await sizeNotes(context, project))];
  return { modules, notes, isPartial: types.isPartial };
}

async function buildModule(
  context: ProjectContext,
  project: ProjectInfo,
  entry: EntryPoint,
  types: TypeResult,
  snippets: readonly Snippet[],
): Promise<ModuleModel> {
  const exports = await listExports(context, entry.file);
  const implementations = await describeImplementations(context, exports.callables);
  const reachable = await findReachable(
    context.tree,
    context.index,
    [entry.file],
    context.resolveAlias,
  );
  const facts = await collectModuleFacts(context, reachable.files);
  const callables = mergeCallables({
    system: entry.system,
    typed: types.callables.get(entry.file) ?? [],
    implementations,
    byName: facts.functionsByName,
  });
  const seeds = collectSeeds({
    tree: context.tree,
    project,
    entry,
    callables,
    implementations,
    reachable: reachable.files,
    snippets,
    usesFiles: facts.usesFiles,
  });
  return {
    file: entry.file,
    system: entry.system,
    callables,
    seeds: seeds.programs,
    pool: facts.pool(seeds.values, types.literals.get(entry.file) ?? []),
    regexes: facts.regexes,
    propertyNames: facts.propertyNames,
  };
}

async function sizeNotes(
  context: ProjectContext,
  project: ProjectInfo,
): Promise<readonly string[]> {
  const files = await Promise.all(project.sourceFiles.map((path) => context.index.get(path)));
  return files
    .filter((file) => file.isTooLarge)
    .map(({ path, sizeBytes }) =>
      toSentence("file-too-large", { file: path, megabytes: (sizeBytes / 1_000_000).toFixed(1) }),
    );
}
