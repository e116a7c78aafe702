import type { Edit } from "../../contract/improve.ts";

type Hunk = Omit<Edit, "path">;

/** The hunks of one file, and the line after them. */
export interface ReadHunks {
  readonly hunks: readonly Hunk[];
  readonly next: number;
  /** Null where all of them are whole. */
  readonly problem: string | null;
}

const HEADER = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/u;

/** Reads hunks of a unified diff (POSIX diff, "Diff -u Output Format") as long as they follow one another. */
export function readHunks(lines: readonly string[], start: number): ReadHunks {
  const hunks: Hunk[] = [];
  let next = start;
  for (;;) {
    const header = HEADER.exec(lines[next] ?? "");
    if (header === null) break;
    const [text, olds = "1", first = "0", news = "1"] = header;
    const body = readBody(lines, next + 1, { olds: Number(olds), news: Number(news) });
    next = body.next;
    if (body.problem !== null) return { hunks, next, problem: `${text} ${body.problem}` };
    const { search, replace, endsWithBreak } = body;
    // Where the lines stand once the hunks before are applied; an empty range names the line before it.
    const line = Number(news) === 0 ? Number(first) + 1 : Number(first);
    hunks.push({ search, replace, endsWithBreak, line });
  }
  const problem = hunks.length === 0 ? "it has no hunk that begins with @@ -1,2 +1,2 @@" : null;
  return { hunks, next, problem };
}

interface Body extends Omit<Hunk, "line"> {
  readonly next: number;
  readonly problem: string | null;
}

function readBody(
  lines: readonly string[],
  start: number,
  { olds, news }: { readonly olds: number; readonly news: number },
): Body {
  const search: string[] = [];
  const replace: string[] = [];
  let endsWithBreak: boolean | null = null;
  let next = start;
  const isFull = (): boolean => search.length >= olds && replace.length >= news;
  for (; next < lines.length && !isFull(); next += 1) {
    // Blanks at the end of a line get lost on the way, also the one that is all there is of an empty line.
    const line = lines[next] === "" ? " " : (lines[next] ?? "");
    const [sign, text] = [line[0], line.slice(1)];
    if (sign === " " || sign === "-") search.push(text);
    if (sign === " " || sign === "+") replace.push(text);
    if (sign === "\\") endsWithBreak = !isOfNew(lines[next - 1] ?? "");
    else if (sign !== " " && sign !== "-" && sign !== "+") break;
  }
  if (isFull() && (lines[next] ?? "").startsWith("\\")) {
    endsWithBreak = !isOfNew(lines[next - 1] ?? "");
    next += 1;
  }
  // What still looks like a part of the hunk has not been counted; a header of the next file is none.
  const rest = lines[next] ?? "";
  const isLonger = /^[ +-]/u.test(rest) && !/^(?:--- |\+\+\+ )/u.test(rest);
  const isRight = search.length === olds && replace.length === news && !isLonger;
  return {
    ...{ search, replace, endsWithBreak, next },
    problem: isRight
      ? null
      : "counts lines that are not there, or leaves some out; search-and-replace blocks need no counts",
  };
}

/** Whether a line stands in the new file. */
const isOfNew = (line: string): boolean => !line.startsWith("-");
