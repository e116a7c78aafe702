import { readFileSync } from "node:fs";

/** True for a process that has ended and waits to be reaped (state Z in proc(5)). */
export function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name before the state may hold anything, parentheses too.
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
