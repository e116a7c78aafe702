import { type FSWatcher, watch } from "node:fs";

/** Tells of changes in some folders, as far as the system does. Whoever relies on it also looks by itself. */
export interface FolderWatch extends Disposable {
  /** Begins to watch what could not be watched before: a folder that is new, or new again. */
  rearm(): void;
}

/**
 * Calls `onEvent` for each change that concerns one of the names, and where the system does not say which. Keeps no
 * process alive. What cannot be watched is not: no such folder, no watches left, a file system that has none.
 */
export function watchFolders(
  folders: readonly string[],
  names: ReadonlySet<string>,
  onEvent: () => void,
): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  let isOpen = true;
  const drop = (folder: string, watcher: FSWatcher): void => {
    watcher.close();
    if (watchers.get(folder) === watcher) watchers.delete(folder);
  };
  const rearm = (): void => {
    for (const folder of isOpen ? folders : []) {
      if (watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false });
        watchers.set(folder, watcher);
        watcher.on("change", (_event, name: string | Buffer | null) => {
          if (name === null || names.has(name.toString())) onEvent();
        });
        watcher.on("error", () => {
          drop(folder, watcher);
          onEvent();
        });
      } catch {
        // The next call tries again.
      }
    }
  };
  rearm();
  return {
    rearm,
    [Symbol.dispose]() {
      isOpen = false;
      for (const [folder, watcher] of watchers) drop(folder, watcher);
    },
  };
}
