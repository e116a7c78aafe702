import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { openLineFile } from "../../../src/telemetry/line-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "regoose-lines-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const clock = createSystemClock();
const open = (name: string, maxBytes = 1000): ReturnType<typeof openLineFile> =>
  openLineFile({ clock }, join(folder, name), { maxBytes });

describe("line file", () => {
  test("holds what was written once it is closed, in order, after what stood there", async () => {
    await writeFile(join(folder, "a"), "0\n");
    const file = open("a");
    for (const line of ["1", "2", "3"]) expect(file.write(line)).toBe(true);
    await file[Symbol.asyncDispose]();
    await file[Symbol.asyncDispose]();
    expect(await readFile(join(folder, "a"), "utf8")).toBe("0\n1\n2\n3\n");
    expect(file.write("4")).toBe(false);
  });

  test("is on disk soon, without being closed", async () => {
    await using file = open("a");
    file.write("1");
    await file.flush();
    expect(await readFile(join(folder, "a"), "utf8")).toBe("1\n");
    file.write("2");
    await expect.poll(() => readFile(join(folder, "a"), "utf8"), { timeout: 5_000 }).toBe("1\n2\n");
  });

  test("makes no file where nothing is written", async () => {
    await open("a")[Symbol.asyncDispose]();
    expect(existsSync(join(folder, "a"))).toBe(false);
  });

  test("drops what is beyond its size", async () => {
    const file = open("a", 6);
    expect([file.write("12345"), file.write(""), file.write("6")]).toEqual([true, false, false]);
    await file[Symbol.asyncDispose]();
    expect(await readFile(join(folder, "a"), "utf8")).toBe("12345\n");
  });

  test("gives up where it cannot write, and throws nothing", async () => {
    const file = open("no/such/folder");
    expect(file.write("1")).toBe(true);
    await file.flush();
    expect(file.write("2")).toBe(false);
    await file[Symbol.asyncDispose]();
  });

  test("follows no link", async () => {
    await writeFile(join(folder, "precious"), "kept\n");
    await symlink(join(folder, "precious"), join(folder, "log"));
    const file = open("log");
    file.write("1");
    await file[Symbol.asyncDispose]();
    expect(await readFile(join(folder, "precious"), "utf8")).toBe("kept\n");
  });
});
