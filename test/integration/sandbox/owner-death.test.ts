import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findProcesses } from "../../../src/adapters/sandbox/battery.ts";
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createGuardedBackend } from "../../../src/adapters/sandbox/guarded/guarded-backend.ts";
import { findTool } from "../../../src/adapters/sandbox/host-tools.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { findReasonToSkip } from "../../contract/sandbox/namespace-gate.ts";

const clock = createSystemClock();
const reason = await findReasonToSkip();
const entry = join(import.meta.dirname, "owner-main.ts");

let tempRoot: string;
beforeEach(() => {
  tempRoot = mkdtempSync(join(tmpdir(), "regoose-owner-"));
  chmodSync(tempRoot, 0o755);
});
afterEach(() => {
  rmSync(tempRoot, { recursive: true, force: true });
});

describe.skipIf(reason !== null)(`a bubblewrap owner killed with SIGKILL ${reason ?? ""}`, () => {
  test("leaves no process, and what it left on disk is swept", { timeout: 120_000 }, async () => {
    const mark = `regoose-owner-${process.pid}-bubblewrap`;
    const owner = await startOwner(mark, "namespace");
    expect(findProcesses(mark).length).toBeGreaterThanOrEqual(2);
    const groups = listGroups(owner.pid);
    owner.kill();
    await waitUntil(() => findProcesses(mark).length === 0);

    const alive = createBubblewrapBackend({ clock }, { tempRoot });
    const removed = await alive.sweep();
    expect(removed.some((line) => line.includes(`/${owner.pid}-`))).toBe(true);
    expect(groups.filter((group) => existsSync(group))).toEqual([]);
    expect(readdirSync(join(tempRoot, `regoose-${process.getuid?.() ?? 0}`))).toEqual([]);
  });
});

describe.skipIf(findTool("setpriv") === null)("a guarded owner killed with SIGKILL", () => {
  test("leaves no process, and its work copy is swept", { timeout: 120_000 }, async () => {
    const mark = `regoose-owner-${process.pid}-guarded`;
    const owner = await startOwner(mark, "guarded");
    owner.kill();
    await waitUntil(() => findProcesses(mark).length === 0);
    const removed = await createGuardedBackend({ clock }, { tempRoot }).sweep();
    expect(removed).toHaveLength(1);
  });
});

test("a sweep leaves living owners alone", { timeout: 120_000 }, async () => {
  const backend = createGuardedBackend({ clock }, { tempRoot });
  const limits = {
    memoryBytes: 2 ** 30,
    totalMemoryBytes: 2 ** 30,
    processes: 64,
    fileBytes: 2 ** 20,
    workBytes: 2 ** 22,
    outputBytes: 2 ** 16,
  };
  const sandbox = await backend.create({ layers: [], dependencies: [], mounts: [], limits });
  expect(await backend.sweep()).toEqual([]);
  expect(readdirSync(join(tempRoot, `regoose-${process.getuid?.() ?? 0}`))).toHaveLength(1);
  await sandbox[Symbol.asyncDispose]();
});

interface Owner {
  readonly pid: number;
  kill(): void;
}

async function startOwner(mark: string, level: string): Promise<Owner> {
  const child = spawn(process.execPath, [entry, mark, level], {
    env: { PATH: "/usr/bin:/bin", TMPDIR: tempRoot },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => {
      resolve();
    });
    child.once("exit", () => {
      reject(new Error(`the owner ended early: ${said}`));
    });
  });
  return {
    pid: child.pid ?? -1,
    kill: () => {
      child.kill("SIGKILL");
    },
  };
}

/** Control groups of an owner, as they are named. */
function listGroups(pid: number): string[] {
  const root = "/sys/fs/cgroup";
  const own = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/mu.exec(
    readFileSync("/proc/self/cgroup", "utf8"),
  )?.[1];
  const folder = join(root, "memory", own ?? "");
  if (own === undefined || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`regoose-${pid}-`))
    .map((name) => join(folder, name));
}

async function waitUntil(isDone: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 300 && !isDone(); attempt += 1) await clock.sleep(50);
  expect(isDone()).toBe(true);
}
