import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import type ts from "typescript";
import type { ProjectInfo } from "../../contract/project.ts";

/** What the type check of a suite has to know of the project's configuration. */
export interface CompilerOptions {
  readonly checksJavaScript: boolean;
  /** It has no files of its own and only names other configurations. */
  readonly isSolution: boolean;
}

const MAX_BYTES = 1_000_000;
const require = createRequire(import.meta.url);

/**
 * Reads a `tsconfig.json` with all that it extends, as the compiler does. `folder` is the private copy
 * of the project; besides it only the project's dependencies are read, which is what the compiler
 * will see in the sandbox.
 */
export function readCompilerOptions(
  folder: string,
  project: Pick<ProjectInfo, "root" | "dependencyFolders">,
  tsconfigPath: string,
): CompilerOptions {
  // `import()` reads the 9 MB twice more, for their format and their exports.
  const compiler = require("typescript") as typeof ts;
  const read = createReader(folder, project);
  const host: ts.ParseConfigFileHost = {
    useCaseSensitiveFileNames: true,
    getCurrentDirectory: () => project.root,
    fileExists: (path) => read(path) !== undefined,
    readFile: read,
    // Which files there are is not the question.
    readDirectory: () => [],
    onUnRecoverableConfigFileDiagnostic: () => undefined,
  };
  const path = join(project.root, tsconfigPath);
  const parsed = compiler.getParsedCommandLineOfConfigFile(path, undefined, host);
  const raw = (parsed?.raw ?? {}) as { readonly files?: unknown; readonly include?: unknown };
  return {
    checksJavaScript: parsed?.options.checkJs === true,
    isSolution: isEmptyList(raw.files) && (raw.include === undefined || isEmptyList(raw.include)),
  };
}

/** A configuration is anyone's text: it may extend a device, a pipe, or a file of somebody else. */
function createReader(
  folder: string,
  { root, dependencyFolders }: Pick<ProjectInfo, "root" | "dependencyFolders">,
): (path: string) => string | undefined {
  return (given) => {
    const path = resolve(given);
    const isDependency = dependencyFolders.some(({ hostPath }) => isInside(hostPath, path));
    if (!isDependency && !isInside(root, path)) return undefined;
    const place = isDependency ? path : join(folder, relative(root, path));
    try {
      const stats = statSync(place);
      return stats.isFile() && stats.size <= MAX_BYTES ? readFileSync(place, "utf8") : undefined;
    } catch {
      return undefined;
    }
  };
}

function isInside(folder: string, path: string): boolean {
  return path.startsWith(`${folder}${sep}`);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
