import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The folder that holds runs: the nearest one upwards with `.regoose` or `package.json`, else `cwd` itself. */
export function detectRoot(cwd: string): string {
  let folder = resolve(cwd);
  for (;;) {
    if (existsSync(join(folder, ".regoose")) || existsSync(join(folder, "package.json")))
      return folder;
    const parent = dirname(folder);
    if (parent === folder) return resolve(cwd);
    folder = parent;
  }
}
