import { createRequire } from "node:module";

import type TypeScript from "typescript";

import { stripTypes } from "../strip-types.ts";
import type { Dialect } from "./parse.ts";

/** What decides how TypeScript and JSX become plain JavaScript. */
export interface TranspileOptions {
  /** `experimentalDecorators` of the project's tsconfig. */
  readonly hasLegacyDecorators: boolean;
}

/** A file to transpile. */
export interface TranspileSource {
  readonly path: string;
  readonly content: string;
  readonly dialect: Dialect;
  /** What {@link createErasurePass} says of it. @defaultValue false */
  readonly isErasable?: boolean;
}

/** Whether `content` has to be transpiled before Node can load it as JavaScript. */
export function needsTranspile(dialect: Dialect, path: string): boolean {
  return dialect.isTypeScript || path.endsWith(".jsx");
}

/** Whether types are all that keeps the file from being JavaScript, if it has no syntax that needs a compiler. */
export function mayBeErasable(dialect: Dialect): boolean {
  return dialect.isTypeScript && !dialect.hasJsx && !dialect.isCommonJs;
}

/**
 * Turns TypeScript or JSX into JavaScript of the present Node. Imports stay imports, except in files
 * that are CommonJS by name (`.cts`) or by syntax (`import x = require()`, `export =`), which no
 * module can express. JSX is compiled for React where the file imports it, else left as it is.
 */
export function transpile(source: TranspileSource, options: TranspileOptions): string {
  // Node's own way takes a tenth of the compiler's time, and the compiler need not be loaded.
  const erased = source.isErasable === true ? stripTypes(source.content) : null;
  return erased ?? compile(source, options);
}

const require = createRequire(import.meta.url);

function compile(source: TranspileSource, options: TranspileOptions): string {
  const { path, content, dialect } = source;
  // `import()` reads the 9 MB twice more, for their format and their exports.
  const typescript = require("typescript") as typeof TypeScript;
  const isCommonJs = dialect.isCommonJs || hasCommonJsSyntax(typescript, path, content);
  const { outputText } = typescript.transpileModule(content, {
    fileName: path,
    reportDiagnostics: false,
    compilerOptions: {
      target: typescript.ScriptTarget.ES2023,
      module: isCommonJs ? typescript.ModuleKind.CommonJS : typescript.ModuleKind.ESNext,
      jsx: toJsxEmit(typescript, content),
      experimentalDecorators: options.hasLegacyDecorators,
      esModuleInterop: true,
      isolatedModules: true,
      allowJs: true,
    },
  });
  return outputText;
}

function hasCommonJsSyntax(typescript: typeof TypeScript, path: string, content: string): boolean {
  // Cheap test first: most files have neither form.
  if (!/\bexport\s*=|\bimport\s+[\w$]+\s*=\s*require\b/.test(content)) return false;
  const file = typescript.createSourceFile(path, content, typescript.ScriptTarget.ESNext);
  return file.statements.some(
    (statement) =>
      (typescript.isExportAssignment(statement) && statement.isExportEquals === true) ||
      (typescript.isImportEqualsDeclaration(statement) &&
        typescript.isExternalModuleReference(statement.moduleReference)),
  );
}

function toJsxEmit(typescript: typeof TypeScript, content: string): TypeScript.JsxEmit {
  if (/\bimport\s+(?:\*\s+as\s+)?React\b/.test(content)) return typescript.JsxEmit.React;
  if (/\bfrom\s+["']react["']/.test(content)) return typescript.JsxEmit.ReactJSX;
  return typescript.JsxEmit.Preserve;
}
