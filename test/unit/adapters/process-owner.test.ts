import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isOwnerStopped, toProcessOwner } from "../../../src/adapters/process-owner.ts";

const ME = toProcessOwner();

test("a process that works is not stopped, nor is one that nobody knows", () => {
  expect(isOwnerStopped(ME)).toBe(false);
  expect(isOwnerStopped(`${String(process.pid)}:1`)).toBe(false);
  expect(isOwnerStopped("")).toBe(false);
});

test.skipIf(process.platform !== "linux")("a process after SIGSTOP is, until SIGCONT", async () => {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  try {
    const pid = child.pid ?? 0;
    const owner = toProcessOwner(pid);
    child.kill("SIGSTOP");
    await reach(() => readState(pid) === "T");
    expect(isOwnerStopped(owner)).toBe(true);
    expect(isOwnerStopped(`${String(pid)}:1`)).toBe(false);
    child.kill("SIGCONT");
    await reach(() => readState(pid) !== "T");
    expect(isOwnerStopped(owner)).toBe(false);
  } finally {
    child.kill("SIGKILL");
  }
});

function readState(pid: number): string {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "";
}

async function reach(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setImmediate(resolve));
}
