import type { File } from "@babel/types";

import { toMessage } from "../../kernel/errors.ts";
import type { SkippedFile, SourceText } from "../../ports/mutant-engine.ts";
import { parseSource, toDialect, toParseFailure, type Dialect, type Parse } from "./parse.ts";

/** A source file that parses, with its tree. */
export interface ReadSource extends SourceText {
  readonly dialect: Dialect;
  readonly ast: File;
}

/** Parses one file, or says why it is left as it is. Parsing happens on demand, so trees do not pile up. */
export function readSource(
  parse: Parse,
  source: SourceText,
  maxFileBytes: number,
): { readonly source: ReadSource } | { readonly skipped: SkippedFile } {
  const { path, content } = source;
  const dialect = toDialect(path);
  if (dialect === null)
    return { skipped: { path, reason: "not a JavaScript or TypeScript source" } };
  const sizeSkip = toSizeSkip(source, maxFileBytes);
  if (sizeSkip !== null) return { skipped: sizeSkip };
  try {
    return { source: { path, content, dialect, ast: parseSource(parse, content, dialect) } };
  } catch (failure) {
    return { skipped: { path, ...toParseFailure(failure) } };
  }
}

/** The skip entry for a file whose transformation failed after it had parsed. */
export function toTransformFailure(path: string, failure: unknown): SkippedFile {
  return { path, reason: `cannot be instrumented: ${toMessage(failure).split("\n", 1)[0] ?? ""}` };
}

/** The skip entry for a file above the limit, or null. */
export function toSizeSkip(
  { path, content }: SourceText,
  maxFileBytes: number,
): SkippedFile | null {
  const sizeBytes = Buffer.byteLength(content);
  if (sizeBytes <= maxFileBytes) return null;
  const reason = `too large: ${toMegabytes(sizeBytes)} MB, the limit is ${toMegabytes(maxFileBytes)} MB`;
  return { path, reason };
}

function toMegabytes(sizeBytes: number): string {
  return (sizeBytes / 1_000_000).toFixed(1);
}
