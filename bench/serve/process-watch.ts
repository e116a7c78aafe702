import { existsSync, readFileSync, readdirSync } from "node:fs";
import { openRunGroup, type RunGroup } from "./run-group.ts";

/** What one run used: processor time (s) and peak of memory (MB), of its kind of project. */
export interface RunUsage {
  readonly kind: string;
  readonly cpu: number;
  readonly peak: number;
}

const TICKS_PER_SECOND = 100;
const LOOK_EVERY_MS = 100;

interface Seen {
  readonly kind: string;
  readonly pid: string;
  readonly group: RunGroup | null;
  /** Processor time before it joined its group, s. */
  readonly before: number;
  cpu: number;
  peak: number;
  /** Its process is gone, and its group was read for the last time. */
  hasEnded: boolean;
}

export interface ProcessWatch {
  readonly stop: () => void;
  readonly usage: () => readonly RunUsage[];
  /** False where some run could not be given a group: what its sandboxes reaped is missing then. */
  readonly isWhole: () => boolean;
}

/**
 * Looks at the children of the server ten times a second, through /proc: each is one run, with its project on its
 * command line. Each is given a control group, which counts what all its descendants take.
 */
export function createProcessWatch(
  serverPid: number,
  projects: readonly { readonly kind: string; readonly folder: string }[],
): ProcessWatch {
  const seen = new Map<string, Seen>();
  const look = (): void => {
    for (const pid of listChildren(serverPid)) {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // After the name in brackets, which may hold anything: state is field 3.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const cpu =
          fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
        const key = `${pid}:${fields[19] ?? ""}`;
        const known = seen.get(key) ?? toSeen(pid, cpu, projects);
        if (known === null) continue;
        seen.set(key, known);
        const peak = /VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        known.cpu = Math.max(known.cpu, cpu);
        known.peak = Math.max(known.peak, Number(peak ?? 0) / 1024);
      } catch {
        // It has ended in the meantime.
      }
    }
    for (const one of seen.values()) readGroup(one);
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
    },
    usage: () => [...seen.values()].map(({ kind, cpu, peak }) => ({ kind, cpu, peak })),
    isWhole: () => [...seen.values()].every(({ group }) => group !== null),
  };
}

function readGroup(one: Seen): void {
  if (one.group === null || one.hasEnded) return;
  one.hasEnded = !existsSync(`/proc/${one.pid}`);
  one.cpu = one.before + one.group.cpu();
  one.peak = one.group.peak() ?? one.peak;
  if (one.hasEnded) one.group.remove();
}

function toSeen(
  pid: string,
  before: number,
  projects: readonly { readonly kind: string; readonly folder: string }[],
): Seen | null {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  const project = projects.find(({ folder }) => words.includes(`--cwd=${folder}`));
  return project === undefined
    ? null
    : {
        kind: project.kind,
        pid,
        group: openRunGroup(pid),
        before,
        cpu: before,
        peak: 0,
        hasEnded: false,
      };
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
