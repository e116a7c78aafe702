import { harnessLineSchema, type HarnessLine } from "../contract/harness.ts";

/** Result lines of one process, and what was wrong with the file that held them. */
export interface ReadLines {
  readonly lines: readonly HarnessLine[];
  /** Null when every line was readable. */
  readonly problem: string | null;
}

const MAX_LINES = 1_000_000;
const MAX_LINE_CHARS = 4_000_000;

/**
 * Reads a result file that a hostile process may have written. A line that is not as agreed is left
 * out and named; a last line without an end is what a killed process leaves and is no problem.
 */
export function readLines(content: Buffer | null, isTruncated: boolean): ReadLines {
  if (content === null) return { lines: [], problem: "the runner left no results" };
  const texts = content.toString("utf8").split("\n");
  texts.pop();
  const lines: HarnessLine[] = [];
  let problem = isTruncated ? "the result file is too large" : null;
  if (texts.length > MAX_LINES) problem = `the result file has ${texts.length} lines`;
  for (const text of texts.slice(0, MAX_LINES)) {
    const line = text.length > MAX_LINE_CHARS ? null : readLine(text);
    if (line === null) problem ??= `unreadable result line: ${text.slice(0, 120)}`;
    else lines.push(line);
  }
  return { lines, problem };
}

function readLine(text: string): HarnessLine | null {
  try {
    const parsed = harnessLineSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
