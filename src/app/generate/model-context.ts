import { posix } from "node:path";

import { toSurface } from "../../analysis/syntax/to-surface.ts";
import { toDialectOfFile } from "../../emission/files/plan-files.ts";
import { readProjectFacts } from "../../emission/files/project-facts.ts";
import { toRunnerName } from "../../contract/project.ts";
import type { ModuleContext, ProjectContext } from "../../model/context.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";
import { readStagedFile } from "./admit.ts";
import { gatherCallSites, type ReadableProject } from "./gather-call-sites.ts";
import type { Plan } from "./plan.ts";
import { gatherHelpers, listImported, listReached, showImported } from "./surroundings.ts";

/** Agents are asked about so many modules at most: each costs a question before a gap is looked at. */
export const MOST_MODULES = 5;
export const MOST_DOCUMENTATION = 12_000;
export const MOST_SURFACE = 12_000;
const MOST_EXAMPLE = 3_000;
const README_NAMES = ["README.md", "readme.md", "Readme.md", "README", "README.markdown"];

/** Gathers what agents are told, from the private copy. Runs nothing. `red`: test files that the baseline's run has seen fail. */
export async function readModelContext(
  plan: Pick<Plan, "project" | "runner" | "outDir" | "issue">,
  ground: ReadableProject,
  red: readonly string[] = [],
): Promise<ProjectContext> {
  const { project, outDir, issue } = plan;
  const runner = toRunnerName(plan.runner);
  const read = (path: string): Promise<string | null> => readStagedFile(ground.staged.folder, path);
  const files = [...new Set(project.entryPoints.map(({ file }) => file))].slice(0, MOST_MODULES);
  const facts = await readProjectFacts(project, runner, files, read);
  const modules = await Promise.all(
    files.map(async (module): Promise<ModuleContext> => {
      const source = (await read(module)) ?? "";
      const own = facts.modules.get(module);
      const factsOf = (): NonNullable<typeof own> => {
        if (own === undefined) throw new TypeError(`nothing is known about ${module}`);
        return own;
      };
      const { extension } = toDialectOfFile(module, { project, runner, factsOf });
      const specifier = posix.relative(outDir, module);
      const bodies = listReached(module, source, ground.sources);
      return {
        ...{ module, source },
        testPath: posix.join(outDir, `${posix.parse(module).name}-model${extension}`),
        specifier: specifier.startsWith(".") ? specifier : `./${specifier}`,
        isTypeScript: /ts$/u.test(extension),
        surface: toWholeSurface(module, source, ground.sources).slice(0, MOST_SURFACE),
        callSites: await gatherCallSites(module, bodies, project, ground, read),
        imported: showImported(module, source, ground.sources),
      };
    }),
  );
  return {
    name: project.name,
    runner,
    documentation: (await readDocumentation(read)).slice(0, MOST_DOCUMENTATION),
    issue,
    example: await findExample(
      project.testFiles.filter((file) => !red.includes(file)),
      read,
    ),
    helpers: await gatherHelpers(project, read),
    modules,
  };
}

/** A module that only passes on what others hold says little by itself: theirs stand with it. */
function toWholeSurface(module: string, source: string, sources: readonly SourceText[]): string {
  const surface = toSurface(source, module);
  const isPassingOn = /\bexport\s*(?:\*|\{[^}]*\})\s*from\b|module\.exports\s*=\s*require/u.test(
    source,
  );
  if (!isPassingOn) return surface;
  const passedOn = listImported(module, source, sources);
  return [
    surface,
    ...passedOn.map(({ path, content }) => `// ${path}\n${toSurface(content, path)}`),
  ].join("\n\n");
}

/** Short, so that it shows the style and is no burden; one that sleeps, mocks or reads the clock is no example. */
export async function findExample(
  testFiles: readonly string[],
  read: (path: string) => Promise<string | null>,
): Promise<string | null> {
  for (const file of testFiles.slice(0, 20)) {
    const text = await read(file);
    if (text === null || text.length > MOST_EXAMPLE) continue;
    if (
      /\b(?:setTimeout|mock|spyOn|Date\.now|Math\.random|process\.env|skip|only|sleep|random|environ)\b/u.test(
        text,
      )
    )
      continue;
    if (/\b(?:assert|expect)|\bt\.(?:Error|Fatal)/u.test(text)) return text;
  }
  return null;
}

/** The README; empty where there is none. */
export async function readDocumentation(
  read: (path: string) => Promise<string | null>,
): Promise<string> {
  for (const name of README_NAMES) {
    const text = await read(name);
    if (text !== null) return text;
  }
  return "";
}
