import type { File } from "@babel/types";
import type { SourceTree } from "../files/tree.ts";
import { type FileFacts, readFacts, scanFacts } from "../syntax/file-facts.ts";
import { parseSource } from "../syntax/parse.ts";
import type { SyntaxProblem } from "../errors.ts";

/** One source file, read and parsed once. */
export interface IndexedFile {
  readonly path: string;
  /** Empty when the file could not be read. */
  readonly text: string;
  readonly sizeBytes: number;
  /** Null when it was too large or does not parse. */
  readonly ast: File | null;
  readonly facts: FileFacts;
  readonly problem: SyntaxProblem | null;
  readonly isTooLarge: boolean;
}

/** Larger files are scanned by regular expression instead of being parsed. */
export const MAX_PARSED_BYTES = 2_000_000;
const MAX_SCANNED_BYTES = 20_000_000;
const MAX_TOTAL_BYTES = 60_000_000;

/** Reads and parses files on demand and keeps what it parsed. */
export interface SourceIndex {
  get(path: string): Promise<IndexedFile>;
}

/** An index over one tree. Memory is bounded: past a total of 60 MB files count as too large. */
export function createSourceIndex(tree: SourceTree): SourceIndex {
  const cache = new Map<string, Promise<IndexedFile>>();
  let totalBytes = 0;
  return {
    get: (path) => {
      const known = cache.get(path);
      if (known !== undefined) return known;
      const started = load(tree, path, totalBytes < MAX_TOTAL_BYTES).then((file) => {
        totalBytes += file.text.length;
        return file;
      });
      cache.set(path, started);
      return started;
    },
  };
}

async function load(tree: SourceTree, path: string, mayParse: boolean): Promise<IndexedFile> {
  const outcome = await tree.read(path, MAX_SCANNED_BYTES);
  if (outcome.kind !== "text") {
    const sizeBytes = outcome.kind === "too-large" ? outcome.sizeBytes : 0;
    // A file too large to scan may export anything; treat it as a module all the same.
    const facts = { ...scanFacts(""), exportsSomething: outcome.kind === "too-large" };
    const isTooLarge = outcome.kind === "too-large";
    return { path, text: "", sizeBytes, ast: null, facts, problem: null, isTooLarge };
  }
  const { text, sizeBytes } = outcome;
  if (!mayParse || sizeBytes > MAX_PARSED_BYTES) {
    const facts = scanFacts(text);
    return { path, text, sizeBytes, ast: null, facts, problem: null, isTooLarge: true };
  }
  const parsed = parseSource(text, path);
  if (parsed.kind === "failed") {
    const problem = {
      file: path,
      line: parsed.line,
      column: parsed.column,
      message: parsed.message,
    };
    const facts = scanFacts(text);
    return { path, text, sizeBytes, ast: null, facts, problem, isTooLarge: false };
  }
  const facts = readFacts(parsed.file);
  return { path, text, sizeBytes, ast: parsed.file, facts, problem: null, isTooLarge: false };
}
