import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findTool, toOpenFiles } from "../../../../src/adapters/sandbox/host-tools.ts";
import { listInheritedDescriptors } from "../../../../src/adapters/sandbox/inherited-descriptors.ts";
import { openLedger } from "../../../../src/adapters/sandbox/ledger.ts";
import {
  canReach,
  copyForOthers,
  isTreeReadable,
} from "../../../../src/adapters/sandbox/staging.ts";
import { isZombie } from "../../../../src/adapters/sandbox/zombie.ts";
import { isDeadOwner, toProcessOwner } from "../../../../src/adapters/process-owner.ts";

const uid = process.getuid?.() ?? 0;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "regoose-host-files-"));
  chmodSync(root, 0o755);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, content: string, mode = 0o644): string {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
  return join(root, path);
}

describe("the ledger", () => {
  test("touches nothing before it is used, then keeps one folder an owner", async () => {
    const ledger = openLedger(root);
    expect(readdirSync(root)).toEqual([]);
    const folder = await ledger.createFolder("probe");
    expect(
      folder.startsWith(join(root, `regoose-${uid}`, toProcessOwner().replace(":", "-"))),
    ).toBe(true);
    expect(lstatSync(folder).mode & 0o777).toBe(0o755);
    expect(ledger.home()).toBe(join(folder, ".."));
    expect(openLedger(root).home()).toBe(ledger.home());
  });

  test("sweeps what proven dead owners left, and nothing else", async () => {
    const ledger = openLedger(root);
    const home = ledger.home();
    const dead = join(root, `regoose-${uid}`, "999999999-1");
    mkdirSync(join(dead, "guarded-x/project"), { recursive: true });
    const other = join(root, `regoose-${uid}`, "notes");
    mkdirSync(other);
    expect(await ledger.sweep()).toEqual([`removed ${dead}`]);
    expect([home, other].every((path) => existsSync(path))).toBe(true);
    mkdirSync(join(root, "empty"));
    expect(await openLedger(join(root, "empty")).sweep()).toEqual([]);
  });

  test("writes down what was started, and strikes it out", () => {
    const ledger = openLedger(root);
    const strike = ledger.enter(process.pid);
    const entry = `started-${toProcessOwner().replace(":", "-")}`;
    expect(readdirSync(ledger.home())).toEqual([entry]);
    strike();
    strike();
    expect(readdirSync(ledger.home())).toEqual([]);
    ledger.enter(-1)();
    expect(readdirSync(ledger.home())).toEqual([]);
  });

  test("kills what a dead owner started, and nobody who has its number by now", async () => {
    const [orphan, other] = [1, 2].map(() => spawn("sleep", ["600"], { detached: true }));
    const ledger = openLedger(root);
    const home = join(ledger.home(), "../999999999-1");
    mkdirSync(home);
    try {
      const [pid, start] = toProcessOwner(orphan?.pid).split(":");
      writeFileSync(join(home, `started-${pid ?? ""}-${start ?? ""}`), "");
      writeFileSync(join(home, `started-${String(other?.pid)}-1`), "");
      writeFileSync(join(home, "started-1-1"), "");
      expect(await ledger.sweep()).toEqual([`killed ${pid ?? ""}`, `removed ${home}`]);
      await vi.waitUntil(() => orphan?.signalCode === "SIGKILL");
      expect(other?.signalCode).toBe(null);
    } finally {
      orphan?.kill("SIGKILL");
      other?.kill("SIGKILL");
    }
  });

  test("knows a dead owner by pid and start time", () => {
    expect(isDeadOwner("999999999-1")).toBe(true);
    expect(isDeadOwner(`${process.pid}-1-7`)).toBe(true);
    expect(isDeadOwner(toProcessOwner().replace(":", "-"))).toBe(false);
    expect(isDeadOwner("guarded-abc")).toBe(false);
  });

  test("refuses a folder that somebody else may have prepared", () => {
    const folder = join(root, `regoose-${uid}`);
    symlinkSync("/tmp", folder);
    expect(() => openLedger(root).home()).toThrow(/not a private folder/u);
    rmSync(folder);
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect(() => openLedger(root).home()).toThrow(/not a private folder/u);
  });

  test("says why its folder cannot be made", () => {
    // Reachable, but nobody can make a folder in it.
    expect(() => openLedger("/proc").home()).toThrow(expect.objectContaining({ code: "RGS-7002" }));
  });
});

describe("reading as another user", () => {
  test("needs every folder above to let others through", () => {
    const file = write("a/b/file", "");
    expect(canReach(file)).toBe(true);
    chmodSync(join(root, "a"), 0o750);
    expect(canReach(file)).toBe(false);
    expect(canReach(join(root, "missing/file"))).toBe(false);
  });

  test("needs every entry to be open, down to the depth that is looked at", () => {
    const file = write("a/b/file", "", 0o600);
    expect(isTreeReadable(file, 0)).toBe(false);
    expect(isTreeReadable(join(root, "a"), 1)).toBe(true);
    expect(isTreeReadable(join(root, "a"), 2)).toBe(false);
    chmodSync(file, 0o604);
    expect(isTreeReadable(join(root, "a"), 2)).toBe(true);
    chmodSync(join(root, "a/b"), 0o751);
    expect(isTreeReadable(join(root, "a"), 2)).toBe(false);
    expect(isTreeReadable(join(root, "missing"), 0)).toBe(false);
  });

  test("is made possible by a copy that leaves the original alone", async () => {
    write("a/run.sh", "x", 0o700);
    const file = write("a/private", "y", 0o600);
    symlinkSync("private", join(root, "a/link"));
    symlinkSync("/nonexistent", join(root, "a/dangling"));
    await copyForOthers(join(root, "a"), join(root, "copy"));
    expect(isTreeReadable(join(root, "copy"), 5)).toBe(true);
    expect(readFileSync(join(root, "copy/link"), "utf8")).toBe("y");
    expect(lstatSync(join(root, "copy/run.sh")).mode & 0o777).toBe(0o755);
    expect(lstatSync(join(root, "copy/private")).mode & 0o777).toBe(0o644);
    expect(lstatSync(file).mode & 0o777).toBe(0o600);
    expect(lstatSync(file).nlink).toBe(1);
  });

  test("says what could not be copied", async () => {
    await expect(copyForOthers(join(root, "missing"), join(root, "copy"))).rejects.toMatchObject({
      code: "RGS-7002",
      hint: expect.stringContaining("can be read") as string,
    });
  });
});

describe("inherited descriptors", () => {
  const aProcess = (flags: Readonly<Record<number, string>>): string => {
    for (const [descriptor, text] of Object.entries(flags)) {
      write(`proc/fd/${descriptor}`, "");
      write(`proc/fdinfo/${descriptor}`, text);
    }
    return join(root, "proc");
  };

  test("are those without close-on-exec, above the ones that are set anyway", () => {
    const folder = aProcess({
      1: "pos:\t0\nflags:\t02\n",
      7: "pos:\t0\nflags:\t02\n",
      8: "pos:\t0\nflags:\t02000002\n",
      251: "pos:\t0\nflags:\t00\n",
      252: "nothing",
    });
    expect(listInheritedDescriptors(5, folder).sort()).toEqual([251, 7]);
  });

  test("fail the set-up when they cannot be replaced", () => {
    expect(() => listInheritedDescriptors(5, aProcess({ 9000: "flags:\t00\n" }))).toThrow(/9000/u);
  });

  test("are none where there is no /proc", () => {
    expect(listInheritedDescriptors(5, join(root, "none"))).toEqual([]);
  });
});

test("open files are held to what the machine allows where that is less", () => {
  const limits = (hard: string): string =>
    write("limits", `Limit  Soft Limit  Hard Limit  Units\nMax open files  256  ${hard}  files\n`);
  expect(toOpenFiles(limits("512"))).toBe(512);
  expect(toOpenFiles(limits("1048576"))).toBe(1_024);
  expect(toOpenFiles(limits("unlimited"))).toBe(1_024);
  expect(toOpenFiles(join(root, "nowhere"))).toBe(1_024);
});

test("tools are found in the folders given, if they can be run", () => {
  write("bin/tool", "", 0o755);
  write("bin/text", "", 0o644);
  const folders = [join(root, "none"), join(root, "bin")];
  expect(findTool("tool", folders)).toBe(join(root, "bin/tool"));
  expect(findTool("text", folders)).toBeNull();
  expect(findTool("sh")).not.toBeNull();
});

test("a killed process that nobody has reaped yet is a zombie", async () => {
  expect(isZombie(process.pid)).toBe(false);
  expect(isZombie(999_999_999)).toBe(false);
  // The shell becomes a sleep, which never reaps the child that it inherited.
  const parent = spawn("/bin/sh", ["-c", "sleep 1 & echo $!; exec sleep 30"]);
  const said = await new Promise<Buffer>((resolve) => parent.stdout.once("data", resolve));
  const pid = Number(said.toString());
  for (let attempt = 0; attempt < 500 && !isZombie(pid); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(isZombie(pid)).toBe(true);
  expect(isDeadOwner(`${pid}-1`)).toBe(true);
  parent.kill("SIGKILL");
});
