import { readFile, truncate } from "node:fs/promises";
import type { z } from "zod";

/** Lines of a file that only grows, without the one that was being written when its process died. */
export interface WholeLines {
  readonly lines: readonly string[];
  /** Length of the file, bytes. */
  readonly bytes: number;
}

/** Reads a file and cuts off what a kill has torn; null where there is none. */
export async function readWholeLines(path: string): Promise<WholeLines | null> {
  const content = await readFile(path).catch(() => null);
  if (content === null) return null;
  const bytes = content.lastIndexOf("\n") + 1;
  if (bytes < content.length) await truncate(path, bytes);
  return { lines: content.toString("utf8", 0, bytes).split("\n"), bytes };
}

/** What a line of JSON holds; null for an empty or damaged one, and for what does not fit. */
export function parseLine<T>(schema: z.ZodType<T>, line: string): T | null {
  if (line === "") return null;
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
