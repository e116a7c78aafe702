import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveTarget } from "../../../src/analysis/resolve-target.ts";
import { aProject, thrownBy } from "./project-builder.ts";

const FILES = {
  "package.json": { name: "p" },
  "index.js": "exports.add = (a) => a; exports.Box = class { open() {} };",
  "src/a.js": "export const a = () => 1;",
  "src/deep/b.ts": "export const b = 1;",
  "src/a.test.js": "",
  "examples/demo.js": "module.exports = 1;",
  "loose.js": "module.exports = make(); function make() { return wrap(); }",
  "odd#name.js": "exports.x = 1;",
  "notes.md": "",
  "types.d.ts": "",
  "test/a.js": "",
  "docs/readme.md": "",
};

describe("resolving a target", () => {
  test("a package folder is the whole package", async () => {
    const root = await aProject(FILES);
    for (const text of [".", root, "src/..", join("..", "project")]) {
      expect(await resolveTarget(text, root)).toEqual({ root, onlyFiles: [], onlyExports: [] });
    }
  });

  test("a folder inside is its source files", async () => {
    const root = await aProject(FILES);
    expect(await resolveTarget("src", root)).toEqual({
      root,
      onlyFiles: ["src/a.js", "src/deep/b.ts"],
      onlyExports: [],
    });
    expect((await resolveTarget("deep", join(root, "src"))).onlyFiles).toEqual(["src/deep/b.ts"]);
    expect((await resolveTarget("examples", root)).onlyFiles).toEqual(["examples/demo.js"]);
  });

  test("a file is that file, with or without an export", async () => {
    const root = await aProject(FILES);
    expect((await resolveTarget("src/a.js", root)).onlyFiles).toEqual(["src/a.js"]);
    expect(await resolveTarget("index.js#add", root)).toEqual({
      root,
      onlyFiles: ["index.js"],
      onlyExports: [["add"]],
    });
    expect((await resolveTarget("index.js#Box.open", root)).onlyExports).toEqual([
      ["Box", "open"],
      ["Box", "prototype", "open"],
    ]);
    expect((await resolveTarget("index.js#Box.prototype.open", root)).onlyExports).toEqual([
      ["Box", "prototype", "open"],
    ]);
    expect((await resolveTarget("index.js#", root)).onlyExports).toEqual([]);
  });

  test("a file whose own name holds # is that file", async () => {
    const root = await aProject(FILES);
    expect((await resolveTarget("odd#name.js", root)).onlyFiles).toEqual(["odd#name.js"]);
    expect((await resolveTarget("odd#name.js#x", root)).onlyExports).toEqual([["x"]]);
  });

  test("a folder without package.json is its own root", async () => {
    const root = await aProject({ "a.js": "exports.a = 1;" });
    expect(await resolveTarget(".", root)).toEqual({ root, onlyFiles: [], onlyExports: [] });
    expect((await resolveTarget("a.js", root)).root).toBe(root);
  });

  test("an export is taken on trust where the syntax does not show them all", async () => {
    const root = await aProject(FILES);
    expect((await resolveTarget("loose.js#anything", root)).onlyExports).toEqual([["anything"]]);
  });

  test.each([
    ["nowhere", "RGS-1001"],
    ["nowhere.js#x", "RGS-1001"],
    ["#x", "RGS-1001"],
    ["a\0b", "RGS-1001"],
    ["docs", "RGS-1002"],
    ["notes.md", "RGS-1007"],
    ["types.d.ts", "RGS-1007"],
    ["src/a.test.js", "RGS-1007"],
    ["test/a.js", "RGS-1007"],
    ["src#x", "RGS-1007"],
    ["index.js#sub", "RGS-1006"],
    ["index.js#.", "RGS-1006"],
  ])("%j is refused with %s", async (text, code) => {
    const root = await aProject(FILES);
    expect(await thrownBy(resolveTarget(text, root))).toMatchObject({ code, errorClass: "user" });
  });

  test("a misspelt export gets the nearest name", async () => {
    const root = await aProject(FILES);
    const error = await thrownBy(resolveTarget("index.js#ad", root));
    expect(error).toMatchObject({ hint: expect.stringContaining('Did you mean "add"?') as string });
    const far = await thrownBy(resolveTarget("index.js#somethingElse", root));
    expect(far).toMatchObject({ hint: "Its exports: add, Box." });
  });

  test("a fifo is refused", async () => {
    const root = await aProject(FILES);
    execFileSync("mkfifo", [join(root, "pipe.js")]);
    expect(await thrownBy(resolveTarget("pipe.js", root))).toMatchObject({ code: "RGS-1007" });
  });
});
