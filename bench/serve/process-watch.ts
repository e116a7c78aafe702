import { readFileSync, readdirSync } from "node:fs";

/** Processor time (s) and peak of resident memory (MB) of each run, by kind. */
export type Usage = ReadonlyMap<string, { readonly cpu: number[]; readonly peak: number[] }>;

const TICKS_PER_SECOND = 100;
const LOOK_EVERY_MS = 100;

interface Seen {
  readonly kind: string;
  cpu: number;
  peak: number;
}

/**
 * Looks at the children of the server ten times a second, through /proc: each is one run, with its project on its
 * command line. Their time counts what their own children took, once those were waited for.
 */
export function createProcessWatch(
  serverPid: number,
  projects: readonly { readonly kind: string; readonly folder: string }[],
): { readonly stop: () => void; readonly usage: () => Usage } {
  const seen = new Map<string, Seen>();
  const look = (): void => {
    for (const pid of listChildren(serverPid)) {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // After the name in brackets, which may hold anything: state is field 3.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const cpu = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
        const key = `${pid}:${fields[19] ?? ""}`;
        const known = seen.get(key) ?? toSeen(pid, projects);
        if (known === null) continue;
        const peak = /VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        known.cpu = Math.max(known.cpu, cpu / TICKS_PER_SECOND);
        known.peak = Math.max(known.peak, Number(peak ?? 0) / 1024);
        seen.set(key, known);
      } catch {
        // It has ended in the meantime.
      }
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
    },
    usage() {
      const usage = new Map<string, { cpu: number[]; peak: number[] }>();
      for (const { kind, cpu, peak } of seen.values()) {
        const figures = usage.get(kind) ?? { cpu: [], peak: [] };
        figures.cpu.push(cpu);
        figures.peak.push(peak);
        usage.set(kind, figures);
      }
      return usage;
    },
  };
}

function toSeen(
  pid: string,
  projects: readonly { readonly kind: string; readonly folder: string }[],
): Seen | null {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  const project = projects.find(({ folder }) => words.includes(`--cwd=${folder}`));
  return project === undefined ? null : { kind: project.kind, cpu: 0, peak: 0 };
}

function listChildren(pid: number): string[] {
  try {
    return readdirSync(`/proc/${String(pid)}/task`).flatMap((task) =>
      readFileSync(`/proc/${String(pid)}/task/${task}/children`, "utf8")
        .trim()
        .split(" ")
        .filter((child) => child !== ""),
    );
  } catch {
    return [];
  }
}
