import { mkdir, realpath, rename, stat, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createConfigUnwritable } from "../errors.ts";

/**
 * Replaces a configuration file by one rename, so that no reader ever sees half of it. A link stays one: what it leads to is replaced.
 * @throws ConfigUnwritable (RGS-7012)
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const real = await realpath(path).catch(() => path);
  const staged = `${real}.regoose-${process.pid}`;
  try {
    const { mode } = await stat(real);
    await writeFile(staged, text, { flag: "wx", mode });
    await rename(staged, real);
  } catch (failure) {
    await unlink(staged).catch(() => undefined);
    throw createConfigUnwritable(path, failure);
  }
}

/**
 * Writes a configuration file where there is none.
 * @throws ConfigUnwritable (RGS-7012), also where one has come there meanwhile
 */
export async function createFile(path: string, text: string, mode: number): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text, { flag: "wx", mode });
  } catch (failure) {
    throw createConfigUnwritable(path, failure);
  }
}
