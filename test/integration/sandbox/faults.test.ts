import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findProcesses } from "../../../src/adapters/sandbox/battery.ts";
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { SandboxResult } from "../../../src/ports/sandbox.ts";
import { openSandboxBench, type SandboxBench } from "../../../src/testing/sandbox-bench.ts";
import { findReasonToSkip } from "../../contract/sandbox/namespace-gate.ts";
import { fingerprint } from "../../e2e/support/tree.ts";

const reason = await findReasonToSkip();
const clock = createSystemClock();

const open = (): SandboxBench & AsyncDisposable =>
  openSandboxBench(createBubblewrapBackend({ clock }));

async function shell(
  bench: SandboxBench,
  script: string,
  timeoutMs = 20_000,
): Promise<SandboxResult> {
  return bench.run(await bench.create(), { argv: ["/bin/sh", "-c", script], timeoutMs });
}

/** A number that no other process sleeps for. */
const mark = (digit: number): string => `${String(digit)}${String(process.pid)}.25`;
/** The last of them may still be on its way out. */
const expectGone = async (seconds: string): Promise<void> => {
  await expect.poll(() => findProcesses(`sleep\0${seconds}`), { timeout: 5_000 }).toEqual([]);
};

// Ids are those of `docs/faults.md`.
describe.skipIf(reason !== null)(`faults inside a sandbox ${reason ?? ""}`, () => {
  test("F36: children that were forked twice end with their command", async () => {
    await using bench = open();
    const seconds = mark(6);
    const fork = `(setsid sh -c '(setsid sleep ${seconds} &) ; sleep ${seconds}' >/dev/null 2>&1 &)`;
    const { end } = await shell(bench, `for i in 1 2 3 4 5 6 7 8; do ${fork}; done; sleep 0.3`);
    expect(end).toEqual({ kind: "exited", code: 0 });
    await expectGone(seconds);
  });

  test("F39: what ignores every signal that it can is killed at its limit", async () => {
    await using bench = open();
    const seconds = mark(7);
    const script = `trap "" TERM INT HUP QUIT; sleep ${seconds} & while :; do sleep 0.1; done`;
    const { end, durationMs } = await shell(bench, script, 500);
    expect(end.kind).toBe("timed-out");
    expect(durationMs).toBeLessThan(20_000);
    await expectGone(seconds);
  });

  test("F40: devices, mounts and files of the host stay what they are", async () => {
    await using bench = open();
    const decoys = mkdtempSync(join(tmpdir(), "regoose-decoys-"));
    writeFileSync(join(decoys, "kept"), "kept");
    const devices = (): unknown[] =>
      ["null", "zero", "urandom"].map((name) => {
        const { ino, mode, rdev } = statSync(join("/dev", name));
        return { ino, mode, rdev };
      });
    const mounts = (): string => readFileSync("/proc/self/mountinfo", "utf8");
    const before = [await fingerprint(decoys), devices(), mounts()];
    try {
      const { stdout } = await shell(
        bench,
        [
          "rm -f /dev/null /dev/zero /dev/urandom",
          "mknod /dev/null b 8 0; mknod /dev/zero b 8 0",
          "echo damaged > /dev/null; echo damaged > /dev/urandom",
          "mount -t tmpfs none /usr; mount --bind /tmp /etc; umount -l /usr",
          `rm -rf ${decoys}; mkdir -p ${decoys}; echo damaged > ${decoys}/kept`,
          "rm -rf /etc /usr /bin /lib /home /root 2>/dev/null; echo went on",
        ].join("\n"),
      );
      // Without this the rest would show nothing.
      expect(stdout).toContain("went on");
      expect([await fingerprint(decoys), devices(), mounts()]).toEqual(before);
    } finally {
      rmSync(decoys, { recursive: true, force: true });
    }
  });
});
