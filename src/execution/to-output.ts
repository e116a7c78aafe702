import type { SandboxResult } from "../ports/sandbox.ts";

const TAIL = 8_000;

/** The tail of what a process printed, for people. */
export function toOutput({ stdout, stderr }: Pick<SandboxResult, "stdout" | "stderr">): string {
  return [stdout, stderr]
    .map((text) => text.trim().slice(-TAIL))
    .filter((text) => text !== "")
    .join("\n");
}
