import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toGuardArguments } from "../../../../src/adapters/sandbox/guarded/guard-arguments.ts";
import {
  measureFolder,
  readCollected,
} from "../../../../src/adapters/sandbox/guarded/guard-files.ts";
import { createSlotPool } from "../../../../src/adapters/sandbox/guarded/guard-slots.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "regoose-guard-files-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, content: string | Buffer): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), content);
}

describe("reading what hostile code left", () => {
  test("takes regular files up to the cap", () => {
    write("work/sub/a", "abc");
    const work = join(root, "work");
    expect(readCollected(work, "sub/a", 10)).toEqual({
      content: Buffer.from("abc"),
      truncated: false,
    });
    expect(readCollected(work, "sub/a", 2)).toEqual({
      content: Buffer.from("ab"),
      truncated: true,
    });
    expect(readCollected(work, "sub/a", 0)?.content.length).toBe(0);
  });

  test("takes nothing else, and follows nothing", () => {
    write("secret", "s");
    write("work/x", "");
    const work = join(root, "work");
    symlinkSync("../secret", join(work, "link"));
    symlinkSync("..", join(work, "up"));
    execFileSync("/usr/bin/mkfifo", [join(work, "pipe")]);
    mkdirSync(join(work, "folder"));
    for (const path of ["link", "up/secret", "pipe", "folder", "missing", "missing/x"]) {
      expect(readCollected(work, path, 10)).toBeNull();
    }
    for (const path of ["../secret", join(root, "secret"), "", "a/../../secret"]) {
      expect(() => readCollected(work, path, 10)).toThrow(RangeError);
    }
  });
});

describe("measuring a work copy", () => {
  test("adds up files, and follows no link", async () => {
    write("a", Buffer.alloc(10_000, 1));
    write("sub/b", Buffer.alloc(10_000, 1));
    symlinkSync("/usr", join(root, "link"));
    const bytes = await measureFolder(root, 10 ** 9);
    expect(bytes).toBeGreaterThanOrEqual(20_000);
    expect(bytes).toBeLessThan(100_000);
  });

  test("stops at the cap, and takes a missing folder for empty", async () => {
    write("a", Buffer.alloc(10_000, 1));
    expect(await measureFolder(root, 100)).toBeGreaterThan(100);
    expect(await measureFolder(join(root, "missing"), 100)).toBe(0);
  });
});

describe("slots", () => {
  const aPool = (layers: readonly string[] = []): ReturnType<typeof createSlotPool> =>
    createSlotPool({ root: join(root, "slots"), layers, dropsUser: false });

  test("are taken lowest first, and given back empty", async () => {
    const pool = aPool();
    const [first, second] = [await pool.take(), await pool.take()];
    expect(first.work).toBe(pool.canonicalWork);
    expect(second.work.length).toBe(first.work.length);
    await pool.giveBack(first);
    expect(existsSync(first.folder)).toBe(false);
    expect((await pool.take()).work).toBe(first.work);
  });

  test("are filled from layers, later ones over earlier ones", async () => {
    write("one/a", "1");
    write("one/sub/b", "1");
    write("two/sub/b", "2");
    const slot = await aPool([join(root, "one"), join(root, "two")]).take();
    expect(readFileSync(join(slot.work, "a"), "utf8")).toBe("1");
    expect(readFileSync(join(slot.work, "sub/b"), "utf8")).toBe("2");
  });

  test("keep only links that stay inside, since Node's permissions follow them", async () => {
    write("one/a", "1");
    write("secret", "s");
    symlinkSync("a", join(root, "one/inside"));
    symlinkSync("../secret", join(root, "one/outside"));
    symlinkSync(join(root, "one/a"), join(root, "one/absolute"));
    write("two/inside", "a file now");
    const slot = await aPool([join(root, "one")]).take();
    expect(readlinkSync(join(slot.work, "inside"))).toBe("a");
    expect(existsSync(join(slot.work, "outside"))).toBe(false);
    expect(existsSync(join(slot.work, "absolute"))).toBe(false);
    const both = await aPool([join(root, "one"), join(root, "two")]).take();
    expect(lstatSync(join(both.work, "inside")).isFile()).toBe(true);
    expect(readFileSync(join(both.work, "a"), "utf8")).toBe("1");
  });

  test("are free again when they could not be filled", async () => {
    const pool = aPool([join(root, "missing")]);
    await expect(pool.take()).rejects.toThrow(/ENOENT/u);
    expect(existsSync(join(root, "slots/0000"))).toBe(false);
  });
});

describe("the command line of a guarded process", () => {
  const input = {
    tools: { setpriv: null, prlimit: null, dropsUser: false },
    node: "/n",
    preload: "/g/guard-preload.ts",
    limits: {
      memoryBytes: 1,
      totalMemoryBytes: 1,
      processes: 1,
      fileBytes: 2,
      workBytes: 1,
      outputBytes: 1,
    },
    cpuSeconds: 30,
    readable: ["/r"],
    writable: ["/w"],
    dependencies: [{ above: "/w", folder: "/d/node_modules" }],
    argv: ["main.js", "--flag"],
  };

  test("names what may be read and written, and nothing more", () => {
    const command = toGuardArguments(input);
    expect(command[0]).toBe("/n");
    const text = command.join(" ");
    expect(text).toContain("--permission");
    expect(text).toContain(
      "--allow-fs-read=/r --allow-fs-read=/w --allow-fs-write=/w --import file:",
    );
    expect(text).not.toMatch(/--allow-(?:child|worker|addons|net|wasi)/u);
    expect(command.slice(-2)).toEqual(["main.js", "--flag"]);
    const url = new URL(command.find((one) => one.startsWith("file:")) ?? "");
    expect(JSON.parse(url.searchParams.get("dependencies") ?? "")).toEqual(input.dependencies);
    expect(url.searchParams.getAll("writable")).toEqual(["/w"]);
  });

  test("goes through setpriv and prlimit where there are any", () => {
    const both = { setpriv: "/s", prlimit: "/p", dropsUser: true };
    expect(toGuardArguments({ ...input, tools: both }).join(" ")).toMatch(
      /^\/s --reuid 61374 --regid 61374 --clear-groups --pdeathsig KILL -- \/p --data=1 --fsize=2 --cpu=30 --nofile=1024 --core=0 -- \/n --permission /u,
    );
    const user = { ...both, dropsUser: false };
    expect(toGuardArguments({ ...input, tools: user })[1]).toBe("--pdeathsig");
  });
});
