import { totalmem } from "node:os";
import { dirname, join } from "node:path";
import type { Clock } from "../../../kernel/clock.ts";
import { toErrno } from "../../../kernel/errors.ts";
import { isDeadOwner } from "../../process-owner.ts";
import { createCgroupFiles, type CgroupFiles } from "./cgroup-files.ts";

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
  sweep(): Promise<readonly string[]>;
}

export interface CgroupDeps {
  readonly clock: Clock;
  /** The control group file system; a fake one in tests, since only the kernel makes real ones. */
  readonly files?: CgroupFiles;
}

export interface CgroupOptions {
  /** `<pid>-<starttime>` of this process. */
  readonly owner: string;
  /** What all boxes of this process together may use, bytes. @defaultValue four fifths of the machine's */
  readonly runMemoryBytes?: number;
  /** Mount point of the control group file systems. @defaultValue `/sys/fs/cgroup` */
  readonly root?: string;
  /** The membership of this process. @defaultValue `/proc/self/cgroup` */
  readonly membershipFile?: string;
}

/** One controller's folder in which groups can be made, and how its limits are written. */
interface Hierarchy {
  readonly folder: string;
  readonly toSettings: (limits: CgroupLimits) => Settings;
  /** Of the group that all groups of this process stand in. */
  readonly toRunSettings: (memoryBytes: number) => Settings;
  readonly oomFile: string | null;
}

type Settings = readonly (readonly [string, string])[];

const PREFIX = "regoose-";
const V1_MEMORY = {
  toSettings: ({ memoryBytes }: CgroupLimits) =>
    [
      ["memory.limit_in_bytes", String(memoryBytes)],
      ["?memory.memsw.limit_in_bytes", String(memoryBytes)],
    ] as const,
  toRunSettings: (memoryBytes: number) =>
    [
      // Kernels before 5.11 count children only where this is set.
      ["?memory.use_hierarchy", "1"],
      ["memory.limit_in_bytes", String(memoryBytes)],
      ["?memory.memsw.limit_in_bytes", String(memoryBytes)],
    ] as const,
  oomFile: "memory.oom_control",
};
const V1_PIDS = {
  toSettings: ({ processes }: CgroupLimits) => [["pids.max", String(processes)]] as const,
  toRunSettings: () => [],
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
  toRunSettings: (memoryBytes: number) =>
    [
      ["memory.max", String(memoryBytes)],
      // Without these, groups inside have no limits of their own.
      ["cgroup.subtree_control", "+memory"],
      ["?cgroup.subtree_control", "+pids"],
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
  const files = deps.files ?? createCgroupFiles();
  const root = options.root ?? "/sys/fs/cgroup";
  const membership = files.read(options.membershipFile ?? "/proc/self/cgroup");
  const layouts: { version: 1 | 2; hierarchies: Hierarchy[] }[] = [
    ...listV1(files, root, membership).map((hierarchies) => ({ version: 1 as const, hierarchies })),
    ...listV2(files, root, membership).map((hierarchies) => ({ version: 2 as const, hierarchies })),
  ];
  let problem = "no memory controller is mounted";
  for (const { version, hierarchies } of layouts) {
    const factory = createFactory({ ...deps, files }, options, version, hierarchies);
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

function listV1(files: CgroupFiles, root: string, membership: string): Hierarchy[][] {
  const memory = findV1Folder(files, root, membership, "memory");
  if (memory === null) return [];
  const pids = findV1Folder(files, root, membership, "pids");
  return [
    [{ folder: memory, ...V1_MEMORY }, ...(pids === null ? [] : [{ folder: pids, ...V1_PIDS }])],
  ];
}

function findV1Folder(
  files: CgroupFiles,
  root: string,
  membership: string,
  controller: string,
): string | null {
  const path = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, "mu").exec(membership);
  if (path === null) return null;
  const mount = join(root, controller);
  // In a container the membership may be told as the host sees it, while the mount starts lower.
  return [join(mount, path[1] ?? ""), mount].find((folder) => files.exists(folder)) ?? null;
}

/** Own group first, then the one above: a group with processes in it cannot have limited children. */
function listV2(files: CgroupFiles, root: string, membership: string): Hierarchy[][] {
  const path = /^0::(.*)$/mu.exec(membership)?.[1];
  if (path === undefined || !files.exists(join(root, "cgroup.controllers"))) return [];
  const own = join(root, path);
  const folders = path === "/" ? [own] : [own, dirname(own)];
  return folders.map((folder) => [{ folder, ...V2 }]);
}

function createFactory(
  deps: Required<CgroupDeps>,
  { owner, runMemoryBytes = toRunMemory() }: CgroupOptions,
  version: 1 | 2,
  hierarchies: readonly Hierarchy[],
): CgroupFactory {
  const { clock, files } = deps;
  const run = `${PREFIX}${owner}`;
  let created = 0;
  const releasing = new Set<Promise<void>>();
  return {
    version,
    create(limits) {
      // Another backend of this process may have used a number already.
      do created += 1;
      while (hierarchies.some(({ folder }) => files.exists(join(folder, run, toName(created)))));
      const name = join(run, toName(created));
      const folders = makeGroups(files, hierarchies, name, { limits, runMemoryBytes });
      return {
        joinFiles: folders.map((group) => join(group, "cgroup.procs")),
        hasRunOutOfMemory: () =>
          hierarchies.some(
            ({ folder, oomFile }) =>
              oomFile !== null && hasOomKill(files.read(join(folder, name, oomFile))),
          ),
        release() {
          const removing = Promise.all(
            folders.map(async (group) => {
              await removeGroup({ clock, files }, group);
              // Goes with the last one in it, and is made again with the next.
              tryRemove(files, dirname(group));
            }),
          ).then(() => {
            releasing.delete(removing);
          });
          releasing.add(removing);
        },
      };
    },
    async idle() {
      await Promise.all(releasing);
    },
    async sweep() {
      const removed: string[] = [];
      for (const { folder } of hierarchies)
        removed.push(...(await sweepFolder({ clock, files }, folder)));
      return removed;
    },
  };
}

/** Makes the box's group in each hierarchy, and the run's around it; all or none. */
function makeGroups(
  files: CgroupFiles,
  hierarchies: readonly Hierarchy[],
  name: string,
  { limits, runMemoryBytes }: { readonly limits: CgroupLimits; readonly runMemoryBytes: number },
): string[] {
  const groups: string[] = [];
  try {
    for (const { folder, toSettings, toRunSettings } of hierarchies) {
      const group = join(folder, name);
      groups.push(group);
      makeRunGroup(files, dirname(group), toRunSettings(runMemoryBytes));
      files.makeFolder(group);
      for (const [file, value] of toSettings(limits)) writeSetting(files, group, file, value);
    }
    return groups;
  } catch (failure) {
    for (const group of groups) {
      tryRemove(files, group);
      tryRemove(files, dirname(group));
    }
    throw failure;
  }
}

const BOX = "box-";

function toName(number: number): string {
  return `${BOX}${String(number)}`;
}

/** Enough left for this process and for the rest of the machine, or of the container. */
function toRunMemory(): number {
  const own = process.constrainedMemory();
  return Math.floor(Math.min(totalmem(), own > 0 ? own : Infinity) * 0.8);
}

function makeRunGroup(files: CgroupFiles, group: string, settings: Settings): void {
  try {
    files.makeFolder(group);
  } catch (failure) {
    if (toErrno(failure) === "EEXIST") return;
    throw failure;
  }
  for (const [file, value] of settings) writeSetting(files, group, file, value);
}

/** A leading `?` marks a setting that not every kernel has. */
function writeSetting(files: CgroupFiles, group: string, file: string, value: string): void {
  const isOptional = file.startsWith("?");
  const path = join(group, file.replace("?", ""));
  try {
    files.write(path, value);
  } catch (failure) {
    if (!isOptional) throw failure;
  }
}

function hasOomKill(events: string): boolean {
  const count = /^oom_kill (\d+)$/mu.exec(events)?.[1];
  return count !== undefined && Number(count) > 0;
}

/** Processes that are being torn down keep a group busy for some milliseconds. */
async function removeGroup(
  { clock, files }: Required<CgroupDeps>,
  group: string,
): Promise<boolean> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if (tryRemove(files, group)) return true;
    await clock.sleep(5 + attempt * 2);
  }
  return false;
}

function tryRemove(files: CgroupFiles, group: string): boolean {
  try {
    files.removeFolder(group);
    return true;
  } catch (failure) {
    return toErrno(failure) === "ENOENT";
  }
}

async function sweepFolder(deps: Required<CgroupDeps>, folder: string): Promise<string[]> {
  const { files } = deps;
  const removed: string[] = [];
  for (const name of files.list(folder)) {
    if (!name.startsWith(PREFIX) || !isDeadOwner(name.slice(PREFIX.length))) continue;
    const group = join(folder, name);
    const boxes = files.list(group).filter((one) => one.startsWith(BOX));
    for (const one of [...boxes.map((box) => join(group, box)), group]) {
      for (const pid of files.read(join(one, "cgroup.procs")).split("\n")) killMember(Number(pid));
      if (await removeGroup(deps, one)) removed.push(`removed ${one}`);
    }
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
