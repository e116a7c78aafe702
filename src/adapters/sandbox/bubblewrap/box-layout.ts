import type { SandboxSpec } from "../../../ports/sandbox.ts";

/** Folder inside on one size-limited tmpfs; the work copy is in it, and so are its upper folders. */
export const BOX_ROOT = "/box";
/** Where Node's binary is shown inside. */
export const BOX_NODE_FOLDER = "/opt/regoose/bin";
const MOUNT_ROOT = "/regoose";
const LAYER_ROOT = "/layers";

/** Where things are inside. */
export interface BoxLayout {
  readonly work: string;
  pathOf(name: string): string;
  layerPath(index: number): string;
  dependencyPath(levelsUp: number): string;
}

/**
 * Lays out one sandbox: work at `/box/project`, one folder deeper for each level above 1 that a
 * dependency folder wants. A mount named `code` is at `/regoose/code`; names may hold slashes, and a
 * mount named `node_modules` serves every mount beside it.
 * @throws RangeError for a name that leaves the mount folder, or a level below 0.
 */
export function createBoxLayout(spec: Pick<SandboxSpec, "dependencies" | "mounts">): BoxLayout {
  const deepest = Math.max(1, ...spec.dependencies.map((one) => one.levelsUp));
  const parents = [BOX_ROOT];
  for (let level = 1; level < deepest; level += 1) parents.push(`up${level}`);
  const folders = [...parents, "project"];
  const work = folders.join("/");
  const names = new Set(spec.mounts.map((mount) => checkMountName(mount.name)));
  return {
    work,
    pathOf(name) {
      if (name === "work") return work;
      if (!names.has(name)) throw new RangeError(`this sandbox has no mount named ${name}`);
      return `${MOUNT_ROOT}/${name}`;
    },
    layerPath: (index) => `${LAYER_ROOT}/${index}`,
    dependencyPath(levelsUp) {
      if (!Number.isInteger(levelsUp) || levelsUp < 0 || levelsUp >= folders.length) {
        throw new RangeError(`a dependency folder cannot be ${levelsUp} levels up`);
      }
      return `${folders.slice(0, folders.length - levelsUp).join("/")}/node_modules`;
    },
  };
}

function checkMountName(name: string): string {
  const isPlain = name.split("/").every((part) => /^[\w.@-]+$/u.test(part) && !/^\.+$/u.test(part));
  if (isPlain && name !== "work") return name;
  throw new RangeError(`${JSON.stringify(name)} is not a name for a mount`);
}
