import { open, rename, stat } from "node:fs/promises";
import { join } from "node:path";

/** Lines about what a server did by itself, on disk before the promise resolves. */
export interface AuditLog {
  /** @returns false where the disk did not take it */
  append(record: object): Promise<boolean>;
}

/** Files of an audit log, newest first. */
export const AUDIT_FILES = ["audit.ndjson", "audit.1.ndjson"] as const;

/** Some ten thousand lines; the file before is kept as well, and the one before that is not. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Appends to `audit.ndjson` of the folder, in the order of the calls. */
export function openAuditLog(
  folder: string,
  options: { readonly mostBytes: number } = { mostBytes: MOST_BYTES },
): AuditLog {
  const [present, previous] = AUDIT_FILES.map((name) => join(folder, name)) as [string, string];
  let tail: Promise<unknown> = Promise.resolve();
  const write = async (line: string): Promise<boolean> => {
    try {
      const size = await stat(present).then(
        (stats) => stats.size,
        () => 0,
      );
      if (size + line.length > options.mostBytes) await rename(present, previous);
      const file = await open(present, "a", 0o600);
      try {
        await file.appendFile(line);
        await file.sync();
      } finally {
        await file.close();
      }
      return true;
    } catch {
      // A disk without room is what some rules are for: they work without a line of it.
      return false;
    }
  };
  return {
    append(record) {
      const written = tail.then(() => write(`${JSON.stringify(record)}\n`));
      tail = written;
      return written;
    },
  };
}
