import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A host folder that is laid over the project's copy; removed when disposed. */
export interface Layer extends AsyncDisposable {
  readonly path: string;
}

/**
 * Writes files into a new folder that an unprivileged user can read.
 *
 * @param files folder-relative POSIX path → content; paths that leave the folder are refused
 */
export async function createLayer(
  scratchFolder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Layer> {
  await mkdir(scratchFolder, { recursive: true });
  const path = await mkdtemp(join(scratchFolder, "regoose-layer-"));
  const layer: Layer = {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
  try {
    await chmod(path, 0o755);
    for (const [name, content] of Object.entries(files)) {
      if (!isInside(name)) throw new RangeError(`a layer cannot hold ${JSON.stringify(name)}`);
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), content, { mode: 0o644 });
    }
    return layer;
  } catch (failure) {
    await layer[Symbol.asyncDispose]();
    throw failure;
  }
}

function isInside(name: string): boolean {
  return !name.startsWith("/") && !name.split("/").some((part) => part === ".." || part === "");
}
