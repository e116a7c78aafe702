import { realpathSync, statSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DisposeStack } from "../../../kernel/dispose.ts";
import type { SandboxSpec } from "../../../ports/sandbox.ts";
import { SandboxSetupFailed } from "../errors.ts";
import type { Ledger } from "../ledger.ts";
import { canReach, copyForOthers, isTreeReadable } from "../staging.ts";
import type { BoxBind } from "./box-arguments.ts";
import type { BoxLayout } from "./box-layout.ts";

/** Host paths of one box, as bwrap can reach them. */
export interface ShownPaths {
  readonly binds: readonly BoxBind[];
  /** To be bound, as root, before the user is dropped. */
  readonly mounts: readonly { readonly from: string; readonly to: string }[];
}

export interface ShowOptions {
  /** True when bwrap runs as a user without rights to our files. */
  readonly dropsUser: boolean;
  /** True when root may make a mount namespace of its own here. */
  readonly canMount: boolean;
}

/** Layers are small and come from us, so they are checked whole; dependency folders only near the top. */
const LAYER_DEPTH = 64;
const SHALLOW_DEPTH = 2;

/**
 * Decides how each host path of the spec gets into the box. A path that the dropped user cannot reach
 * (under a private home) is bound from outside where that works, else copied; one with files closed to
 * others is copied. The user's files are only ever read.
 */
export async function showHostPaths(
  spec: SandboxSpec,
  layout: BoxLayout,
  ledger: Ledger,
  options: ShowOptions,
  resources: DisposeStack,
): Promise<ShownPaths> {
  const binds: BoxBind[] = [];
  const mounts: { from: string; to: string }[] = [];
  for (const { hostPath, boxPath, depth } of listWanted(spec, layout)) {
    const real = toRealPath(hostPath);
    const isOpen = !options.dropsUser || isTreeReadable(real, depth);
    if (isOpen && (!options.dropsUser || canReach(real))) {
      binds.push({ hostPath: real, boxPath });
      continue;
    }
    const folder = await ledger.createFolder("shown");
    resources.defer(() => rm(folder, { recursive: true, force: true }));
    const shown = join(folder, "it");
    if (isOpen && options.canMount) {
      await (statSync(real).isDirectory() ? mkdir(shown) : writeFile(shown, ""));
      mounts.push({ from: real, to: shown });
    } else {
      await copyForOthers(real, shown);
    }
    binds.push({ hostPath: shown, boxPath });
  }
  return { binds, mounts };
}

function listWanted(
  spec: SandboxSpec,
  layout: BoxLayout,
): { hostPath: string; boxPath: string; depth: number }[] {
  return [
    ...spec.layers.map((hostPath, index) => ({
      hostPath,
      boxPath: layout.layerPath(index),
      depth: LAYER_DEPTH,
    })),
    ...spec.dependencies.map(({ hostPath, levelsUp }) => ({
      hostPath,
      boxPath: layout.dependencyPath(levelsUp),
      depth: SHALLOW_DEPTH,
    })),
    ...spec.mounts.map(({ hostPath, name }) => ({
      hostPath,
      boxPath: layout.pathOf(name),
      depth: SHALLOW_DEPTH,
    })),
  ];
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
