import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RESULT_FILE, RUN_FOLDER, STRIPPED_FOLDER } from "../../../../src/contract/run-folder.ts";
import { stageProject } from "../../../../src/adapters/workspace/stage-project.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "regoose-stage-test-"));
  await mkdir(join(root, "src"));
  await writeFile(join(root, "src", "index.js"), "1");
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("project staging", () => {
  test("copies sources for any user to read, and removes them when disposed", async () => {
    const staged = await stageProject(root);
    expect(await readFile(join(staged.folder, "src", "index.js"), "utf8")).toBe("1");
    expect(statSync(dirname(staged.folder)).mode & 0o005).toBe(0o005);
    expect(existsSync(await staged.createLayer("tests"))).toBe(true);
    await staged[Symbol.asyncDispose]();
    expect(existsSync(staged.folder)).toBe(false);
  });

  test("leaves out dependencies, history, earlier runs and secrets", async () => {
    for (const name of ["node_modules", ".git", ".regoose", "coverage"])
      await mkdir(join(root, name));
    for (const name of [".env", ".env.local", ".npmrc", "server.pem", "id_rsa"])
      await writeFile(join(root, name), "x");
    await writeFile(join(root, "environment.js"), "x");
    await using staged = await stageProject(root);
    for (const name of [
      "node_modules",
      ".git",
      ".regoose",
      "coverage",
      ".env",
      ".env.local",
      ".npmrc",
      "server.pem",
      "id_rsa",
    ]) {
      expect(existsSync(join(staged.folder, name)), name).toBe(false);
    }
    expect(existsSync(join(staged.folder, "environment.js"))).toBe(true);
  });

  test("leaves out what a project puts where a run keeps its own files", async () => {
    await mkdir(join(root, STRIPPED_FOLDER, "src"), { recursive: true });
    await writeFile(join(root, STRIPPED_FOLDER, "src", "index.ts"), "planted");
    await writeFile(join(root, RESULT_FILE), "planted");
    await using staged = await stageProject(root);
    expect(existsSync(join(staged.folder, RUN_FOLDER))).toBe(false);
  });

  test("keeps links inside the project only", async () => {
    await symlink("src/index.js", join(root, "inside.js"));
    await symlink("../outside.js", join(root, "outside.js"));
    await symlink("/etc/hostname", join(root, "absolute.js"));
    await using staged = await stageProject(root);
    expect(await readFile(join(staged.folder, "inside.js"), "utf8")).toBe("1");
    expect(existsSync(join(staged.folder, "outside.js"))).toBe(false);
    expect(existsSync(join(staged.folder, "absolute.js"))).toBe(false);
  });

  test("fails with the cause in words", async () => {
    await expect(stageProject(join(root, "nowhere"))).rejects.toMatchObject({ code: "RGS-7011" });
  });
});
