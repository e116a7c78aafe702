import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aProject, hasNamespace, runCli, toEnvelope } from "./support/cli.ts";

const MODULES = join(import.meta.dirname, "..", "..", "node_modules");

const FILES = {
  "src/index.ts": `
export interface Range { readonly low: number; readonly high: number }
export function clamp(n: number, { low, high }: Range): number {
  if (low > high) throw new RangeError("low is above high");
  return n < low ? low : n > high ? high : n;
}
export function initials(name: string): string {
  return name.split(" ").map((part) => part.slice(0, 1).toUpperCase()).join("");
}
`,
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      target: "es2023",
      module: "nodenext",
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
    },
    include: ["src"],
  }),
  ".prettierrc": `{ "singleQuote": true, "semi": false }`,
};

describe.skipIf(!hasNamespace())("a project with a type checker and a formatter of its own", () => {
  test("gets a suite that both are content with", async () => {
    await using project = await aProject(FILES, { type: "module", exports: "./src/index.ts" });
    const { root } = project;
    await mkdir(join(root, "node_modules"));
    for (const name of ["typescript", "prettier"]) {
      await cp(join(MODULES, name), join(root, "node_modules", name), { recursive: true });
    }
    // Counted executions: no result depends on how busy the machine is.
    const result = await runCli(
      ["generate", "--json", "--seed", "1", "--max-executions", "1500", "--reruns", "1"],
      { cwd: root },
    );
    const { data } = toEnvelope(result);
    expect(result.code, result.stderr).toBe(0);
    expect(data?.suite?.tests).toBeGreaterThan(2);
    const own = /type-checked|formatted/u;
    expect(data?.degradations?.filter((line) => own.test(line))).toEqual([]);

    const suite = join(root, "test", "regoose");
    const [name = ""] = (await readdir(suite)).filter((file) => file.endsWith(".ts"));
    expect(await readFile(join(suite, name), "utf8")).toContain(
      "import assert from 'node:assert/strict'\n",
    );
    const prettier = join(MODULES, "prettier", "bin", "prettier.cjs");
    expect(run(root, [prettier, "--check", "test/regoose/*.ts"])).toBe(0);
    expect(await checkTypes(root)).toBe(0);
    expect((await runCli(["verify"], { cwd: root })).code).toBe(0);
  }, 300_000);
});

/** Compiles the suite as its author would, with the types of Node. */
async function checkTypes(root: string): Promise<number | string> {
  for (const name of ["@types", "undici-types"]) {
    await symlink(join(MODULES, name), join(root, "node_modules", name));
  }
  const compilerOptions = { skipLibCheck: true, types: ["node"] };
  const config = { extends: "./tsconfig.json", include: ["test"], compilerOptions };
  await writeFile(join(root, "tsconfig.test.json"), JSON.stringify(config));
  return run(root, [join(MODULES, "typescript", "bin", "tsc"), "-p", "tsconfig.test.json"]);
}

/** Its exit code; what it said where that is not 0. */
function run(cwd: string, args: readonly string[]): number | string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  return status === 0 ? 0 : `${stdout}${stderr}`;
}
