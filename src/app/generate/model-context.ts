import { posix } from "node:path";

import { toSurface } from "../../analysis/syntax/to-surface.ts";
import { toDialectOfFile } from "../../emission/files/plan-files.ts";
import { readProjectFacts } from "../../emission/files/project-facts.ts";
import type { ModuleContext, ProjectContext } from "../../model/context.ts";
import type { GapSource } from "../../model/gaps.ts";
import { readStagedFile } from "./admit.ts";
import type { Plan } from "./plan.ts";

/** Agents are asked about so many modules at most: each costs a question before a gap is looked at. */
const MOST_MODULES = 5;
const MOST_DOCUMENTATION = 12_000;
const MOST_SURFACE = 12_000;
const MOST_EXAMPLE = 3_000;
const README_NAMES = ["README.md", "readme.md", "Readme.md", "README", "README.markdown"];

/** Files of a project as agents see them: those of the private copy, where there is one. */
export interface ReadableProject {
  readonly staged: { readonly folder: string };
  readonly sources: readonly GapSource[];
}

/** Gathers what agents are told, from the private copy. Runs nothing. */
export async function readModelContext(
  plan: Pick<Plan, "project" | "runner" | "outDir">,
  ground: ReadableProject,
): Promise<ProjectContext> {
  const { project, runner, outDir } = plan;
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
      return {
        ...{ module, source },
        testPath: posix.join(outDir, `${posix.parse(module).name}-model${extension}`),
        specifier: specifier.startsWith(".") ? specifier : `./${specifier}`,
        isTypeScript: /ts$/u.test(extension),
        surface: toWholeSurface(module, source, ground).slice(0, MOST_SURFACE),
      };
    }),
  );
  return {
    name: project.name,
    runner,
    documentation: ((await firstOf(README_NAMES, read)) ?? "").slice(0, MOST_DOCUMENTATION),
    example: await findExample(project.testFiles, read),
    modules,
  };
}

/** A module that only passes on what others hold says little by itself: theirs stand with it. */
function toWholeSurface(module: string, source: string, { sources }: ReadableProject): string {
  const surface = toSurface(source, module);
  const folder = posix.dirname(module);
  const passedOn = [...source.matchAll(/\b(?:from|require\()\s*["'](\.[^"']+)["']/gu)].flatMap(
    ([, specifier = ""]) => {
      const path = posix.join(folder, specifier);
      const found = sources.find(
        (one) =>
          one.path === path ||
          one.path.replace(/\.[cm]?[jt]sx?$/u, "") === path.replace(/\.[cm]?[jt]sx?$/u, ""),
      );
      return found === undefined || found.path === module ? [] : [found];
    },
  );
  const isPassingOn = /\bexport\s*(?:\*|\{[^}]*\})\s*from\b|module\.exports\s*=\s*require/u.test(
    source,
  );
  if (!isPassingOn) return surface;
  return [
    surface,
    ...passedOn.map(({ path, content }) => `// ${path}\n${toSurface(content, path)}`),
  ].join("\n\n");
}

/** Short, so that it shows the style and is no burden; one that sleeps, mocks or reads the clock is no example. */
async function findExample(
  testFiles: readonly string[],
  read: (path: string) => Promise<string | null>,
): Promise<string | null> {
  for (const file of testFiles.slice(0, 20)) {
    const text = await read(file);
    if (text === null || text.length > MOST_EXAMPLE) continue;
    if (/\b(?:setTimeout|mock|spyOn|Date\.now|Math\.random|process\.env|skip|only)\b/u.test(text))
      continue;
    if (/\b(?:assert|expect)\b/u.test(text)) return text;
  }
  return null;
}

async function firstOf(
  names: readonly string[],
  read: (path: string) => Promise<string | null>,
): Promise<string | null> {
  for (const name of names) {
    const text = await read(name);
    if (text !== null) return text;
  }
  return null;
}
