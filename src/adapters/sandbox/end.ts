import { constants } from "node:os";
import type { SandboxEnd } from "../../ports/sandbox.ts";
import type { ProcessExit } from "./boxed-process.ts";

const SIGNAL_BASE = 128;
/** What V8 and glibc say when memory ends (V8 then aborts; with a limit, mmap fails first). */
const OUT_OF_MEMORY =
  /heap out of memory|Fatal process out of memory|OOM error in V8|std::bad_alloc|Array buffer allocation failed/iu;

/**
 * The end of a command. `shellCode` is its exit code as a shell saw it, where 128 + n stands for signal
 * n (a program that exits with such a code itself cannot be told apart); null when none came.
 * `ranOutOfMemory` says that the kernel killed something in it for memory.
 */
export function toEnd(
  exit: ProcessExit,
  shellCode: number | null,
  ranOutOfMemory: boolean,
): SandboxEnd {
  switch (exit.killedFor) {
    case "timed-out":
    case "setup-timed-out":
      return { kind: "timed-out", afterMs: exit.durationMs };
    // A file too many is output too; the port has no end of its own for it.
    case "disk-exceeded":
    case "output-exceeded":
      return { kind: "output-exceeded" };
    case "cancelled":
      return { kind: "cancelled" };
    case "killed":
    case null:
      break;
  }
  const code = shellCode ?? (exit.signal === null ? exit.code : null);
  const signal = code === null ? (exit.signal ?? "SIGKILL") : toSignal(code);
  const diedHard = signal !== null && signal !== "SIGTERM" && signal !== "SIGINT";
  const hasFailed = signal !== null || code !== 0;
  if (hasFailed && ranOutOfMemory) return { kind: "memory-exceeded" };
  if (diedHard && OUT_OF_MEMORY.test(exit.stderr)) return { kind: "memory-exceeded" };
  if (signal !== null) return { kind: "signalled", signal };
  return { kind: "exited", code: code ?? 0 };
}

function toSignal(code: number): string | null {
  const number = code - SIGNAL_BASE;
  if (number < 1 || number > 31) return null;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}
