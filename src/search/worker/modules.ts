import fs from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { ExportPath } from "../../contract/program.ts";
import type { ModuleSystem } from "../../contract/project.ts";
import { TYPED_FORMATS } from "../../contract/typed-formats.ts";
import { realFs } from "./private-world.ts";
import { readData } from "./snapshot.ts";

/** A loaded target module. */
export interface LoadedModule {
  readonly file: string;
  /** What export paths start from: the ES namespace, or `module.exports`. */
  readonly namespace: unknown;
  readonly system: ModuleSystem;
}

/**
 * Lets target code import as its bundler or TypeScript would allow: without an extension, a folder,
 * or `./x.js` where only `x.ts` is there.
 */
export function installResolveHooks(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (failure) {
        const found = findSource(specifier, context.parentURL);
        if (found === null) throw failure;
        return nextResolve(found, context);
      }
    },
  });
}

/**
 * Hands out files that are JavaScript under a TypeScript name as what they are: to strip types from them that they do
 * not have takes the process 100 ms and more.
 */
export function serveTranspiled(workRoot: string, files: readonly string[]): void {
  if (files.length === 0) return;
  const paths = new Map(files.map((file) => [pathToFileURL(join(workRoot, file)).href, file]));
  registerHooks({
    load(url, context, nextLoad) {
      const format = TYPED_FORMATS[context.format ?? ""];
      const file = paths.get(url);
      if (format === undefined || file === undefined) return nextLoad(url, context);
      return {
        format,
        source: realFs.readFileSync(join(workRoot, file), "utf8"),
        shortCircuit: true,
      };
    },
  });
}

const EXTENSIONS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];

function findSource(specifier: string, parent: string | undefined): string | null {
  if (parent === undefined || !parent.startsWith("file:")) return null;
  if (!specifier.startsWith(".") && !specifier.startsWith("file:")) return null;
  const path = specifier.startsWith("file:")
    ? fileURLToPath(specifier)
    : resolve(dirname(fileURLToPath(parent)), specifier);
  const bare = path.replace(/\.([cm]?)js$/u, ".$1ts");
  const candidates = [
    bare,
    ...EXTENSIONS.map((extension) => path + extension),
    ...EXTENSIONS.map((extension) => join(path, `index${extension}`)),
  ];
  const found = candidates.find((candidate) =>
    fs.statSync(candidate, { throwIfNoEntry: false })?.isFile(),
  );
  return found === undefined ? null : pathToFileURL(found).href;
}

/** Loads one module the way its own system does. Rejects with what the module threw. */
export async function loadModule(
  workRoot: string,
  file: string,
  system: ModuleSystem,
): Promise<LoadedModule> {
  const path = join(workRoot, file);
  if (system === "commonjs") {
    const require = createRequire(join(workRoot, "regoose-entry.cjs"));
    return { file, system, namespace: require(path) as unknown };
  }
  return { file, system, namespace: (await import(pathToFileURL(path).href)) as unknown };
}

/** The member of a module that a path names, and the object it hangs on. */
export interface Member {
  readonly holder: unknown;
  readonly value: unknown;
}

/** Follows a path from a module; `value` is undefined where it leads nowhere. */
export function resolveMember(module: LoadedModule, path: ExportPath): Member {
  let holder: unknown = undefined;
  let value: unknown = module.namespace;
  path.forEach((name, index) => {
    const isWhole = index === 0 && name === "default" && isWholeExport(module);
    if (isWhole) return;
    holder = value;
    value = isHolder(value) ? value[name] : undefined;
  });
  return { holder, value };
}

/** True when `["default"]` names `module.exports` itself. */
export function isWholeExport(module: LoadedModule): boolean {
  return module.system === "commonjs" && typeof module.namespace === "function";
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** True for something that can be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isHolder(value) && typeof readData(value, "then") === "function";
}
