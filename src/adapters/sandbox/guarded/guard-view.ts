import { realpathSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { toEntryPath } from "../../../kernel/entry-url.ts";
import type { SandboxSpec } from "../../../ports/sandbox.ts";
import { SandboxSetupFailed } from "../errors.ts";
import { canReach, copyForOthers, isTreeReadable } from "../staging.ts";
import type { GuardedDependency } from "./guard-modules.ts";

/** Host paths of one guarded sandbox, where the guarded user can read them. */
export interface GuardedView {
  /** The sandbox's own folder. */
  readonly root: string;
  readonly node: string;
  readonly preload: string;
  readonly readable: readonly string[];
  /** @throws RangeError for a name the spec does not have. */
  mountPath(name: string): string;
  /** Dependency folders, nearest first, for a work copy at `work`. */
  dependenciesFor(work: string): readonly GuardedDependency[];
}

/** Finds, or copies below `root`, everything that the guarded process reads. */
export async function createGuardedView(
  spec: SandboxSpec,
  root: string,
  dropsUser: boolean,
): Promise<GuardedView> {
  let copies = 0;
  const show = async (hostPath: string, depth: number): Promise<string> => {
    const real = toRealPath(hostPath);
    if (!dropsUser || (canReach(real) && isTreeReadable(real, depth))) return real;
    copies += 1;
    const copy = join(root, `copy-${copies}`, basename(hostPath));
    await mkdir(dirname(copy));
    await copyForOthers(real, copy);
    return copy;
  };
  const showDependency = async (hostPath: string): Promise<string> => {
    const shown = await show(hostPath, 2);
    if (basename(shown) === "node_modules") return shown;
    // Node looks for a folder of that name. The link stands where nothing may be written.
    copies += 1;
    const link = join(root, `copy-${copies}`, "node_modules");
    await mkdir(dirname(link));
    await symlink(shown, link);
    return link;
  };
  const node = await show(process.execPath, 0);
  const preload = toEntryPath(import.meta.url, "./guard-preload");
  const guard = await show(dirname(preload), 1);
  const mounts = new Map<string, string>();
  for (const { name, hostPath } of spec.mounts) mounts.set(name, await show(hostPath, 2));
  const dependencies: { readonly folder: string; readonly levelsUp: number }[] = [];
  for (const { hostPath, levelsUp } of spec.dependencies) {
    dependencies.push({ folder: await showDependency(hostPath), levelsUp });
  }
  dependencies.sort((a, b) => a.levelsUp - b.levelsUp);
  return {
    root,
    node,
    preload: join(guard, basename(preload)),
    readable: [
      guard,
      ...mounts.values(),
      ...dependencies.flatMap(({ folder }) => [folder, realpathSync(folder)]),
    ],
    mountPath(name) {
      const path = mounts.get(name);
      if (path === undefined) throw new RangeError(`this sandbox has no mount named ${name}`);
      return path;
    },
    dependenciesFor: (work) =>
      dependencies.map(({ folder, levelsUp }) => ({ above: toAncestor(work, levelsUp), folder })),
  };
}

function toAncestor(path: string, levelsUp: number): string {
  let folder = path;
  for (let level = 0; level < levelsUp; level += 1) folder = dirname(folder);
  return folder;
}

function toRealPath(hostPath: string): string {
  try {
    return realpathSync(hostPath);
  } catch (failure) {
    throw new SandboxSetupFailed(
      `${hostPath} is to be shown in the sandbox, but is not there`,
      "was it removed while Regoose ran? Run the command again",
      failure,
    );
  }
}
