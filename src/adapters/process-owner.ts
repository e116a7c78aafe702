import { readFileSync } from "node:fs";
import { isZombie } from "./sandbox/zombie.ts";

/** `pid:starttime`: names one process for good, since a reused pid has another start time. */
export function toProcessOwner(pid: number = process.pid): string {
  return `${pid}:${readStartTime(pid) ?? "0"}`;
}

/** False only when the owner is proven dead; an unreadable owner counts as alive. */
export function isOwnerAlive(owner: string): boolean {
  const [pidText, startTime] = owner.split(":");
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
  } catch (failure) {
    // EPERM means that it exists under another user.
    return (failure as NodeJS.ErrnoException).code === "EPERM";
  }
  // In a container without an init, a killed owner may stay a zombie for good.
  if (isZombie(pid)) return false;
  const present = readStartTime(pid);
  return present === null || startTime === "0" || present === startTime;
}

/**
 * True only where `pid` still runs and is the very process that had this start time; without /proc
 * nothing can be proven, and nothing is.
 */
export function isSameProcess(owner: string): boolean {
  const [pid, startTime] = owner.split(":");
  if (startTime === undefined || startTime === "0") return false;
  return readStartTime(Number(pid)) === startTime && !isZombie(Number(pid));
}

/** True where that very process is stopped: by SIGSTOP, Ctrl-Z or a debugger. Never where there is no /proc. */
export function isOwnerStopped(owner: string): boolean {
  return isSameProcess(owner) && /^[Tt]$/u.test(readStat(Number(owner.split(":")[0]))?.[0] ?? "");
}

/** True when `name` starts with `<pid>-<starttime>` of a process that is proven dead. */
export function isDeadOwner(name: string): boolean {
  const match = /^(\d+)-(\d+)(?:-.*)?$/u.exec(name);
  if (match === null) return false;
  return !isOwnerAlive(`${match[1] ?? ""}:${match[2] ?? ""}`);
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)); null where there is no /proc. */
function readStartTime(pid: number): string | null {
  return readStat(pid)?.[19] ?? null;
}

/** The fields of `/proc/<pid>/stat` from the third on, which is the state; null where there is no /proc. */
function readStat(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name, field 2, may hold spaces and parentheses: count from its end.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
