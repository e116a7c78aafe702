import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

import { sha256 } from "../../kernel/hash.ts";

/** One hash over all files and links below a folder, by path and content. */
export async function hashTree(folder: string): Promise<string> {
  const entries: (readonly [string, string])[] = [];
  const walk = async (below: string): Promise<void> => {
    const found = await readdir(join(folder, below), { withFileTypes: true });
    for (const entry of found) {
      const path = join(below, entry.name);
      const full = join(folder, path);
      if (entry.isDirectory()) await walk(path);
      else if (entry.isSymbolicLink()) entries.push([path, `-> ${await readlink(full)}`]);
      else if (entry.isFile()) entries.push([path, sha256(await readFile(full))]);
    }
  };
  await walk("");
  return sha256(JSON.stringify(entries.sort(([left], [right]) => (left < right ? -1 : 1))));
}
