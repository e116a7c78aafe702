import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";

/** What is done to the control group file system. */
export interface CgroupFiles {
  makeFolder(path: string): void;
  removeFolder(path: string): void;
  /** Writes a file that exists; the kernel makes them. */
  write(path: string, text: string): void;
  /** The text of a file, empty when it cannot be read. */
  read(path: string): string;
  /** Names in a folder, none when it cannot be read. */
  list(path: string): readonly string[];
  exists(path: string): boolean;
}

/** The real one. */
export function createCgroupFiles(): CgroupFiles {
  return {
    makeFolder: (path) => {
      mkdirSync(path);
    },
    removeFolder: rmdirSync,
    write: (path, text) => {
      // Without O_CREAT: a missing controller must fail, not leave a file behind.
      writeFileSync(path, text, { flag: "r+" });
    },
    read: (path) => tryOr("", () => readFileSync(path, "utf8")),
    list: (path) => tryOr([], () => readdirSync(path)),
    exists: existsSync,
  };
}

function tryOr<T>(fallback: T, read: () => T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}
