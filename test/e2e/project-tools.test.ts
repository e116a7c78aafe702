import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasNamespace, runCli, toEnvelope } from "./support/cli.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const MODULES = join(ROOT, "node_modules");

describe.skipIf(!hasNamespace())("a project with a type checker and a formatter of its own", () => {
  test("gets a suite that both are content with", async () => {
    const root = await mkdtemp(join(tmpdir(), "regoose-e2e-"));
    try {
      await cp(join(ROOT, "examples", "money"), root, { recursive: true });
      await writeFile(join(root, ".prettierrc"), `{ "singleQuote": true, "semi": false }`);
      await mkdir(join(root, "node_modules"));
      for (const name of ["typescript", "prettier"]) {
        await cp(join(MODULES, name), join(root, "node_modules", name), { recursive: true });
      }
      const result = await runCli(
        ["generate", "--json", "--seed", "1", "--max-executions", "2000", "--reruns", "1"],
        { cwd: root },
      );
      const { data } = toEnvelope(result);
      expect(result.code, result.stderr).toBe(0);
      expect(data?.suite?.tests).toBeGreaterThan(5);
      const own = /type-checked|formatted/u;
      expect(data?.degradations?.filter((line) => own.test(line))).toEqual([]);

      const suite = join(root, "test", "regoose");
      const files = (await readdir(suite)).filter((name) => name.endsWith(".ts"));
      expect(files.length).toBeGreaterThan(0);
      expect(await readFile(join(suite, files[0] ?? ""), "utf8")).toContain(
        "import assert from 'node:assert/strict'\n",
      );
      const prettier = join(MODULES, "prettier", "bin", "prettier.cjs");
      expect(run(root, [prettier, "--check", "test/regoose/*.ts"])).toBe(0);
      await symlink(join(MODULES, "@types"), join(root, "node_modules", "@types"));
      await symlink(join(MODULES, "undici-types"), join(root, "node_modules", "undici-types"));
      const config = { extends: "./tsconfig.json", include: ["test"], compilerOptions: COMPILE };
      await writeFile(join(root, "tsconfig.test.json"), JSON.stringify(config));
      const tsc = join(MODULES, "typescript", "bin", "tsc");
      expect(run(root, [tsc, "-p", "tsconfig.test.json"])).toBe(0);
      expect((await runCli(["verify"], { cwd: root })).code).toBe(0);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }, 300_000);
});

const COMPILE = { noEmit: true, skipLibCheck: true, types: ["node"] };

/** Its exit code; what it said where that is not 0. */
function run(cwd: string, args: readonly string[]): number | string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  return status === 0 ? 0 : `${stdout}${stderr}`;
}
