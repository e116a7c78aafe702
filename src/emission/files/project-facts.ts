import { posix } from "node:path";

import type { ModuleSystem, ProjectInfo, RunnerName } from "../../contract/project.ts";

/** Reads a project file as text; null where there is none. */
export type ReadProjectFile = (path: string) => Promise<string | null>;

/** How this project writes tests, read off its files without executing any. */
export interface ProjectFacts {
  /** The assertion library next to Mocha. */
  readonly hasChai: boolean;
  /** How relative imports of TypeScript modules end: `.ts`, `.js` or nothing. */
  readonly typeScriptImports: ".ts" | ".js" | "";
  /** Module → how it offers its exports. */
  readonly modules: ReadonlyMap<string, ModuleFacts>;
}

export interface ModuleFacts {
  readonly system: ModuleSystem;
  readonly isTypeScript: boolean;
  /** CommonJS: `["default"]` is a property of `module.exports` rather than the whole. */
  readonly hasDefaultProperty: boolean;
  /** CommonJS that a compiler made of an ES module. */
  readonly isCompiled: boolean;
  /** CommonJS: functions may rely on being called as methods of `module.exports`. */
  readonly mayUseThis: boolean;
}

/** Gathers what printing has to know about the project and the modules under test. */
export async function readProjectFacts(
  project: ProjectInfo,
  runner: RunnerName,
  modules: readonly string[],
  readFile: ReadProjectFile,
): Promise<ProjectFacts> {
  const found = new Map<string, ModuleFacts>();
  for (const module of modules) found.set(module, await readModuleFacts(project, module, readFile));
  return {
    hasChai: runner === "mocha" && (await dependsOn("chai", readFile)),
    typeScriptImports: await findImportStyle(project, runner, readFile),
    modules: found,
  };
}

const TYPESCRIPT = /\.[cm]?tsx?$/;
const MOST_READ_FILES = 20;
const MOST_REEXPORTS = 3;

async function readModuleFacts(
  project: ProjectInfo,
  module: string,
  readFile: ReadProjectFile,
): Promise<ModuleFacts> {
  const text = await readFile(module);
  const isTypeScript = TYPESCRIPT.test(module);
  const declared = project.entryPoints.find((entry) => entry.file === module)?.system;
  const system = toSystem(module, text, isTypeScript, declared ?? project.system);
  const commonJs = system === "commonjs" ? await followReexports(module, text, readFile) : null;
  return {
    system,
    isTypeScript,
    hasDefaultProperty: commonJs !== null && hasDefaultProperty(commonJs),
    isCompiled: commonJs !== null && isCompiled(commonJs),
    mayUseThis: commonJs === null || /\bthis\b|\brequire\(/.test(commonJs),
  };
}

/** A TypeScript source is what its syntax says, whatever the compiler makes of it later. */
function toSystem(
  module: string,
  text: string | null,
  isTypeScript: boolean,
  declared: ModuleSystem,
): ModuleSystem {
  if (/\.m[jt]s$/.test(module)) return "esm";
  if (/\.c[jt]s$/.test(module)) return "commonjs";
  if (!isTypeScript || text === null) return declared;
  return /^\s*(?:export|import)\b(?!\s+\w+\s*=\s*require)/m.test(text) ? "esm" : declared;
}

/** The text that fills `module.exports`, where a module only passes on another one. */
async function followReexports(
  module: string,
  text: string | null,
  readFile: ReadProjectFile,
): Promise<string | null> {
  let current = { module, text };
  for (let hop = 0; hop < MOST_REEXPORTS; hop += 1) {
    const target = /module\.exports\s*=\s*require\(\s*["'](\.[^"']*)["']\s*\)/.exec(
      current.text ?? "",
    )?.[1];
    if (target === undefined) break;
    const path = posix.join(posix.dirname(current.module), target);
    const candidates = [path, `${path}.js`, `${path}.cjs`, `${path}/index.js`];
    const found = await firstText(candidates, readFile);
    if (found === null) break;
    current = found;
  }
  return current.text;
}

async function firstText(
  paths: readonly string[],
  readFile: ReadProjectFile,
): Promise<{ readonly module: string; readonly text: string } | null> {
  for (const module of paths) {
    const text = await readFile(module);
    if (text !== null) return { module, text };
  }
  return null;
}

function isCompiled(text: string): boolean {
  return /\b__esModule\b/.test(text) && !/\bmodule\.exports\s*=(?!=)/.test(text);
}

function hasDefaultProperty(text: string): boolean {
  const setsDefault =
    /\bexports(?:\.default|\[["']default["']\])\s*=|\bexports\s*,\s*["']default["']/.test(text);
  const replacesWhole = /\bmodule\.exports\s*=(?!=)/.test(text);
  return setsDefault && !replacesWhole;
}

async function dependsOn(name: string, readFile: ReadProjectFile): Promise<boolean> {
  const text = await readFile("package.json");
  if (text === null) return false;
  try {
    const manifest: unknown = JSON.parse(text);
    return ["dependencies", "devDependencies"].some((field) => {
      const group =
        typeof manifest === "object" && manifest !== null
          ? (Reflect.get(manifest, field) as unknown)
          : null;
      return typeof group === "object" && group !== null && Object.hasOwn(group, name);
    });
  } catch {
    return false;
  }
}

/** What most relative imports of the project's own TypeScript files end with. */
async function findImportStyle(
  project: ProjectInfo,
  runner: RunnerName,
  readFile: ReadProjectFile,
): Promise<ProjectFacts["typeScriptImports"]> {
  // Node strips types but never guesses an extension.
  if (runner === "node") return ".ts";
  const counts = { ".ts": 0, ".js": 0, "": 0 };
  const files = [...project.testFiles, ...project.sourceFiles].filter((file) =>
    TYPESCRIPT.test(file),
  );
  for (const file of files.slice(0, MOST_READ_FILES)) {
    const text = (await readFile(file)) ?? "";
    for (const [, specifier = ""] of text.matchAll(/\bfrom\s*["'](\.[^"']*)["']/g)) {
      if (TYPESCRIPT.test(specifier)) counts[".ts"] += 1;
      else if (/\.[cm]?js$/.test(specifier)) counts[".js"] += 1;
      else if (!/\.\w+$/.test(specifier)) counts[""] += 1;
    }
  }
  if (counts[".ts"] > Math.max(counts[".js"], counts[""])) return ".ts";
  if (counts[".js"] > counts[""]) return ".js";
  return counts[""] > 0 || runner === "jest" ? "" : ".ts";
}
