import { rmSync } from "node:fs";
import {
  chmod,
  chown,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { runProcess, type ProcessOutcome } from "./run-process.ts";

/** A uid without an account; files of the work copy belong to it while a suite runs. */
const SANDBOX_UID = 61_234;

export interface BoxCommand {
  /** Host folder shown writable as `/work`, its current directory. */
  readonly workFolder: string;
  /** Host folders shown read-only: path inside → host path. */
  readonly readOnly?: Readonly<Record<string, string>>;
  /** Arguments of Node; paths are paths inside. */
  readonly nodeArgs: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMegabytes?: number;
}

/**
 * The bench's own box, independent of the product's: bubblewrap without network, other users' files
 * or this process's environment. Suites and packages under measurement run nowhere else.
 */
export async function runInBox(command: BoxCommand): Promise<ProcessOutcome> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chownTree(command.workFolder, SANDBOX_UID);
  const drop = isRoot
    ? ["setpriv", "--reuid", String(SANDBOX_UID), "--regid", String(SANDBOX_UID), "--clear-groups"]
    : [];
  const [program = "bwrap", ...args] = [...drop, "bwrap", ...(await toBoxArguments(command))];
  const { timeoutMs } = command;
  return runProcess({ command: program, args, env: { PATH: "/usr/bin:/bin" }, timeoutMs });
}

async function toBoxArguments(command: BoxCommand): Promise<string[]> {
  const environment = {
    PATH: "/opt/node:/usr/bin:/bin",
    HOME: "/tmp",
    TMPDIR: "/tmp",
    LANG: "C.UTF-8",
    TZ: "UTC",
    ...command.env,
  };
  const mounts = Object.entries(command.readOnly ?? {}).flatMap(([inside, host]) => [
    "--ro-bind",
    host,
    inside,
  ]);
  const node = await toNodeFolder();
  return [
    ...[
      "--unshare-all",
      "--unshare-user",
      "--disable-userns",
      "--die-with-parent",
      "--new-session",
    ],
    "--clearenv",
    ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value]),
    ...[
      "--ro-bind",
      "/usr",
      "/usr",
      "--symlink",
      "usr/bin",
      "/bin",
      "--symlink",
      "usr/lib",
      "/lib",
    ],
    ...["--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev"],
    ...["--size", String(256 * 1024 * 1024), "--tmpfs", "/tmp"],
    ...["--ro-bind", node, "/opt/node", "--ro-bind", join(node, "etc"), "/etc", ...mounts],
    ...["--bind", command.workFolder, "/work", "--chdir", "/work"],
    ...["--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--"],
    ...[
      "prlimit",
      "--nproc=512",
      "--nofile=1024",
      "--core=0",
      `--fsize=${String(256 * 1024 * 1024)}`,
    ],
    `--data=${String((command.memoryMegabytes ?? 2048) * 1024 * 1024)}`,
    ...["/opt/node/node", ...command.nodeArgs],
  ];
}

let nodeFolder: Promise<string> | undefined;

/** A folder with a copy of this Node that any user may read: the checkout may stand in a private home. */
function toNodeFolder(): Promise<string> {
  nodeFolder ??= (async () => {
    const folder = join(tmpdir(), `regoose-bench-node-${String(process.pid)}`);
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
    await copyFile(await realpath(process.execPath), join(folder, "node"));
    await chmod(join(folder, "node"), 0o755);
    // StrykerJS talks to its workers over localhost, which is a name to look up.
    await mkdir(join(folder, "etc"));
    await writeFile(join(folder, "etc/hosts"), "127.0.0.1 localhost\n");
    await writeFile(join(folder, "etc/nsswitch.conf"), "hosts: files\n");
    process.once("exit", () => {
      rmSync(folder, { recursive: true, force: true });
    });
    return folder;
  })();
  return nodeFolder;
}

/** Whether any user may enter the folder, so that it can be shown in the box without a copy. */
export async function isOpenToAll(folder: string): Promise<boolean> {
  for (let path = await realpath(folder); ; path = dirname(path)) {
    if (((await lstat(path)).mode & 0o005) !== 0o005) return false;
    if (path === dirname(path)) return true;
  }
}

/** A fresh folder that the sandbox's user can enter. */
export async function createBoxFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-bench-"));
  await chmod(folder, 0o755);
  return folder;
}

async function chownTree(path: string, uid: number): Promise<void> {
  const status = await lstat(path);
  if (status.isSymbolicLink()) return;
  if (status.uid !== uid) await chown(path, uid, uid);
  if (!status.isDirectory()) return;
  for (const name of await readdir(path)) await chownTree(join(path, name), uid);
}

/** Removes a folder that a box wrote into. */
export async function removeBoxFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 2 });
}
