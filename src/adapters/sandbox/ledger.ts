import { lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAtExit } from "../owned-folder.ts";
import { isDeadOwner, isSameProcess, toProcessOwner } from "../process-owner.ts";
import { SandboxSetupFailed } from "./errors.ts";
import { isRoot } from "./host-tools.ts";
import { canReach } from "./staging.ts";

/**
 * Where sandboxes keep host-side files, one folder an owning process: `<temp>/regoose-<uid>/<pid>-<starttime>`.
 * The folder's name is the ledger entry: it exists before anything is put into it, so whatever a dead
 * owner left can be found and removed, and nothing else.
 */
export interface Ledger {
  /** `<pid>-<starttime>` of this process; also names its cgroups. */
  readonly owner: string;
  /** This process's folder, created on first use and removed when the process exits. */
  home(): string;
  /** A new empty folder in {@link Ledger.home}, mode 0755. */
  createFolder(prefix: string): Promise<string>;
  /**
   * Writes down a process that was started, as `<pid>-<starttime>`; answers how to strike it out. A `pid`
   * below 2 was none.
   */
  enter(pid: number): () => void;
  /** Kills the processes and removes the folders of owners proven dead; answers one line each. */
  sweep(): Promise<readonly string[]>;
}

/** Opens the ledger under `tempRoot`. Touches no file before first use. */
export function openLedger(tempRoot: string = tmpdir()): Ledger {
  const owner = toProcessOwner().replace(":", "-");
  const root = toRoot(tempRoot);
  let created: string | null = null;
  const home = (): string => {
    if (created !== null) return created;
    takePrivateFolder(root);
    const folder = join(root, owner);
    takePrivateFolder(folder);
    created = folder;
    removeAtExit(folder);
    return folder;
  };
  return {
    owner,
    home,
    async createFolder(prefix) {
      const folder = await mkdtemp(join(home(), `${prefix}-`));
      // mkdtemp makes it 0700; the sandboxed user has to get through.
      await chmod(folder, 0o755);
      return folder;
    },
    enter(pid) {
      if (pid < 2) return () => undefined;
      const entry = join(home(), `${STARTED}${toProcessOwner(pid).replace(":", "-")}`);
      try {
        writeFileSync(entry, "");
      } catch {
        // A full disk is no reason to stop: where we die, the process most likely dies with us all the same.
      }
      return () => {
        rmSync(entry, { force: true });
      };
    },
    async sweep() {
      const removed: string[] = [];
      for (const path of await listLedgerLeftovers(tempRoot)) {
        for (const pid of await killStarted(path)) removed.push(`killed ${String(pid)}`);
        await rm(path, { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
        removed.push(`removed ${path}`);
      }
      return removed;
    },
  };
}

/** Paths of the homes whose owners are proven dead. */
export async function listLedgerLeftovers(tempRoot: string = tmpdir()): Promise<readonly string[]> {
  const root = toRoot(tempRoot);
  const names = await readdir(root).catch(() => []);
  return names.filter(isDeadOwner).map((name) => join(root, name));
}

function toRoot(tempRoot: string): string {
  return join(toReachableFolder(tempRoot), `regoose-${process.getuid?.() ?? 0}`);
}

const STARTED = "started-";

/** Most die with their owner; where the system has no such tie, they are found here. Answers whom it killed. */
async function killStarted(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const owner = /^started-(\d+)-(\d+)$/u.exec(name);
    const pid = Number(owner?.[1] ?? 0);
    // Anything else may have this number by now.
    if (pid < 2 || !isSameProcess(`${String(pid)}:${owner?.[2] ?? "0"}`)) return [];
    return kill(-pid) || kill(pid) ? [pid] : [];
  });
}

function kill(target: number): boolean {
  try {
    return process.kill(target, "SIGKILL");
  } catch {
    return false;
  }
}

/** Root's temp folder may be private, but the user that root drops to has to read from it. */
function toReachableFolder(tempRoot: string): string {
  if (!isRoot()) return tempRoot;
  return [tempRoot, "/var/tmp", "/tmp"].find((one) => canReach(join(one, "x"))) ?? tempRoot;
}

/** Creates a folder, or takes an existing one only if nobody else can have put anything into it. */
function takePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o755, recursive: false });
    return;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new SandboxSetupFailed(
        `could not create ${folder}: ${String((failure as NodeJS.ErrnoException).code)}`,
        "point TMPDIR at a folder that can be written to and has room",
        failure,
      );
    }
  }
  const stat = lstatSync(folder);
  const isOurs = stat.isDirectory() && stat.uid === (process.getuid?.() ?? stat.uid);
  if (isOurs && (stat.mode & 0o022) === 0) return;
  throw new SandboxSetupFailed(
    `${folder} exists, but is not a private folder of this user`,
    "remove it, or point TMPDIR elsewhere",
  );
}
