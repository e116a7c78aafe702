import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createOwnedFolder, sweepOwnedFolders } from "../../../src/adapters/owned-folder.ts";

const MODULE = join(import.meta.dirname, "../../../src/adapters/owned-folder.ts");

describe("owned folders", () => {
  test("sweeps those of dead owners only, whatever they are for", async () => {
    await using alive = await createOwnedFolder("stage");
    const dead = ["stage", "code", "dry-run"].map((purpose) =>
      join(tmpdir(), `regoose-${purpose}-999999999-1-test`),
    );
    for (const folder of dead) await mkdir(folder, { recursive: true });
    const removed = await sweepOwnedFolders();
    for (const folder of dead) expect(removed).toContain(`removed ${folder}`);
    expect(dead.filter((folder) => existsSync(folder))).toEqual([]);
    expect(existsSync(alive.path)).toBe(true);
  });

  test("are gone when disposed, twice too", async () => {
    const folder = await createOwnedFolder("code");
    await writeFile(join(folder.path, "a"), "1");
    await folder[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
    expect(existsSync(folder.path)).toBe(false);
    expect(process.listeners("exit").map(({ name }) => name)).not.toContain("removeDoomed");
  });

  test("are gone where the process ends in haste", () => {
    const code = `const { createOwnedFolder } = await import(${JSON.stringify(MODULE)});
      const folders = await Promise.all(["stage", "dry-run"].map((one) => createOwnedFolder(one)));
      console.log(folders.map(({ path }) => path).join("\\n"));
      process.exit(3);`;
    const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      encoding: "utf8",
    });
    expect(status).toBe(3);
    const paths = stdout.trim().split("\n");
    expect(paths).toHaveLength(2);
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
  });

  test("are gone though somebody still writes into them as the process ends", () => {
    // The writers stop by themselves once their folder is gone.
    const writer =
      "i=0; while : > $i && [ $i -lt 200000 ]; do mkdir d$i; : > d$i/a; i=$((i+1)); done";
    const code = `const { createOwnedFolder } = await import(${JSON.stringify(MODULE)});
      const { spawn } = await import("node:child_process");
      const { existsSync } = await import("node:fs");
      const { path } = await createOwnedFolder("stage");
      console.log(path);
      for (const name of ["a", "b", "c"]) {
        const { mkdirSync } = await import("node:fs");
        mkdirSync(path + "/" + name);
        spawn("sh", ["-c", ${JSON.stringify(writer)}], { cwd: path + "/" + name, stdio: "ignore" });
        while (!existsSync(path + "/" + name + "/d20")) await new Promise(setImmediate);
      }
      process.exit(3);`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      encoding: "utf8",
    });
    expect(stdout.trim()).toContain("regoose-stage-");
    expect(existsSync(stdout.trim())).toBe(false);
  });
});
