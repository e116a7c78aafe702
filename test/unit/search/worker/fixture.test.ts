import fs, { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { createFixture, type Fixture } from "../../../../src/search/worker/fixture.ts";

const startFolder = process.cwd();
let root = "";
let home = "";
let forbidden: string[] = [];
let undo: () => void = () => undefined;

/** The file functions are wrapped for the whole process: they are put back after each test. */
function keepFileFunctions(): () => void {
  const holders = [fs, fs.promises] as unknown as Record<string, unknown>[];
  const kept = holders.map((holder) => ({ ...holder }));
  return () => {
    holders.forEach((holder, at) => {
      for (const [name, value] of Object.entries(kept[at] ?? {})) {
        if (typeof value === "function" && holder[name] !== value) holder[name] = value;
      }
    });
    syncBuiltinESMExports();
  };
}

function open(): Fixture {
  return createFixture(home, (name) => forbidden.push(name));
}

beforeEach(() => {
  root = mkdtempSync(join(realpathSync(tmpdir()), "regoose-fixture-test-"));
  home = join(root, "home");
  mkdirSync(home);
  vi.stubEnv("TMPDIR", root);
  forbidden = [];
  undo = keepFileFunctions();
});

afterEach(() => {
  undo();
  process.chdir(startFolder);
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

test("elsewhere, programs are in other folders, deeper down", () => {
  const fixture = createFixture(home, (name) => forbidden.push(name), { isElsewhere: true });
  fixture.arrive();
  expect(process.cwd()).toBe(fixture.homeFolder);
  expect(fixture.homeFolder.split("/").length).toBeGreaterThan(home.split("/").length);
  fixture.begin();
  expect(process.cwd()).toBe(fixture.folder);
  // What the project brings along may be read where it stands.
  fs.writeFileSync(join(home, "data.txt"), "data");
  expect(fs.readFileSync(join(home, "data.txt"), "utf8")).toBe("data");
  fixture.end();
  expect(process.cwd()).toBe(fixture.homeFolder);
  expect(forbidden).toEqual([]);
});

describe("the fixture folder", () => {
  test("is the current folder of a program that begins, and says that nothing changed", () => {
    const fixture = open();
    fixture.begin();
    expect(process.cwd()).toBe(fixture.folder);
    expect(fs.readFileSync("data.json", "utf8")).toContain("goose");
    expect(fs.readdirSync("empty")).toEqual([]);
    expect(fixture.wasTouched()).toBe(true);
    expect(fixture.end()).toEqual({});
    expect(process.cwd()).toBe(home);
  });

  test("tells what was written, changed and removed, in the order of paths", () => {
    const fixture = open();
    fixture.begin();
    fs.writeFileSync("new.txt", "x".repeat(5_000));
    fs.appendFileSync("file.txt", "more");
    fs.unlinkSync("bad.json");
    fs.rmSync("dir/sub", { recursive: true });
    fs.writeFileSync("empty/full.txt", "");
    fs.mkdirSync("made/inner", { recursive: true });
    expect(Object.entries(fixture.end())).toEqual([
      ["empty/full.txt", ""],
      ["file.txt", "hello\nworld\nmore"],
      ["made/inner/", ""],
      ["new.txt", "x".repeat(4_000)],
      ["bad.json", null],
      ["dir/sub/deep.js", null],
    ]);
  });

  test("is put back in order before the next program, even where it was removed or locked", () => {
    const fixture = open();
    fixture.begin();
    fs.rmSync(fixture.folder, { recursive: true });
    expect(Object.values(fixture.end()).every((content) => content === null)).toBe(true);
    fixture.begin();
    expect(fs.readFileSync("file.txt", "utf8")).toBe("hello\nworld\n");
    fs.mkdirSync("locked");
    fs.writeFileSync("locked/file", "");
    fs.chmodSync("locked", 0o500);
    fixture.end();
    fixture.begin();
    expect(fs.existsSync("locked")).toBe(false);
    expect(fixture.end()).toEqual({});
  });

  test("is not read again after a program that only read", () => {
    const fixture = open();
    fixture.begin();
    fixture.end();
    fixture.begin();
    fs.closeSync(fs.openSync("file.txt", "r"));
    fs.closeSync(fs.openSync("file.txt", fs.constants.O_RDONLY));
    expect(fixture.end()).toEqual({});
    fixture.begin();
    fs.closeSync(fs.openSync("by-flag.txt", "w"));
    expect(fixture.end()).toEqual({ "by-flag.txt": "" });
    fixture.begin();
    const flags = fs.constants.O_CREAT | fs.constants.O_WRONLY;
    fs.closeSync(fs.openSync("by-number.txt", flags));
    expect(fixture.end()).toEqual({ "by-number.txt": "" });
  });
});

describe("a program that stays where it is", () => {
  test("is seen when it calls a file function, by callback or promise too", async () => {
    const fixture = open();
    fixture.watch();
    expect(fixture.wasTouched()).toBe(false);
    expect(fs.constants.O_RDONLY).toBe(0);
    expect(fixture.wasTouched()).toBe(false);
    await expect(fs.promises.readFile(join(home, "none"))).rejects.toThrow("ENOENT");
    expect(fixture.wasTouched()).toBe(true);
    fixture.watch();
    expect(fixture.wasTouched()).toBe(false);
    fs.existsSync(home);
    expect(fixture.wasTouched()).toBe(true);
  });

  test("may not use descriptors of the process, nor files elsewhere on the machine", () => {
    const fixture = open();
    // While modules load, nothing is held against them.
    expect(fs.fstatSync(1)).toBeDefined();
    fixture.watch();
    expect(() => fs.writeSync(1, "in our name")).toThrow("EBADF");
    expect(() => fs.readFileSync("/etc/passwd")).toThrow("EACCES");
    expect(() => {
      fs.copyFileSync(join(home, "none"), "/somewhere/else");
    }).toThrow("EACCES");
    expect(forbidden).toEqual([
      "a file descriptor that is not its own (fs.writeSync)",
      "files outside the project (fs.readFileSync)",
      "files outside the project (fs.copyFileSync)",
    ]);
    forbidden = [];
    // Nor what is not here and may well be where the test runs.
    expect(() => fs.readFileSync("/etc/not-in-the-sandbox")).toThrow("EACCES");
    expect(forbidden).toHaveLength(1);
    forbidden = [];
    // Not the folders themselves either: a test that empties one would empty the user's.
    expect(() => {
      fs.rmdirSync(tmpdir());
    }).toThrow("EACCES");
    expect(() => fs.readdirSync(tmpdir())).toThrow("EACCES");
    expect(forbidden).toHaveLength(2);
    forbidden = [];
    // What is nowhere reads the same on every machine, and some things are harmless.
    expect(() => fs.readFileSync("/no/such/file")).toThrow("ENOENT");
    fs.writeFileSync("/dev/null", "");
    fs.writeFileSync(join(home, "own.txt"), "own");
    expect(fs.readFileSync(Buffer.from(join(home, "own.txt")), "utf8")).toBe("own");
    expect(forbidden).toEqual([]);
  });
});
