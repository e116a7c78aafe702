import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBubblewrapBackend } from "../../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { toFix } from "../../../../src/adapters/sandbox/bubblewrap/fixes.ts";
import { findTool } from "../../../../src/adapters/sandbox/host-tools.ts";
import { probeSandboxes, selectSandbox } from "../../../../src/adapters/sandbox/select-sandbox.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import type { SandboxBackend, SandboxProbe } from "../../../../src/ports/sandbox.ts";

const clock = createSystemClock();
const GOOD_HELP = "--size --perms --disable-userns";

describe("a machine on which bubblewrap does not work", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "regoose-tools-"));
    chmodSync(root, 0o755);
    mkdirSync(join(root, "bin"));
    const setpriv = findTool("setpriv");
    if (setpriv !== null) symlinkSync(setpriv, join(root, "bin/setpriv"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const probe = (): Promise<SandboxProbe> =>
    createBubblewrapBackend(
      { clock },
      { toolFolders: [join(root, "bin")], tempRoot: root },
    ).probe();
  const fakeBwrap = (help: string, otherwise: string): void => {
    const script = `#!/bin/sh\nif [ "$1" = --help ]; then echo '${help}'; exit 0; fi\n${otherwise}\n`;
    writeFileSync(join(root, "bin/bwrap"), script, { mode: 0o755 });
  };

  test("says how to install it", async () => {
    const answer = await probe();
    expect(answer).toMatchObject({ isAvailable: false, problem: "bwrap was not found" });
    expect(answer.fix).toContain("apt-get install -y --no-install-recommends bubblewrap");
  });

  test("says when it is too old", async () => {
    fakeBwrap("--tmpfs", "exit 1");
    const answer = await probe();
    expect(answer.problem).toContain("too old");
    expect(answer.fix).toContain("bubblewrap 0.6 or newer");
  });

  test("hands on the tool's own words, with the AppArmor profile that Ubuntu wants", async () => {
    fakeBwrap(GOOD_HELP, "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1");
    const answer = await probe();
    expect(answer.isAvailable).toBe(false);
    expect(answer.problem).toContain("bwrap: setting up uid map: Permission denied");
    expect(answer.fix).toContain("/etc/apparmor.d/bwrap");
    expect(answer.fix).toContain("userns,");
  });

  test("does not take silence for success", async () => {
    fakeBwrap(GOOD_HELP, "exit 0");
    const answer = await probe();
    expect(answer.isAvailable).toBe(false);
    expect(answer.problem).toContain("bwrap ended with 0");
    fakeBwrap(GOOD_HELP, "kill -KILL $$");
    expect((await probe()).problem).toContain("bwrap got SIGKILL");
  });

  test("has ended every box when it answers, also those beside the first that failed", async () => {
    const state = join(root, "state");
    mkdirSync(state);
    chmodSync(state, 0o777);
    fakeBwrap(GOOD_HELP, `mkdir ${state}/first 2>/dev/null && exit 0; sleep 3; exit 0`);
    expect((await probe()).problem).toContain("bwrap ended with 0");
    // One that is about to start would execute the file that the next test writes anew.
    const running = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
    expect(running.filter((line) => line.includes(join(root, "bin/bwrap")))).toEqual([]);
  });

  test("does not take a bwrap that isolates nothing for a sandbox", async () => {
    // Runs what stands after `--`, as the script inside would be run, but in no box at all.
    fakeBwrap(
      GOOD_HELP,
      `while [ "$1" != -- ]; do shift; done; shift; shift; shift; shift; shift
      printf 'R' >&4; PATH=${join(process.execPath, "..")}:/usr/bin:/bin; export PATH
      [ "$1" = /bin/sh ] || { shift; set -- node "$@"; }; "$@"; printf 'X%d\\n' $? >&4`,
    );
    const answer = await probe();
    expect(answer.isAvailable).toBe(false);
    expect(answer.problem).toMatch(/did not stop: .*connections to this machine/u);
    expect(answer.facts).toContain("network: OPEN");
  });

  test("is asked again only by a new backend", async () => {
    const backend = createBubblewrapBackend({ clock }, { toolFolders: [root], tempRoot: root });
    expect(await backend.probe()).toBe(await backend.probe());
    await expect(
      backend.create({
        layers: [],
        dependencies: [],
        mounts: [],
        limits: {
          memoryBytes: 1,
          totalMemoryBytes: 1,
          processes: 1,
          fileBytes: 1,
          workBytes: 1,
          outputBytes: 1,
        },
      }),
    ).rejects.toMatchObject({ code: "RGS-7001" });
  });
});

describe("fixes", () => {
  test.each([
    ["bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "AppArmor"],
    ["bwrap: No permissions to create new namespace, likely because …", "user namespaces"],
    ["bwrap: Failed to make / slave: Permission denied", "container"],
    ["Regoose runs as root, and setpriv was not found", "util-linux"],
  ])("%s", (problem, fix) => {
    expect(toFix(problem)).toContain(fix);
  });

  test("are not invented", () => {
    expect(toFix("something new")).toBeNull();
  });
});

describe("selecting a sandbox", () => {
  const aBackend = (level: "namespace" | "guarded", problem: string | null): SandboxBackend => ({
    name: `fake-${level}`,
    level,
    probe: () =>
      Promise.resolve({
        backend: `fake-${level}`,
        level,
        isAvailable: problem === null,
        facts: [],
        problem,
        fix: problem === null ? null : `fix for ${level}`,
      }),
    create: () => Promise.reject(new Error("not used")),
    sweep: () => Promise.resolve([]),
  });
  const select = (
    requested: "auto" | "namespace" | "guarded",
    namespaceProblem: string | null,
    guardedProblem: string | null = null,
  ): ReturnType<typeof selectSandbox> =>
    selectSandbox(
      {
        clock,
        backends: [aBackend("namespace", namespaceProblem), aBackend("guarded", guardedProblem)],
      },
      { requested },
    );

  test("takes the best that works", async () => {
    expect((await select("auto", null)).backend.level).toBe("namespace");
    expect((await select("auto", "broken")).probe.level).toBe("guarded");
    expect((await select("guarded", null)).backend.level).toBe("guarded");
  });

  test("never takes a lower level in place of one asked for by name", async () => {
    await expect(select("namespace", "the exact error")).rejects.toMatchObject({
      code: "RGS-7001",
      name: "SandboxUnavailable",
      message: expect.stringContaining("the exact error") as string,
      hint: "fix for namespace",
    });
  });

  test("says everything that failed when nothing works", async () => {
    await expect(select("auto", "one", "two")).rejects.toMatchObject({
      message:
        "no sandbox of any level works on this machine (fake-namespace: one; fake-guarded: two)",
      hint: "fix for namespace\nfix for guarded",
    });
  });

  test("probes every backend, best first", async () => {
    const backends = [aBackend("namespace", "broken"), aBackend("guarded", null)];
    const probes = await probeSandboxes({ clock, backends });
    expect(probes.map((probe) => probe.isAvailable)).toEqual([false, true]);
  });
});
