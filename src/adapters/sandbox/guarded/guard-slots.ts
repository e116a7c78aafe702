import {
  chmod,
  chown,
  copyFile,
  lchown,
  lstat,
  mkdir,
  readdir,
  readlink,
  rm,
  symlink,
} from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { DROPPED_ID } from "../host-tools.ts";

/** A place for one work copy at a time. All slots of a sandbox have paths of equal length. */
export interface Slot {
  readonly work: string;
  readonly temp: string;
  /** Folder above both; what grows is measured here. */
  readonly folder: string;
}

/** The slots of one sandbox. */
export interface SlotPool {
  /** Path of the work copy as callers know it, wherever a command really runs. */
  readonly canonicalWork: string;
  /** Takes the lowest free slot and fills it from the layers. */
  take(): Promise<Slot>;
  /** Empties a slot for the next command. */
  giveBack(slot: Slot): Promise<void>;
}

export interface SlotOptions {
  readonly root: string;
  readonly layers: readonly string[];
  /** True when work copies are handed to the dropped user. */
  readonly dropsUser: boolean;
}

/** Creates the pool; nothing is written before the first {@link SlotPool.take}. */
export function createSlotPool(options: SlotOptions): SlotPool {
  const taken = new Set<number>();
  const indexes = new Map<string, number>();
  const toSlot = (index: number): Slot => {
    const folder = join(options.root, String(index).padStart(4, "0"));
    return { folder, work: join(folder, "project"), temp: join(folder, "tmp") };
  };
  return {
    canonicalWork: toSlot(0).work,
    async take() {
      let index = 0;
      while (taken.has(index)) index += 1;
      taken.add(index);
      const slot = toSlot(index);
      indexes.set(slot.folder, index);
      try {
        await mkdir(slot.work, { recursive: true });
        await mkdir(slot.temp, { recursive: true });
        for (const layer of options.layers) await copyLayer(layer, layer, slot.work);
        if (options.dropsUser) await handOver(slot.folder);
        return slot;
      } catch (failure) {
        await this.giveBack(slot);
        throw failure;
      }
    },
    async giveBack(slot) {
      await rm(slot.folder, { recursive: true, force: true, maxRetries: 3 });
      taken.delete(indexes.get(slot.folder) ?? -1);
    },
  };
}

async function copyLayer(root: string, from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      await mkdir(target, { recursive: true });
      await copyLayer(root, source, target);
    } else if (entry.isSymbolicLink()) {
      await copyLink(root, source, target);
    } else if (entry.isFile()) {
      await rm(target, { force: true });
      await copyFile(source, target);
      const { mode } = await lstat(source);
      await chmod(target, (mode & 0o777) | 0o600);
    }
  }
}

/** The permission model follows links, so only those that stay within the work copy are kept. */
async function copyLink(root: string, from: string, to: string): Promise<void> {
  const text = await readlink(from);
  const isInside = resolve(dirname(from), text).startsWith(root + sep) && !text.startsWith(sep);
  if (!isInside) return;
  await rm(to, { force: true });
  await symlink(text, to);
}

async function handOver(path: string): Promise<void> {
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) {
    await lchown(path, DROPPED_ID, DROPPED_ID);
    return;
  }
  await chown(path, DROPPED_ID, DROPPED_ID);
  if (!stat.isDirectory()) return;
  for (const name of await readdir(path)) await handOver(join(path, name));
}
