import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import type { ErrorBody } from "../../../src/contract/envelope.ts";
import type { CallEvent, CallSnapshot } from "../../../src/ports/outside-calls.ts";
import type { SandboxEnd } from "../../../src/ports/sandbox.ts";

/** What `busy-main.ts` prints. */
export interface BusyOutcome {
  readonly end: SandboxEnd | null;
  readonly error: Pick<ErrorBody, "code" | "name" | "class" | "hint"> | null;
  readonly events: readonly CallEvent[];
  readonly snapshot: CallSnapshot;
}

/** A sandboxed command of a process without file descriptors, which come back or do not. */
export async function runWithoutDescriptors(mode: "recover" | "stay"): Promise<BusyOutcome> {
  const child = spawn(
    "/bin/sh",
    [
      ...["-c", 'ulimit -n 4096 && exec "$0" "$@"'],
      ...[process.execPath, join(import.meta.dirname, "busy-main.ts"), mode],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  return JSON.parse(await text(child.stdout)) as BusyOutcome;
}
