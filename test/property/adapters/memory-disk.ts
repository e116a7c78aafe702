import { basename, dirname } from "node:path";
import type fc from "fast-check";
import type { LogMachine } from "../../../src/adapters/store/run-log-files.ts";

/** Files of several processes, whose every call takes place when the scheduler says so, and then at once. */
export interface MemoryDisk {
  readonly files: Map<string, string>;
  /** Appends from this one on, counted from 0, leave half of their text and fail, as on a full disk. */
  fullFrom: number;
  /** Appends that find room again. */
  fullUntil: number;
}

export function aDisk(): MemoryDisk {
  return { files: new Map(), fullFrom: Infinity, fullUntil: Infinity };
}

class DiskError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** One process on the disk. `isAlive`: whom it takes for alive; in a container of its own a process sees no other. */
export function aMachine(
  scheduler: fc.Scheduler,
  disk: MemoryDisk,
  owner: string,
  isAlive: (owner: string) => boolean,
): LogMachine {
  const { files } = disk;
  let appends = 0;
  const later = <T>(label: string, work: () => T): Promise<T> =>
    scheduler.schedule(Promise.resolve(label), `${owner} ${label}`).then(work);
  const read = (path: string): string => {
    const text = files.get(path);
    if (text === undefined) throw new DiskError("ENOENT");
    return text;
  };
  const make = (path: string, text: string): void => {
    if (files.has(path)) throw new DiskError("EEXIST");
    files.set(path, text);
  };
  const append = (path: string, text: string): void => {
    const isFull = appends >= disk.fullFrom && appends < disk.fullUntil;
    appends += 1;
    files.set(path, read(path) + (isFull ? text.slice(0, text.length / 2) : text));
    if (isFull) throw new DiskError("ENOSPC");
  };
  const truncate = (path: string, size: number): void =>
    void files.set(path, read(path).slice(0, size));
  const fake = {
    makeFolder: () => Promise.resolve(),
    syncFolder: () => Promise.resolve(),
    link: (from: string, to: string) =>
      later("link", () => {
        make(to, read(from));
      }),
    readdir: (folder: string) =>
      later("readdir", () =>
        [...files.keys()].filter((path) => dirname(path) === folder).map((path) => basename(path)),
      ),
    readFile: (path: string, encoding?: string) =>
      later("readFile", () => (encoding === undefined ? Buffer.from(read(path)) : read(path))),
    rename: (from: string, to: string) =>
      later("rename", () => {
        files.set(to, read(from));
        files.delete(from);
      }),
    rm: (path: string) => later("rm", () => void files.delete(path)),
    truncate: (path: string, size: number) =>
      later("truncate", () => {
        truncate(path, size);
      }),
    writeFile: (path: string, text: string | Buffer, { flag = "w" } = {}) =>
      later("writeFile", () => {
        if (flag === "wx") make(path, String(text));
        else files.set(path, String(text));
      }),
    open: (path: string) =>
      later("open", () => {
        if (!files.has(path)) files.set(path, "");
        return {
          stat: () => later("stat", () => ({ size: read(path).length })),
          appendFile: (text: string) =>
            later("append", () => {
              append(path, text);
            }),
          truncate: (size: number) =>
            later("truncate", () => {
              truncate(path, size);
            }),
          sync: () => Promise.resolve(),
          close: () => Promise.resolve(),
        };
      }),
  };
  return { files: fake as unknown as LogMachine["files"], owner: () => owner, isAlive };
}
