import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../../../kernel/clock.ts";
import { toErrno } from "../../../kernel/errors.ts";
import { isDeadOwner } from "../ledger.ts";

/** What all processes of one box together may use. */
export interface CgroupLimits {
  readonly memoryBytes: number;
  readonly processes: number;
}

/** The control groups of one box. */
export interface BoxCgroup {
  /** Files that a process writes its own id into to join. */
  readonly joinFiles: readonly string[];
  /** True when the kernel killed a process in it for memory. */
  hasRunOutOfMemory(): boolean;
  /**
   * Has the groups removed once they are empty, which takes some milliseconds more than the command;
   * see {@link CgroupFactory.idle}. What stays busy is left to the sweep.
   */
  release(): void;
}

/** Makes control groups where this process may. */
export interface CgroupFactory {
  readonly version: 1 | 2;
  create(limits: CgroupLimits): BoxCgroup;
  /** Resolves when every released group is gone, or given up. */
  idle(): Promise<void>;
  /** Kills and removes what dead owners left; answers one line each. */
  sweep(): readonly string[];
}

export interface CgroupDeps {
  readonly clock: Clock;
}

export interface CgroupOptions {
  /** `<pid>-<starttime>` of this process. */
  readonly owner: string;
  /** Mount point of the control group file systems. @defaultValue `/sys/fs/cgroup` */
  readonly root?: string;
  /** The membership of this process. @defaultValue `/proc/self/cgroup` */
  readonly membershipFile?: string;
}

/** One controller's folder in which groups can be made, and how its limits are written. */
interface Hierarchy {
  readonly folder: string;
  readonly toSettings: (limits: CgroupLimits) => readonly (readonly [string, string])[];
  readonly oomFile: string | null;
}

const PREFIX = "regoose-";
const V1_MEMORY = {
  toSettings: ({ memoryBytes }: CgroupLimits) =>
    [
      ["memory.limit_in_bytes", String(memoryBytes)],
      ["?memory.memsw.limit_in_bytes", String(memoryBytes)],
    ] as const,
  oomFile: "memory.oom_control",
};
const V1_PIDS = {
  toSettings: ({ processes }: CgroupLimits) => [["pids.max", String(processes)]] as const,
  oomFile: null,
};
const V2 = {
  toSettings: ({ memoryBytes, processes }: CgroupLimits) =>
    [
      ["memory.max", String(memoryBytes)],
      ["?memory.swap.max", "0"],
      ["?memory.oom.group", "1"],
      ["?pids.max", String(processes)],
    ] as const,
  oomFile: "memory.events",
};

/**
 * Finds where control groups can be made, by making one; null, with the reason, where they cannot
 * (the usual case for a user without delegation).
 */
export function openCgroups(
  deps: CgroupDeps,
  options: CgroupOptions,
): { readonly factory: CgroupFactory | null; readonly problem: string | null } {
  const root = options.root ?? "/sys/fs/cgroup";
  const membership = readText(options.membershipFile ?? "/proc/self/cgroup");
  const layouts: { version: 1 | 2; hierarchies: Hierarchy[] }[] = [
    ...listV1(root, membership).map((hierarchies) => ({ version: 1 as const, hierarchies })),
    ...listV2(root, membership).map((hierarchies) => ({ version: 2 as const, hierarchies })),
  ];
  let problem = "no memory controller is mounted";
  for (const { version, hierarchies } of layouts) {
    const factory = createFactory(deps, options.owner, version, hierarchies);
    try {
      const trial = factory.create({ memoryBytes: 64 * 1024 * 1024, processes: 16 });
      trial.release();
      return { factory, problem: null };
    } catch (failure) {
      problem = `${hierarchies[0]?.folder ?? root}: ${toErrno(failure) ?? String(failure)}`;
    }
  }
  return { factory: null, problem };
}

function listV1(root: string, membership: string): Hierarchy[][] {
  const memory = findV1Folder(root, membership, "memory");
  if (memory === null) return [];
  const pids = findV1Folder(root, membership, "pids");
  return [
    [{ folder: memory, ...V1_MEMORY }, ...(pids === null ? [] : [{ folder: pids, ...V1_PIDS }])],
  ];
}

function findV1Folder(root: string, membership: string, controller: string): string | null {
  const path = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, "mu").exec(membership);
  if (path === null) return null;
  const mount = join(root, controller);
  // In a container the membership may be told as the host sees it, while the mount starts lower.
  return [join(mount, path[1] ?? ""), mount].find((folder) => existsSync(folder)) ?? null;
}

/** Own group first, then the one above: a group with processes in it cannot have limited children. */
function listV2(root: string, membership: string): Hierarchy[][] {
  const path = /^0::(.*)$/mu.exec(membership)?.[1];
  if (path === undefined || !existsSync(join(root, "cgroup.controllers"))) return [];
  const own = join(root, path);
  const folders = path === "/" ? [own] : [own, dirname(own)];
  return folders.map((folder) => [{ folder, ...V2 }]);
}

function createFactory(
  deps: CgroupDeps,
  owner: string,
  version: 1 | 2,
  hierarchies: readonly Hierarchy[],
): CgroupFactory {
  let created = 0;
  const releasing = new Set<Promise<void>>();
  return {
    version,
    create(limits) {
      created += 1;
      const name = `${PREFIX}${owner}-${created}`;
      const folders: string[] = [];
      try {
        for (const { folder, toSettings } of hierarchies) {
          const group = join(folder, name);
          mkdirSync(group);
          folders.push(group);
          for (const [file, value] of toSettings(limits)) writeSetting(group, file, value);
        }
      } catch (failure) {
        for (const group of folders) tryRemove(group);
        throw failure;
      }
      return {
        joinFiles: folders.map((group) => join(group, "cgroup.procs")),
        hasRunOutOfMemory: () =>
          hierarchies.some(
            ({ folder, oomFile }) => oomFile !== null && hasOomKill(join(folder, name, oomFile)),
          ),
        release() {
          const removing = Promise.all(folders.map((group) => removeGroup(deps.clock, group))).then(
            () => {
              releasing.delete(removing);
            },
          );
          releasing.add(removing);
        },
      };
    },
    async idle() {
      await Promise.all(releasing);
    },
    sweep: () => hierarchies.flatMap(({ folder }) => sweepFolder(folder)),
  };
}

/** A leading `?` marks a setting that not every kernel has. */
function writeSetting(group: string, file: string, value: string): void {
  const isOptional = file.startsWith("?");
  const path = join(group, file.replace("?", ""));
  try {
    // Opened without O_CREAT: a missing controller must fail, not leave a file behind.
    writeFileSync(path, value, { flag: "r+" });
  } catch (failure) {
    if (!isOptional) throw failure;
  }
}

function hasOomKill(path: string): boolean {
  const count = /^oom_kill (\d+)$/mu.exec(readText(path))?.[1];
  return count !== undefined && Number(count) > 0;
}

/** Processes that are being torn down keep a group busy for some milliseconds. */
async function removeGroup(clock: Clock, group: string): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if (tryRemove(group)) return;
    await clock.sleep(5 + attempt * 2);
  }
}

function tryRemove(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (failure) {
    return toErrno(failure) === "ENOENT";
  }
}

function sweepFolder(folder: string): string[] {
  const removed: string[] = [];
  for (const name of listFolder(folder)) {
    if (!name.startsWith(PREFIX) || !isDeadOwner(name.slice(PREFIX.length))) continue;
    const group = join(folder, name);
    for (const pid of readText(join(group, "cgroup.procs")).split("\n")) killMember(Number(pid));
    if (tryRemove(group)) removed.push(`removed ${group}`);
  }
  return removed;
}

function killMember(pid: number): void {
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
