import { open } from "node:fs/promises";

import { RegooseError, toErrno } from "../kernel/errors.ts";

/** Longer issues are cut: what is expected stands at their beginning. */
export const MOST_ISSUE = 8_000;

/**
 * The text of an issue, plain or Markdown, at most {@link MOST_ISSUE} characters of it.
 * @throws TargetNotFound (RGS-1001) where there is no file that can be read
 */
export async function readIssue(path: string): Promise<string> {
  try {
    await using file = await open(path, "r");
    // A character takes at most four bytes; what is cut in the middle of one is no loss.
    const buffer = Buffer.alloc(MOST_ISSUE * 4);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    const text = buffer.toString("utf8", 0, bytesRead).replaceAll("\uFFFD", "");
    return text.slice(0, MOST_ISSUE).trim();
  } catch (cause) {
    throw new RegooseError(
      "RGS-1001",
      `the issue ${path} cannot be read (${toErrno(cause) ?? String(cause)})`,
      {
        hint: "name a file of plain text or Markdown with --issue",
        cause,
      },
    );
  }
}
