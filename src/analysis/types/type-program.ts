import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, sep } from "node:path";
import type ts from "typescript";
import type { TypeRequest } from "./protocol.ts";

type TypeScript = typeof ts;
type Version = ts.ScriptTarget | ts.CreateSourceFileOptions;

const HERITAGE = /\b(?:extends|implements)\b/;

const MAX_FILES = 3_000;
const MAX_TOTAL_BYTES = 80_000_000;

/**
 * A program over the entries' declarations and sources. The host reads regular files below the project, its
 * dependency folders and TypeScript's own libraries, and nothing else; `tsconfig.json` is not evaluated.
 */
export function createTypeProgram(typescript: TypeScript, request: TypeRequest): ts.Program {
  const options: ts.CompilerOptions = {
    allowJs: true,
    checkJs: false,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    skipDefaultLibCheck: true,
    allowSyntheticDefaultImports: true,
    esModuleInterop: true,
    allowImportingTsExtensions: true,
    experimentalDecorators: true,
    jsx: typescript.JsxEmit.Preserve,
    target: typescript.ScriptTarget.ESNext,
    module: typescript.ModuleKind.Preserve,
    moduleResolution: typescript.ModuleResolutionKind.Bundler,
    lib: ["lib.es2024.d.ts"],
    types: request.needsNodeTypes ? ["node"] : [],
    maxNodeModuleJsDepth: 0,
  };
  const host = createHost(typescript, request);
  const rootNames = new Set(
    request.entries.flatMap(({ typesPath, sourcePath }) => [typesPath, sourcePath ?? typesPath]),
  );
  return typescript.createProgram({ rootNames: [...rootNames], options, host });
}

function createHost(typescript: TypeScript, request: TypeRequest): ts.CompilerHost {
  const libFolder = dirname(typescript.getDefaultLibFilePath({}));
  const folders = [request.root, ...request.dependencyPaths, realpathSync(libFolder)];
  const guard = createGuard(folders);
  const cache = new Map<string, ts.SourceFile | undefined>();
  const budget = { files: MAX_FILES, bytes: MAX_TOTAL_BYTES };
  const read = (path: string): string | undefined => {
    const size = guard.sizeOf(path);
    if (size === null || size > request.maxFileBytes * (path.endsWith(".d.ts") ? 4 : 1))
      return undefined;
    if (budget.files <= 0 || budget.bytes < size) return undefined;
    budget.files -= 1;
    budget.bytes -= size;
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  };
  let mayInherit = false;
  const parse = (path: string, text: string, version: Version): ts.SourceFile => {
    const isLibrary = path.startsWith(libFolder + sep);
    mayInherit ||= !isLibrary && HERITAGE.test(text);
    // Half of the language's libraries is documentation, which only a class of the project can inherit. They come last.
    const mode = typescript.JSDocParsingMode;
    const jsDocParsingMode = isLibrary && !mayInherit ? mode.ParseNone : mode.ParseAll;
    const options = typeof version === "object" ? version : { languageVersion: version };
    // Parents are set when the checker binds the file.
    return typescript.createSourceFile(path, text, { ...options, jsDocParsingMode }, false);
  };
  return {
    fileExists: (path) => guard.sizeOf(path) !== null,
    readFile: read,
    directoryExists: (path) => guard.isFolder(path),
    getDirectories: () => [],
    getCurrentDirectory: () => request.root,
    getDefaultLibFileName: (options) => typescript.getDefaultLibFilePath(options),
    getDefaultLibLocation: () => libFolder,
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile: () => undefined,
    realpath: (path) => guard.realpath(path),
    getSourceFile: (path, version) => {
      if (cache.has(path)) return cache.get(path);
      const text = read(path);
      const file = text === undefined ? undefined : parse(path, text, version);
      cache.set(path, file);
      return file;
    },
  };
}

interface Guard {
  /** Size of a readable regular file inside the allowed folders, else null. */
  sizeOf(path: string): number | null;
  isFolder(path: string): boolean;
  realpath(path: string): string;
}

function createGuard(folders: readonly string[]): Guard {
  const isInside = (path: string): boolean =>
    folders.some((folder) => path === folder || path.startsWith(folder + sep));
  const look = (path: string): { real: string; size: number | null; isFolder: boolean } | null => {
    try {
      const real = realpathSync(path);
      if (!isInside(real)) return null;
      const stats = statSync(real);
      return { real, size: stats.isFile() ? stats.size : null, isFolder: stats.isDirectory() };
    } catch {
      return null;
    }
  };
  return {
    sizeOf: (path) => look(path)?.size ?? null,
    isFolder: (path) => look(path)?.isFolder === true,
    realpath: (path) => look(path)?.real ?? path,
  };
}
