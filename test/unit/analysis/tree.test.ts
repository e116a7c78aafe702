import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isFolder, openTree, readInside } from "../../../src/analysis/files/tree.ts";
import { aProject } from "./project-builder.ts";

describe("a source tree", () => {
  test("lists files sorted, without dependencies and hidden folders", async () => {
    const root = await aProject({
      "b.js": "",
      "a/z.js": "",
      "node_modules/x/index.js": "",
      ".git/config": "",
      ".regoose/runs/x": "",
      ".eslintrc": "{}",
    });
    const tree = await openTree(root);
    expect(tree.files).toEqual([".eslintrc", "a/z.js", "b.js"]);
    expect(tree.isTruncated).toBe(false);
    expect([tree.has("a/z.js"), tree.has("./b.js"), tree.has("c.js")]).toEqual([true, true, false]);
    expect([tree.hasFolder("a/"), tree.hasFolder("."), tree.hasFolder("b.js")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("does not list or follow links", async () => {
    const root = await aProject({ "real.js": "1" });
    await symlink("/etc", join(root, "etc"));
    await symlink("real.js", join(root, "alias.js"));
    expect((await openTree(root)).files).toEqual(["real.js"]);
  });

  test("stops at its limits", async () => {
    const root = await aProject({ "a.js": "", "b.js": "", "c.js": "", "x/y/z/deep.js": "" });
    const few = await openTree(root, { maxFiles: 2, maxDepth: 9 });
    expect([few.files.length, few.isTruncated]).toEqual([2, true]);
    const shallow = await openTree(root, { maxFiles: 99, maxDepth: 1 });
    expect([shallow.files.includes("x/y/z/deep.js"), shallow.isTruncated]).toEqual([false, true]);
  });

  test("reads text without its byte order mark", async () => {
    const root = await aProject({ "a.js": "\uFEFFlet a;" });
    expect(await readInside(root, "a.js", 100)).toMatchObject({ kind: "text", text: "let a;" });
  });

  test("refuses what leaves the tree, is no file, is too large or binary", async () => {
    const root = await aProject({ "big.js": "x".repeat(50), "inside.js": "1" });
    await writeFile(join(root, "..", "outside.js"), "secret");
    await symlink(join(root, "..", "outside.js"), join(root, "leak.js"));
    await symlink(join(root, "inside.js"), join(root, "fine.js"));
    await mkdir(join(root, "folder.js"));
    await writeFile(join(root, "binary.js"), Buffer.from([1, 0, 2]));
    const kinds = [];
    for (const path of [
      "leak.js",
      "../outside.js",
      "fine.js",
      "folder.js",
      "big.js",
      "binary.js",
      "missing.js",
      "inside.js/below.js",
    ]) {
      kinds.push((await readInside(root, path, 20)).kind);
    }
    expect(kinds).toEqual([
      "refused",
      "refused",
      "text",
      "refused",
      "too-large",
      "binary",
      "missing",
      "missing",
    ]);
  });

  test("does not wait for a writer of a fifo", async () => {
    const root = await aProject({});
    execFileSync("mkfifo", [join(root, "pipe.js")]);
    expect((await readInside(root, "pipe.js", 20)).kind).toBe("refused");
  });

  test("tells folders from everything else", async () => {
    const root = await aProject({ "a.js": "" });
    expect(
      await Promise.all([isFolder(root), isFolder(join(root, "a.js")), isFolder("/no/such")]),
    ).toEqual([true, false, false]);
  });
});
