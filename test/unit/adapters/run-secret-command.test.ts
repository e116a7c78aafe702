import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isZombie } from "../../../src/adapters/sandbox/zombie.ts";
import { runSecretCommand } from "../../../src/adapters/secrets/run-secret-command.ts";

const { signal } = new AbortController();
const run = (
  command: readonly [string, ...string[]],
  options: Partial<Parameters<typeof runSecretCommand>[1]> = {},
): ReturnType<typeof runSecretCommand> =>
  runSecretCommand(command, { cwd: "/", signal, ...options });

describe("a command that prints a secret", () => {
  test("runs where it is told to, without a shell", async () => {
    expect(await run(["pwd"])).toEqual({ kind: "ended", exitCode: 0, output: "/\n" });
    expect(await run(["printf", "%s", "$HOME;id"])).toMatchObject({ output: "$HOME;id" });
  });

  test("tells how it failed and keeps nothing of what it complained about", async () => {
    expect(await run(["sh", "-c", "echo oops >&2; exit 4"])).toEqual({
      kind: "ended",
      exitCode: 4,
      output: "",
    });
    expect(await run(["/no/such/program"])).toEqual({ kind: "not-started", why: "ENOENT" });
  });

  test("is ended with everything it started when it takes too long", async () => {
    const folder = await mkdtemp(join(tmpdir(), "regoose-secret-"));
    try {
      const line = `sleep 60 & echo $! > '${folder}/pid'; wait`;
      expect(await run(["sh", "-c", line], { limitMs: 500 })).toEqual({
        kind: "timed-out",
        afterMs: 500,
      });
      const pid = Number(await readFile(join(folder, "pid"), "utf8"));
      await expect.poll(() => isRunning(pid)).toBe(false);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("is cut when it prints without end", async () => {
    expect(await run(["yes"])).toEqual({ kind: "too-much" });
  });

  test("is not waited for by what it left behind", async () => {
    const end = await run(["sh", "-c", "sleep 60 & echo key"], { limitMs: 20_000 });
    expect(end).toEqual({ kind: "ended", exitCode: 0, output: "key\n" });
  });

  test("ends with the user's signal", async () => {
    const controller = new AbortController();
    const pending = run(["sleep", "60"], { signal: controller.signal });
    controller.abort(new Error("stop"));
    await expect(pending).rejects.toThrow("stop");
    await expect(run(["true"], { signal: controller.signal })).rejects.toThrow("stop");
  });
});

/** What nobody has reaped yet runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}
