import type { parse, ParserPlugin } from "@babel/parser";
import type { File } from "@babel/types";

/** `parse` of `@babel/parser` 7. */
export type Parse = typeof parse;

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
 * The parser alone reads no configuration of the project under test.
 *
 * @throws the syntax error of the first attempt when neither works.
 */
export function parseSource(parse: Parse, content: string, dialect: Dialect): File {
  const order = dialect.isCommonJs
    ? (["script", "module"] as const)
    : (["module", "script"] as const);
  const options = {
    plugins: toPlugins(dialect),
    allowReturnOutsideFunction: true,
    allowSuperOutsideMethod: true,
  };
  try {
    return parse(content, { ...options, sourceType: order[0] });
  } catch (failure) {
    try {
      return parse(content, { ...options, sourceType: order[1] });
    } catch {
      throw failure;
    }
  }
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
  // Babel 8 puts the file name before and a code frame behind; the sentence between them is enough.
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
