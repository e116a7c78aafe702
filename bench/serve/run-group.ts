import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A control group of the kernel that holds one run with everything it starts. */
export interface RunGroup {
  /** Processor time of all its processes since they joined, s. */
  cpu(): number;
  /** Most memory that all of them held together, page cache included, MB; null where the kernel does not say. */
  peak(): number | null;
  /** Removes the group once it is empty; while it is not, nothing happens. */
  remove(): void;
}

const MOUNT = "/sys/fs/cgroup";
const NAME = "regoose-bench-serve";

/**
 * Puts a process, and what it starts from now on, into a group of its own. What a sandbox reaps counts nowhere else:
 * the times of children in `/proc` hold only those that somebody in the run waited for.
 *
 * @returns null where groups cannot be made, as without root.
 */
export function openRunGroup(pid: string): RunGroup | null {
  try {
    return existsSync(join(MOUNT, "cgroup.controllers")) ? openUnified(pid) : openLegacy(pid);
  } catch {
    return null;
  }
}

function openUnified(pid: string): RunGroup {
  const folder = join(MOUNT, NAME, pid);
  mkdirSync(folder, { recursive: true });
  for (const parent of [MOUNT, join(MOUNT, NAME)]) {
    writeFileSync(join(parent, "cgroup.subtree_control"), "+memory");
  }
  writeFileSync(join(folder, "cgroup.procs"), pid);
  return {
    cpu: () =>
      Number(/usage_usec (\d+)/u.exec(readFileSync(join(folder, "cpu.stat"), "utf8"))?.[1]) / 1e6,
    peak: () => readMegabytes(join(folder, "memory.peak")),
    remove: () => {
      removeEmpty(folder);
    },
  };
}

function openLegacy(pid: string): RunGroup {
  const folders = ["cpuacct", "memory"].map((controller) => join(MOUNT, controller, NAME, pid));
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cgroup.procs"), pid);
  }
  const [cpu = "", memory = ""] = folders;
  return {
    cpu: () => Number(readFileSync(join(cpu, "cpuacct.usage"), "utf8")) / 1e9,
    peak: () => readMegabytes(join(memory, "memory.max_usage_in_bytes")),
    remove: () => {
      folders.forEach(removeEmpty);
    },
  };
}

function readMegabytes(path: string): number | null {
  return existsSync(path) ? Number(readFileSync(path, "utf8")) / 1024 / 1024 : null;
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something of the run still lives: the group goes with it.
  }
}
