import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/** How a command was measured, and what it took. */
export interface CpuReading {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly exitCode: number | null;
}

/** Measures the processor time of a command and of all that it starts. */
export interface CpuMeter {
  /** What stands behind the numbers. */
  readonly source: string;
  run(
    argv: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  ): Promise<CpuReading>;
}

const V1 = "/sys/fs/cgroup/cpuacct";
const V2 = "/sys/fs/cgroup";

/**
 * A control group counts every process, whoever reaps it. The `times` of a shell counts those that were waited for,
 * which processes in a sandbox that is killed are not: it is taken only where there is no group to be had.
 */
export function openCpuMeter(): CpuMeter {
  if (takesGroups(V1)) return createGroupMeter(V1, readV1);
  if (existsSync(join(V2, "cgroup.controllers")) && takesGroups(V2))
    return createGroupMeter(V2, readV2);
  return createShellMeter();
}

function createGroupMeter(parent: string, read: (group: string) => number): CpuMeter {
  let count = 0;
  return {
    source: `control group below ${parent}`,
    async run(argv, options) {
      count += 1;
      const group = join(parent, `regoose-bench-${process.pid}-${count}`);
      mkdirSync(group);
      try {
        const script = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
        const { exitCode, wallSeconds } = await execute(["-c", script, group, ...argv], options);
        return { cpuSeconds: read(group), wallSeconds, exitCode };
      } finally {
        await removeGroup(group);
      }
    },
  };
}

function createShellMeter(): CpuMeter {
  return {
    source: "times of a shell: without what nobody waited for",
    async run(argv, options) {
      const script = '"$@"; code=$?; times; exit $code';
      const { stdout, ...rest } = await execute(["-c", script, "sh", ...argv], options);
      const [user = 0, system = 0] = [...stdout.trimEnd().split("\n").slice(-1)]
        .flatMap((line) => line.split(" "))
        .map(toSeconds);
      return { cpuSeconds: user + system, ...rest };
    },
  };
}

async function execute(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Omit<CpuReading, "cpuSeconds"> & { readonly stdout: string }> {
  const startedMs = performance.now();
  const child = spawn("/bin/sh", args, { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { stdout, exitCode, wallSeconds: (performance.now() - startedMs) / 1000 };
}

const readV1 = (group: string): number =>
  Number(readFileSync(join(group, "cpuacct.usage"), "utf8")) / 1e9;

const readV2 = (group: string): number =>
  Number(/usage_usec (\d+)/u.exec(readFileSync(join(group, "cpu.stat"), "utf8"))?.[1]) / 1e6;

/** The last processes of a sandbox may take a moment to be gone. */
async function removeGroup(group: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      rmdirSync(group);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** `1m2.345s` of POSIX `times`. */
function toSeconds(text: string): number {
  const [, minutes = "0", seconds = "0"] = /^(\d+)m([\d.]+)s$/u.exec(text) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

/** Tried, since what access(2) says of a control group proves little. */
function takesGroups(folder: string): boolean {
  const group = join(folder, `regoose-bench-${process.pid}-probe`);
  try {
    mkdirSync(group);
    rmdirSync(group);
    return existsSync(folder);
  } catch {
    return false;
  }
}
