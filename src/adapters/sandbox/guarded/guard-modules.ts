import { Module, registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A dependency folder that stands elsewhere than where the work copy wants it. */
export interface GuardedDependency {
  /** The folder that has it as `node_modules`, as modules in the work copy see it. */
  readonly above: string;
  /** Its real path, ending in `node_modules`. */
  readonly folder: string;
}

interface ModuleInternals {
  _resolveLookupPaths(request: string, parent: unknown): string[] | null;
}

/**
 * Resolves packages from the user's own dependency folders, nearest first. A link to them in the work
 * copy would not do: the permission model follows links, so that a write into `node_modules` would
 * reach the user's.
 */
export function guardModules(dependencies: readonly GuardedDependency[]): void {
  if (dependencies.length === 0) return;
  const folders = dependencies.map(({ folder }) => folder);
  const internals = Module as unknown as ModuleInternals;
  const original = internals._resolveLookupPaths.bind(Module);
  // CommonJS asks here, for `require`, `require.resolve` and `createRequire` alike.
  internals._resolveLookupPaths = (request, parent) => {
    const paths = original(request, parent);
    return paths !== null && isPackage(request) ? [...paths, ...folders] : paths;
  };
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (failure) {
        if (!isPackage(specifier) || !context.conditions.includes("import")) throw failure;
        return resolveIn(folders, failure, (parentURL) =>
          nextResolve(specifier, { ...context, parentURL }),
        );
      }
    },
  });
}

function resolveIn<T>(
  folders: readonly string[],
  failure: unknown,
  resolve: (parentUrl: string) => T,
): T {
  for (const folder of folders) {
    try {
      return resolve(pathToFileURL(join(folder, "..", "regoose.js")).href);
    } catch {
      // Not there: the next folder, and in the end the first failure.
    }
  }
  throw failure;
}

function isPackage(specifier: string): boolean {
  return !/^(?:[./]|[a-z]+:)/u.test(specifier);
}
