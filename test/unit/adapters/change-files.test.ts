import { existsSync } from "node:fs";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toNames } from "../../../src/adapters/workspace/change-leftovers.ts";
import { writeChanges } from "../../../src/adapters/workspace/change-files.ts";

let root = "";
const write = (changes: Parameters<typeof writeChanges>[1]) =>
  writeChanges(root, changes, { scratch: join(root, ".scratch"), mark: "run" });
const read = (path: string): Promise<string> => readFile(join(root, path), "utf8");

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "regoose-changes-"));
  await mkdir(join(root, "src"));
  await writeFile(join(root, "src/a.js"), "a\r\n");
  await writeFile(join(root, "src/b.js"), "b\n");
});

afterEach(() => rm(root, { recursive: true, force: true }));

const A = { path: "src/a.js", before: "a\r\n", after: "A\n" };
const B = { path: "src/b.js", before: "b\n", after: "B\n" };
const NEW = { path: "src/deep/new.js", before: null, after: "new\n" };
const back = <T extends { before: string | null; after: string | null }>(change: T): T => ({
  ...change,
  before: change.after,
  after: change.before,
});

describe("changes of files", () => {
  test("are written and taken back to the byte, with the mode of each file", async () => {
    await chmod(join(root, "src/a.js"), 0o755);
    const all = [A, B, NEW];
    const files = all.map(({ path }) => path);
    expect(await write(all)).toEqual({ kind: "written", files });
    expect([await read("src/a.js"), await read("src/b.js"), await read("src/deep/new.js")]).toEqual(
      ["A\n", "B\n", "new\n"],
    );
    expect((await stat(join(root, "src/a.js"))).mode & 0o777).toBe(0o755);
    expect(await write(all.map(back))).toEqual({ kind: "written", files });
    expect([await read("src/a.js"), await read("src/b.js")]).toEqual(["a\r\n", "b\n"]);
    expect((await readdir(join(root, "src"))).sort()).toEqual(["a.js", "b.js", "deep"]);
    expect(await readdir(join(root, "src/deep"))).toEqual([]);
  });

  test("leave nothing on their way, and clear what a killed writer left beside the files", async () => {
    for (const folder of [".scratch", "src"]) {
      const { staged, kept } = toNames(join(root, folder), "run", A.path);
      await mkdir(join(root, folder), { recursive: true });
      await writeFile(staged, "half");
      await writeFile(kept, A.before);
    }
    await writeFile(join(root, "src/.regoose-of-another-kept"), "not ours\n");
    await write([A]);
    expect((await readdir(root)).sort()).toEqual(["src"]);
    const left = [".regoose-of-another-kept", "a.js", "b.js"];
    expect((await readdir(join(root, "src"))).sort()).toEqual(left);
  });

  test("give back what somebody saved in the moment in which the writer was killed", async () => {
    const { kept } = toNames(join(root, ".scratch"), "run", A.path);
    await mkdir(join(root, ".scratch"));
    await writeFile(kept, "mine\n");
    await writeFile(join(root, "src/a.js"), A.after);
    const conflict = { kind: "conflict", files: ["src/a.js"] };
    expect(await write([A, B])).toEqual(conflict);
    expect([await read("src/a.js"), await read("src/b.js")]).toEqual(["mine\n", "b\n"]);
    // What they have saved since then is newer.
    await mkdir(join(root, ".scratch"));
    await writeFile(kept, "mine\n");
    await writeFile(join(root, "src/a.js"), "newer\n");
    expect(await write([back(A)])).toEqual(conflict);
    expect(await read("src/a.js")).toBe("newer\n");
  });

  test.skipIf(!existsSync("/dev/shm"))(
    "are written where the scratch is on another disk",
    async () => {
      const scratch = await mkdtemp("/dev/shm/regoose-changes-");
      try {
        const way = { scratch: join(scratch, "way"), mark: "run" };
        expect(await writeChanges(root, [A, NEW], way)).toMatchObject({ kind: "written" });
        expect([await read("src/a.js"), await read(NEW.path)]).toEqual([A.after, NEW.after]);
        expect((await readdir(join(root, "src"))).sort()).toEqual(["a.js", "b.js", "deep"]);
        expect(await readdir(join(root, "src/deep"))).toEqual(["new.js"]);
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  );

  test("are all left out where one file is another by now", async () => {
    await writeFile(join(root, "src/b.js"), "mine\n");
    expect(await write([A, B])).toEqual({ kind: "conflict", files: ["src/b.js"] });
    expect(await read("src/a.js")).toBe("a\r\n");
    expect(await read("src/b.js")).toBe("mine\n");
  });

  test("are made whole after they were cut short", async () => {
    await writeFile(join(root, "src/a.js"), "A\n");
    expect(await write([A, B])).toEqual({ kind: "written", files: ["src/b.js"] });
    expect(await write([A, B])).toEqual({ kind: "written", files: [] });
  });

  test("follow no link, neither of a file nor of a folder", async () => {
    const outside = await mkdtemp(join(tmpdir(), "regoose-outside-"));
    try {
      await writeFile(join(outside, "a.js"), "a\r\n");
      await symlink(outside, join(root, "linked"));
      await symlink(join(outside, "a.js"), join(root, "src/link.js"));
      for (const path of ["linked/a.js", "src/link.js"]) {
        expect(await write([{ ...A, path }])).toEqual({
          kind: "conflict",
          files: [path],
        });
      }
      expect(await readFile(join(outside, "a.js"), "utf8")).toBe("a\r\n");
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  test("leave everything as it was where one of them cannot be written", async () => {
    await writeFile(join(root, "src/deep"), "a file in the way of a folder\n");
    expect(await write([A, NEW])).toEqual({ kind: "conflict", files: [NEW.path] });
    const long = { ...NEW, path: `src/${"x".repeat(260)}.js` };
    await expect(write([A, long])).rejects.toMatchObject({ code: "RGS-3003" });
    expect(await read("src/a.js")).toBe("a\r\n");
    expect((await readdir(join(root, "src"))).sort()).toEqual(["a.js", "b.js", "deep"]);
  });
});
