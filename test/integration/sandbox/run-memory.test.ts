import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { openCgroups, type BoxCgroup } from "../../../src/adapters/sandbox/bubblewrap/cgroup.ts";
import { toProcessOwner } from "../../../src/adapters/process-owner.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";

const MIB = 1024 * 1024;
const clock = createSystemClock();

/** Takes 150 MiB in a group and holds on to them for a moment. Answers the signal that ended it. */
function eat(group: BoxCgroup): Promise<string | null> {
  const code = "globalThis.kept = Buffer.alloc(150 * 1048576, 1); setTimeout(() => 0, 1500)";
  const join = group.joinFiles.map((_file, index) => `echo $$ > "$${String(index + 2)}"`);
  const script = `${join.join(" && ")} && exec "$0" -e "$1"`;
  const args = ["-c", script, process.execPath, code, ...group.joinFiles];
  const child = spawn("/bin/sh", args, { stdio: "ignore" });
  return new Promise((resolve) =>
    child.once("exit", (_code, signal) => {
      resolve(signal);
    }),
  );
}

test(
  "what fits each box is still held to what the whole run may use",
  { timeout: 60_000 },
  async () => {
    const owner = toProcessOwner().replace(":", "-");
    const { factory, problem } = openCgroups({ clock }, { owner, runMemoryBytes: 256 * MIB });
    if (factory === null) {
      // The usual case for a user without delegation; the probe says so.
      expect(problem).not.toBeNull();
      return;
    }
    const limits = { memoryBytes: 1_024 * MIB, processes: 32 };
    const alone = factory.create(limits);
    expect(await eat(alone)).toBe(null);
    const boxes = [factory.create(limits), factory.create(limits)];
    const signals = await Promise.all(boxes.map(eat));
    expect(signals).toContain("SIGKILL");
    expect(boxes.some((box) => box.hasRunOutOfMemory())).toBe(true);
    const run = dirname(dirname(boxes[0]?.joinFiles[0] ?? ""));
    for (const box of [alone, ...boxes]) box.release();
    await factory.idle();
    expect(existsSync(run)).toBe(false);
  },
);
