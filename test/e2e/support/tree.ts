import { createHash } from "node:crypto";
import { lstat, readFile, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

/** What stands at each path of a tree: kind, mode, owner, time of change and content. */
export type TreePrint = Readonly<Record<string, string>>;

/**
 * Fingerprints a tree without following links. `leftOut` paths (relative, POSIX) are skipped whole;
 * the folders above them keep kind and mode but not their time, which changes with what is left out.
 */
export async function fingerprint(
  root: string,
  leftOut: readonly string[] = [],
): Promise<TreePrint> {
  const prints: Record<string, string> = {};
  const visit = async (path: string): Promise<void> => {
    if (leftOut.includes(path)) return;
    const full = join(root, path);
    const { mode, uid, gid, mtimeMs, nlink } = await lstat(full);
    const isOnTheWay = leftOut.some((one) => path === "." || one.startsWith(`${path}/`));
    const stat = [mode.toString(8), uid, gid, isOnTheWay ? "-" : mtimeMs];
    const kind = mode & 0o170000;
    if (kind === 0o040000) {
      prints[path] = ["folder", ...stat].join(" ");
      for (const name of await readdir(full)) await visit(path === "." ? name : `${path}/${name}`);
    } else if (kind === 0o120000) {
      prints[path] = ["link", ...stat, await readlink(full)].join(" ");
    } else {
      const hash = createHash("sha256")
        .update(await readFile(full))
        .digest("hex");
      prints[path] = ["file", ...stat, nlink, hash].join(" ");
    }
  };
  await visit(".");
  return prints;
}
