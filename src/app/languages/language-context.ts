import { posix } from "node:path";

import { toFileRules, toShownName, toSpecifier, toTestPath } from "../../languages/layout.ts";
import { toTextSurface } from "../../languages/surface.ts";
import type { ModuleContext, ProjectContext } from "../../model/context.ts";
import { readStagedFile } from "../generate/admit.ts";
import {
  findExample,
  MOST_DOCUMENTATION,
  MOST_MODULES,
  MOST_SURFACE,
  readDocumentation,
} from "../generate/model-context.ts";
import type { ReadableProject } from "../generate/gather-call-sites.ts";
import type { Plan } from "../generate/plan.ts";
import type { LanguageGround } from "./language-ground.ts";

/** What agents are told about a project in another language. Runs nothing. */
export async function readLanguageContext(
  { project, runner, outDir, issue }: Pick<Plan, "project" | "runner" | "outDir" | "issue">,
  { staged, sources }: ReadableProject,
  { language, goModule }: Pick<LanguageGround, "language" | "goModule">,
  red: readonly string[] = [],
): Promise<ProjectContext> {
  const read = (path: string): Promise<string | null> => readStagedFile(staged.folder, path);
  const facts = { language, outDir, goModule };
  return {
    ...{ name: project.name, runner, issue, language: toShownName(language) },
    documentation: (await readDocumentation(read)).slice(0, MOST_DOCUMENTATION),
    example: await findExample(
      project.testFiles.filter((file) => !red.includes(file)),
      read,
    ),
    modules: sources
      .filter(({ path }) => posix.basename(path) !== "__init__.py" || sources.length === 1)
      .slice(0, MOST_MODULES)
      .map(({ path, content }): ModuleContext => ({
        ...{ module: path, source: content, isTypeScript: false, callSites: [] },
        testPath: toTestPath({ language, outDir }, path),
        specifier: toSpecifier(facts, path),
        fileRules: toFileRules(facts, path, content),
        surface: toTextSurface(content, language).slice(0, MOST_SURFACE),
      })),
  };
}
