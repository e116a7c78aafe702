import type { Edit } from "../../contract/improve.ts";
import { readHunks } from "./read-hunks.ts";

/** What an answer of an editor holds. Where there is a problem, the answer counts for nothing. */
export interface ReadEdits {
  readonly edits: readonly Edit[];
  /** The line `DONE` stands in it. */
  readonly isDone: boolean;
  /** Sentences for the model. */
  readonly problems: readonly string[];
}

const SEARCH = /^<{5,9} SEARCH\s*$/u;
const MIDDLE = /^={5,9}\s*$/u;
const REPLACE = /^>{5,9} REPLACE\s*$/u;
const FENCE = /^\s*(?:`{3,}|~{3,})/u;

/** Where an answer is read, line by line. */
interface Reader {
  readonly lines: readonly string[];
  index: number;
  /** Path of the block before, for one that follows it at once. */
  path: string | null;
  readonly edits: Edit[];
  readonly problems: string[];
}

/**
 * Reads search-and-replace blocks and unified diffs out of an answer; prose around them is left out. Nothing is guessed: a block that
 * is not closed, has no path, or counts wrong is a problem.
 */
export function parseEdits(answer: string): ReadEdits {
  const reader: Reader = {
    lines: answer.replaceAll("\r\n", "\n").split("\n"),
    index: 0,
    path: null,
    edits: [],
    problems: [],
  };
  let isDone = false;
  while (reader.index < reader.lines.length) {
    const line = reader.lines[reader.index] ?? "";
    if (SEARCH.test(line)) readBlock(reader);
    else if (line.startsWith("--- ") && (reader.lines[reader.index + 1] ?? "").startsWith("+++ ")) {
      readDiff(reader);
    } else {
      isDone ||= line.trim() === "DONE";
      reader.index += 1;
    }
  }
  return { edits: reader.edits, isDone, problems: reader.problems };
}

function readBlock(reader: Reader): void {
  const number = reader.index + 1;
  const path = findPath(reader);
  reader.index += 1;
  const search = readUntil(reader, MIDDLE);
  const replace = search === null ? null : readUntil(reader, REPLACE);
  if (search === null || replace === null) {
    reader.problems.push(
      `the block at line ${String(number)} of your answer is not closed: it needs ======= and >>>>>>> REPLACE, each on a line of its own and once`,
    );
    return;
  }
  if (path === null) {
    reader.problems.push(
      `the block at line ${String(number)} of your answer has no path: the line before <<<<<<< SEARCH has to be the path of the file and nothing else`,
    );
    return;
  }
  reader.path = path;
  reader.edits.push({ path, search, replace, line: null, endsWithBreak: null });
}

/** The lines up to a mark; null where another mark, or the end, comes first. */
function readUntil(reader: Reader, mark: RegExp): readonly string[] | null {
  const taken: string[] = [];
  for (; reader.index < reader.lines.length; reader.index += 1) {
    const line = reader.lines[reader.index] ?? "";
    if (mark.test(line)) {
      reader.index += 1;
      return taken;
    }
    if (SEARCH.test(line) || MIDDLE.test(line) || REPLACE.test(line)) return null;
    taken.push(line);
  }
  return null;
}

/** The path on the last line before a block that says anything; that of the block before, where it follows at once. */
function findPath({ lines, index, path }: Reader): string | null {
  for (let before = index - 1; before >= 0; before -= 1) {
    const line = lines[before] ?? "";
    if (REPLACE.test(line)) return path;
    if (line.trim() === "" || FENCE.test(line)) continue;
    return readPath(line);
  }
  return null;
}

/** `src/a.js`, `**src/a.js**`, `### src/a.js:` or `File: src/a.js`; null for anything else. */
function readPath(line: string): string | null {
  const bare = line
    .trim()
    .replace(/^(?:#+\s*|(?:\/\/|[-*])\s+)?(?:file(?:name)?|path)?\s*:?\s*/iu, "")
    .replace(/^[`*"']+|[`*"':]+$/gu, "");
  return /^\S+\.\w+$/u.test(bare) ? bare : null;
}

function readDiff(reader: Reader): void {
  const before = toName(reader.lines[reader.index] ?? "", "a/");
  const after = toName(reader.lines[reader.index + 1] ?? "", "b/");
  reader.index += 2;
  const read = readHunks(reader.lines, reader.index);
  reader.index = read.next;
  if (read.problem !== null) {
    reader.problems.push(`the diff of ${after}: ${read.problem}`);
    return;
  }
  if (after === "/dev/null") {
    reader.problems.push(`${before}: files are not removed`);
    return;
  }
  if (before !== "/dev/null" && before !== after) {
    reader.problems.push(`${before}: files are not renamed`);
    return;
  }
  reader.path = after;
  reader.edits.push(...read.hunks.map((hunk) => ({ path: after, ...hunk })));
}

/** The name in a header: `--- a/src/x.js` and a time after a tab. */
function toName(header: string, prefix: string): string {
  const name = header.slice(4).split("\t")[0]?.trim() ?? "";
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
