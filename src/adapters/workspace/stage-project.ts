import { existsSync } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { RUN_FOLDER } from "../../contract/run-folder.ts";
import { RegooseError, toErrno } from "../../kernel/errors.ts";
import { createMachineBusy, isBusy } from "../../kernel/machine-busy.ts";
import { createOwnedFolder } from "../owned-folder.ts";

/** Never copied: dependencies are shown read-only, the rest is history, output or secrets, or would be taken for ours. */
const LEFT_OUT = new Set([
  "node_modules",
  ".git",
  ".hg",
  ".svn",
  ".regoose",
  RUN_FOLDER,
  "coverage",
  ".nyc_output",
  ".stryker-tmp",
  ".cache",
  "__pycache__",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".tox",
  ".nox",
]);
const SECRETS = /^(?:\.env(?:\..*)?|\.npmrc|\.netrc|.*\.pem|.*\.key|id_[rd]sa.*)$/u;

/** Largest project that is copied, bytes. A source package above this has build output in it. */
const MAX_STAGED_BYTES = 512 * 1024 * 1024;

/** A private copy of the project outside it. Disposing removes it. */
export interface StagedProject extends AsyncDisposable {
  /** Absolute folder, readable by any user. */
  readonly folder: string;
  /** Creates an empty sibling folder for a layer (overlay, tests, …). */
  createLayer(name: string): Promise<string>;
}

/**
 * Copies a project without dependencies, history and secrets. Symbolic links are kept only where they
 * stay inside the project.
 * @throws ProjectTooLarge (RGS-1012), StagingFailed (RGS-7011: disk full, unreadable file),
 * MachineBusy (RGS-7504)
 */
export async function stageProject(root: string): Promise<StagedProject> {
  const owned = await createOwnedFolder("stage");
  const home = owned.path;
  try {
    await chmod(home, 0o755);
    const folder = join(home, "project");
    const budget = { bytes: MAX_STAGED_BYTES };
    await copyTree({ root, from: root, to: folder, budget });
    return {
      folder,
      async createLayer(name) {
        const layer = join(home, name);
        await mkdir(layer, { recursive: true });
        return layer;
      },
      [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await owned[Symbol.asyncDispose]();
    if (failure instanceof RegooseError) throw failure;
    throw createStagingFailed(root, failure);
  }
}

interface CopyJob {
  readonly root: string;
  readonly from: string;
  readonly to: string;
  readonly budget: { bytes: number };
}

async function copyTree(job: CopyJob): Promise<void> {
  await mkdir(job.to, { recursive: true });
  for (const entry of await readdir(job.from, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name) || SECRETS.test(entry.name)) continue;
    const from = join(job.from, entry.name);
    const to = join(job.to, entry.name);
    if (entry.isDirectory()) {
      // A virtual environment of Python (PEP 405): dependencies, shown read-only where they are needed.
      if (!existsSync(join(from, "pyvenv.cfg"))) await copyTree({ ...job, from, to });
    } else if (entry.isSymbolicLink()) await copyLink(job.root, from, to);
    else if (entry.isFile()) await copyOne(job, from, to);
  }
}

async function copyOne(job: CopyJob, from: string, to: string): Promise<void> {
  const { size, mode } = await lstat(from);
  job.budget.bytes -= size;
  if (job.budget.bytes < 0) throw createProjectTooLarge(job.root);
  await copyFile(from, to);
  await chmod(to, (mode & 0o111) === 0 ? 0o644 : 0o755);
}

async function copyLink(root: string, from: string, to: string): Promise<void> {
  const target = await readlink(from);
  const inside = relative(root, resolve(dirname(from), target));
  if (inside.startsWith("..") || resolve(target) === target) return;
  await symlink(target, to);
}

function createProjectTooLarge(root: string): RegooseError {
  return new RegooseError("RGS-1012", `${root} holds more than 512 MiB besides node_modules`, {
    hint: "point regoose at the package folder inside it, or remove build output from the folder",
  });
}

function createStagingFailed(root: string, cause: unknown): RegooseError {
  if (isBusy(cause)) return createMachineBusy(`could not copy ${root}`, cause);
  const errno = toErrno(cause);
  return new RegooseError(
    "RGS-7011",
    `could not copy ${root} to ${tmpdir()}: ${errno ?? String(cause)}`,
    {
      hint:
        errno === "ENOSPC" || errno === "EDQUOT"
          ? "free some space, or point TMPDIR at a file system that has room"
          : "check that every file of the project can be read",
      cause,
    },
  );
}
