import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { toErrno } from "../../kernel/errors.ts";
import { configUnreadable } from "../errors.ts";
import { parseYamlConfig, type YamlOutcome } from "./yaml-source.ts";

/** A configuration file that is there. */
export interface ReadConfig {
  readonly path: string;
  /** Path as people know it. */
  readonly shownAs: string;
  readonly text: string;
  readonly outcome: YamlOutcome;
}

export interface ReadOptions {
  /** Only the user's own file may be a link; one in a project could point anywhere. */
  readonly followsLinks: boolean;
}

const MAX_BYTES = 1_000_000;

/**
 * Reads and parses one file; null when there is none.
 * @throws ConfigUnreadable (RGS-2002)
 */
export async function readConfigFile(
  path: string,
  shownAs: string,
  options: ReadOptions,
): Promise<ReadConfig | null> {
  const bytes = await readBytes(path, options);
  if (bytes === null) return null;
  const text = bytes.toString("utf8");
  return {
    path,
    shownAs,
    text,
    outcome: findBadText(bytes, text, shownAs) ?? parseYamlConfig(text, shownAs),
  };
}

async function readBytes(path: string, { followsLinks }: ReadOptions): Promise<Buffer | null> {
  let handle;
  try {
    const link = followsLinks ? 0 : constants.O_NOFOLLOW;
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | link);
  } catch (failure) {
    const errno = toErrno(failure);
    if (errno === "ENOENT" || errno === "ENOTDIR") return null;
    const why = errno === "ELOOP" ? "it is a symbolic link" : (errno ?? "unknown error");
    throw configUnreadable(path, why, failure);
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw configUnreadable(path, "it is not a regular file");
    if (stats.size > MAX_BYTES) throw configUnreadable(path, "it is larger than 1 MB");
    // What grows meanwhile is cut off here, and then no longer parses as what was measured.
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function findBadText(bytes: Buffer, text: string, source: string): YamlOutcome | null {
  if (isUtf8(bytes)) return null;
  const before = text.slice(0, text.indexOf("\uFFFD")).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  const message = "this is not UTF-8; save the file with that encoding";
  return { kind: "failed", problems: [{ source, line: before.length, column, message }] };
}
