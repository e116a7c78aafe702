import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

import type { SourceOverlay } from "../contract/mutant.ts";
import type { ProjectInfo } from "../contract/project.ts";
import { DisposeStack } from "../kernel/dispose.ts";
import { toCodeRoot, toEntryPath } from "../kernel/entry-url.ts";
import type { Sandbox, SandboxBackend, SandboxLimits } from "../ports/sandbox.ts";

/** Which version of the sources a sandbox holds. */
export type BuildName = "counters" | "mutants" | "plain";

/** The sandboxes of one search, one for each build, created when first wanted. */
export interface Workspace extends AsyncDisposable {
  open(build: BuildName): Promise<Sandbox>;
  /** Tells what the `build` overlays the sources with; before `open`. */
  setOverlay(build: BuildName, overlay: SourceOverlay): Promise<void>;
  /** Files of the build that are JavaScript by now, whatever their names say. */
  listTranspiled(build: BuildName): readonly string[];
  /** The worker's entry file inside a sandbox. */
  entryIn(sandbox: Sandbox): string;
}

const MIB = 1024 * 1024;

/** Enough for Node with a heap of 900 MiB, and for target code that builds large values. */
const LIMITS: SandboxLimits = {
  memoryBytes: 2048 * MIB,
  totalMemoryBytes: 3072 * MIB,
  processes: 256,
  fileBytes: 64 * MIB,
  workBytes: 1024 * MIB,
  outputBytes: 16 * MIB,
};

const CODE_MOUNT = "code";

/**
 * Prepares the sandboxes of a search. `layers` are the folders that make up the project copy;
 * overlays are written below `folder`.
 */
export function createWorkspace(input: {
  readonly sandboxes: Pick<SandboxBackend, "create">;
  readonly project: ProjectInfo;
  readonly layers: readonly string[];
  readonly folder: string;
}): Workspace {
  const { sandboxes, project, layers, folder } = input;
  const owned = new DisposeStack();
  const overlays = new Map<BuildName, string>();
  const transpiled = new Map<BuildName, readonly string[]>();
  const opened = new Map<BuildName, Promise<Sandbox>>();
  const codeRoot = toCodeRoot();
  const entry = relative(codeRoot, toEntryPath(import.meta.url, "./worker/entry"));
  return {
    async setOverlay(build, overlay) {
      const target = join(folder, `overlay-${build}`);
      owned.defer(() => rm(target, { recursive: true, force: true }));
      await rm(target, { recursive: true, force: true });
      await mkdir(target, { recursive: true, mode: 0o755 });
      for (const [path, content] of Object.entries(overlay)) {
        const file = join(target, path);
        await mkdir(dirname(file), { recursive: true, mode: 0o755 });
        await writeFile(file, content, { mode: 0o644 });
      }
      overlays.set(build, target);
      transpiled.set(
        build,
        Object.keys(overlay).filter((path) => /\.[cm]?ts$/u.test(path)),
      );
    },
    listTranspiled: (build) => transpiled.get(build) ?? [],
    open(build) {
      const known = opened.get(build);
      if (known !== undefined) return known;
      const overlay = overlays.get(build);
      const created = sandboxes
        .create({
          layers: overlay === undefined ? layers : [...layers, overlay],
          dependencies: project.dependencyFolders,
          mounts: [{ hostPath: codeRoot, name: CODE_MOUNT }],
          limits: LIMITS,
        })
        .then(async (sandbox) => {
          if (!owned.disposed) return owned.use(sandbox);
          // The search was given up while this was being made.
          await sandbox[Symbol.asyncDispose]();
          throw new Error("the search is over");
        });
      // Whoever waits for it learns of it; where nobody does any more, nobody needs to.
      created.catch(() => undefined);
      opened.set(build, created);
      return created;
    },
    entryIn: (sandbox) => join(sandbox.pathOf(CODE_MOUNT), entry),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}
