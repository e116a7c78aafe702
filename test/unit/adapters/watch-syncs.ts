import { readdirSync, readlinkSync, statSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

/** A file or folder that was put on disk, and for a folder the names that it held then. */
export interface Synced {
  readonly path: string;
  readonly names: readonly string[];
}

/** Notes each fsync of this process until it is disposed. */
export async function watchSyncs(): Promise<{ readonly seen: Synced[] } & Disposable> {
  const probe = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(probe) as Pick<FileHandle, "sync">;
  await probe.close();
  const original = Object.getOwnPropertyDescriptor(prototype, "sync")!;
  const sync = original.value as (this: FileHandle) => Promise<void>;
  const seen: Synced[] = [];
  Object.defineProperty(prototype, "sync", {
    ...original,
    value(this: FileHandle) {
      const path = readlinkSync(`/proc/self/fd/${String(this.fd)}`);
      seen.push({ path, names: statSync(path).isDirectory() ? readdirSync(path) : [] });
      return sync.call(this);
    },
  });
  return {
    seen,
    [Symbol.dispose]() {
      Object.defineProperty(prototype, "sync", original);
    },
  };
}
