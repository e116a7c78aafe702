import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";

import { toErrno } from "../../kernel/errors.ts";

/** A file of JSON lines that only grows. */
export interface LineFile {
  /** Writes a line after those before it; it is on disk once this answers. */
  append(line: unknown): Promise<void>;
}

/** Opens the file at `path` for more lines; it and its folder are made with the first one. */
export function openLineFile(path: string): LineFile {
  let last: Promise<void> = Promise.resolve();
  let isChecked = false;
  async function write(text: string): Promise<void> {
    if (!isChecked) await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "a+", 0o600);
    try {
      // A line that was being written when the process died ends here and is passed over by readers.
      const isTorn = !isChecked && !(await endsWell(file));
      await file.appendFile(isTorn ? `\n${text}` : text);
      await file.sync();
      isChecked = true;
    } finally {
      await file.close();
    }
  }
  return {
    append(line) {
      const text = `${JSON.stringify(line)}\n`;
      const written = last.then(() => write(text));
      // Whoever appended hears of a failure; the line after it is tried all the same.
      last = written.catch(() => undefined);
      return written;
    },
  };
}

async function endsWell(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === "\n";
}

/** The lines of a file that are whole, parsed; none where there is no file. */
export async function readLineFile(path: string): Promise<readonly unknown[]> {
  const text = await readFile(path, "utf8").catch((failure: unknown) => {
    if (toErrno(failure) === "ENOENT") return "";
    throw failure;
  });
  return text.split("\n").flatMap((line): readonly unknown[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}
