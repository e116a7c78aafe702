import type { ParserOptions, ParserPlugin } from "@babel/parser";
import type { File } from "@babel/types";

/** Babel 7 as far as the builds need it; loaded on first use. */
export type Babel = typeof import("@babel/core");

/** How a file is read, by its extension. */
export interface Dialect {
  readonly isTypeScript: boolean;
  readonly hasJsx: boolean;
  /** `.cjs`, `.cts`: CommonJS whatever `package.json` says. */
  readonly isCommonJs: boolean;
}

const EXTENSIONS: Readonly<Record<string, Dialect>> = {
  js: { isTypeScript: false, hasJsx: true, isCommonJs: false },
  mjs: { isTypeScript: false, hasJsx: true, isCommonJs: false },
  cjs: { isTypeScript: false, hasJsx: true, isCommonJs: true },
  jsx: { isTypeScript: false, hasJsx: true, isCommonJs: false },
  ts: { isTypeScript: true, hasJsx: false, isCommonJs: false },
  mts: { isTypeScript: true, hasJsx: false, isCommonJs: false },
  cts: { isTypeScript: true, hasJsx: false, isCommonJs: true },
  tsx: { isTypeScript: true, hasJsx: true, isCommonJs: false },
};

/** The dialect of a path, or null where it is no script (JSON, declarations, styles, …). */
export function toDialect(path: string): Dialect | null {
  if (/\.d\.([mc]?ts|[^./]+\.ts)$/.test(path)) return null;
  const extension = /\.([a-z]+)$/.exec(path)?.[1];
  return extension === undefined ? null : (EXTENSIONS[extension] ?? null);
}

/**
 * Parses as a module first and as a script where that fails, so that sloppy CommonJS is read too.
 *
 * @throws the syntax error of the module attempt when neither works.
 */
export function parseSource(babel: Babel, content: string, path: string, dialect: Dialect): File {
  const sourceTypes = dialect.isCommonJs
    ? (["script", "module"] as const)
    : (["module", "script"] as const);
  let firstFailure: unknown;
  for (const sourceType of sourceTypes) {
    try {
      return parseAs(babel, content, path, { sourceType, plugins: toPlugins(dialect) });
    } catch (failure) {
      firstFailure ??= failure;
    }
  }
  throw firstFailure;
}

/** Options that keep Babel from reading any configuration of the project under test. */
export const ISOLATED_BABEL = {
  configFile: false,
  babelrc: false,
  browserslistConfigFile: false,
} as const;

function parseAs(babel: Babel, content: string, path: string, options: ParserOptions): File {
  const ast = babel.parseSync(content, {
    ...ISOLATED_BABEL,
    filename: path,
    parserOpts: {
      ...options,
      allowReturnOutsideFunction: true,
      allowSuperOutsideMethod: true,
      errorRecovery: false,
    },
  });
  if (ast?.type !== "File") throw new Error(`${path} did not parse to a file`);
  return ast;
}

function toPlugins(dialect: Dialect): ParserPlugin[] {
  const plugins: ParserPlugin[] = ["explicitResourceManagement", "importAttributes"];
  if (dialect.hasJsx) plugins.push("jsx");
  if (dialect.isTypeScript) plugins.push("typescript", "decorators-legacy");
  else plugins.push(["decorators", { allowCallParenthesized: true }]);
  return plugins;
}

/** A thrown parse failure as reason and position. */
export interface ParseFailure {
  readonly reason: string;
  readonly line?: number;
  readonly column?: number;
}

/** Reads what Babel threw; the position is missing where it gave none. */
export function toParseFailure(thrown: unknown): ParseFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  // Babel appends a code frame and prefixes the absolute file name; the first line without both is enough.
  const firstLine = (message.split("\n", 1)[0] ?? "")
    .replace(/^\/?[^\s:]*: /, "")
    .replace(/ \(\d+:\d+\)$/, "");
  const location = toLocation(thrown);
  const reason = `syntax error: ${firstLine}`;
  return location === null ? { reason } : { reason, ...location };
}

function toLocation(thrown: unknown): { line: number; column: number } | null {
  if (typeof thrown !== "object" || thrown === null || !("loc" in thrown)) return null;
  const { loc } = thrown;
  if (typeof loc !== "object" || loc === null || !("line" in loc) || !("column" in loc))
    return null;
  const { line, column } = loc;
  return typeof line === "number" && typeof column === "number" ? { line, column } : null;
}
