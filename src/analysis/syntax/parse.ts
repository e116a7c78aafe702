import { parse, parseExpression as babelParseExpression, type ParserOptions } from "@babel/parser";
import type { Expression, File } from "@babel/types";

/** A parsed file, or the place where it stops being JavaScript. Lines and columns are 1-based. */
export type ParseOutcome =
  | { readonly kind: "parsed"; readonly file: File }
  | {
      readonly kind: "failed";
      readonly line: number;
      readonly column: number;
      readonly message: string;
    };

type Plugins = NonNullable<ParserOptions["plugins"]>;

const COMMON_PLUGINS: Plugins = ["decorators", "explicitResourceManagement"];

/** Parses a source file by its extension; never throws, whatever the text. */
export function parseSource(text: string, path: string): ParseOutcome {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const isTypeScript = /^[cm]?tsx?$/.test(extension);
  const plugins: Plugins = isTypeScript
    ? [...COMMON_PLUGINS, "typescript", ...(extension === "tsx" ? (["jsx"] as const) : [])]
    : [...COMMON_PLUGINS, "jsx", ...(text.includes("@flow") ? (["flow"] as const) : [])];
  return attempt(text, plugins, false);
}

/** Parses a piece of documentation: JavaScript first, then TypeScript. */
export function parseSnippet(text: string): ParseOutcome {
  const first = attempt(text, [...COMMON_PLUGINS, "jsx"], true);
  return first.kind === "parsed" ? first : attempt(text, [...COMMON_PLUGINS, "typescript"], true);
}

/** Parses one expression (JSON with comments and trailing commas included), or answers null. */
export function parseExpression(text: string): Expression | null {
  try {
    return babelParseExpression(text, { plugins: [...COMMON_PLUGINS] });
  } catch {
    return null;
  }
}

function attempt(text: string, plugins: Plugins, isSnippet: boolean): ParseOutcome {
  try {
    const file = parse(text, {
      sourceType: "unambiguous",
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      allowUndeclaredExports: true,
      allowNewTargetOutsideFunction: true,
      allowSuperOutsideMethod: true,
      // Snippets redeclare their variables all the time; sources with real errors must be named.
      errorRecovery: isSnippet,
      plugins,
    });
    return { kind: "parsed", file };
  } catch (failure) {
    return toFailure(failure);
  }
}

function toFailure(failure: unknown): ParseOutcome {
  const message = failure instanceof Error ? failure.message : String(failure);
  const at = locate(failure);
  return {
    kind: "failed",
    line: at.line,
    column: at.column,
    // Babel appends "(line:column)"; the position is reported apart.
    message: message.replace(/\s*\(\d+:\d+\)$/, "").slice(0, 300),
  };
}

function locate(failure: unknown): { readonly line: number; readonly column: number } {
  if (typeof failure === "object" && failure !== null && "loc" in failure) {
    const loc: unknown = failure.loc;
    if (typeof loc === "object" && loc !== null && "line" in loc && "column" in loc) {
      return { line: Number(loc.line), column: Number(loc.column) + 1 };
    }
  }
  return { line: 1, column: 1 };
}
