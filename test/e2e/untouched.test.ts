import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasNamespace, runCli, toEnvelope, type Scratch } from "./support/cli.ts";
import { fingerprint } from "./support/tree.ts";

/** Like fs-extra and graceful-fs: see the head of its source. */
const MEDDLER = join(import.meta.dirname, "..", "fixtures", "meddler");

/** What `generate` may write. */
const OWN = [".regoose", "test/regoose"];

interface Surroundings extends Scratch {
  readonly project: string;
  readonly home: string;
  readonly temp: string;
}

/** The package with modes, times and links that are easily lost, a home with decoys, and a TMPDIR. */
async function makeSurroundings(): Promise<Surroundings> {
  const root = await mkdtemp(join(tmpdir(), "regoose-untouched-"));
  const [project, home, temp] = ["project", "home", "temp"].map((name) => join(root, name));
  if (project === undefined || home === undefined || temp === undefined) throw new Error("never");
  await cp(MEDDLER, project, { recursive: true });
  await mkdir(join(home, ".config"), { recursive: true });
  await mkdir(temp);
  await writeFile(join(home, "keep.txt"), "kept");
  await writeFile(join(home, ".npmrc"), "//registry.invalid/:_authToken=decoy\n", { mode: 0o600 });
  await writeFile(join(home, ".config", "settings"), "kept");
  await writeFile(join(temp, "of-someone-else"), "kept");
  await writeFile(join(project, ".env"), "SECRET=decoy\n");
  await writeFile(join(project, "data", "read-only.txt"), "kept", { mode: 0o444 });
  await chmod(join(project, "bin", "tool.sh"), 0o755);
  await utimes(join(project, "data", "table.csv"), 1_000_000_000, 1_000_000_000);
  await symlink("data/table.csv", join(project, "link"));
  await symlink("nowhere", join(project, "dangling"));
  await symlink(home, join(project, "to-home"));
  await symlink(join(home, "keep.txt"), join(project, "data", "kept-at-home"));
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true });
  return { root, project, home, temp, [Symbol.asyncDispose]: remove };
}

test("the fingerprints tell what the package does where nothing holds it", async () => {
  await using around = await makeSurroundings();
  const { project, home, temp } = around;
  const [before, homeBefore] = [await fingerprint(project, OWN), await fingerprint(home)];
  const code = `require("./lib/index.js").spoil("read-only")`;
  const env = { HOME: home, TMPDIR: temp };
  const ended = spawnSync(process.execPath, ["-e", code], { cwd: project, env });
  expect(ended.status).toBe(0);
  expect(await fingerprint(project, OWN)).not.toEqual(before);
  expect(await fingerprint(home)).not.toEqual(homeBefore);
  expect(await readdir(temp)).toContain("meddler-was-here");
});

describe.skipIf(!hasNamespace())("a package that writes and removes wherever it can", () => {
  test("leaves the project, the home and the temporary folder as they were", async () => {
    await using around = await makeSurroundings();
    const { project, home, temp } = around;
    const before = await fingerprint(project, OWN);
    const homeBefore = await fingerprint(home);
    const result = await runCli(
      [
        ...["generate", "--json", "--seed", "1", "--max-executions", "600", "--reruns", "1"],
        ...["--sandbox", "namespace"],
      ],
      { cwd: project, env: { HOME: home, TMPDIR: temp } },
    );
    const { data } = toEnvelope(result);
    expect(result.code, result.stdout).toBe(0);
    // Without these the package may never have run, and the rest would show nothing.
    expect(data?.sandbox?.level).toBe("namespace");
    expect(data?.suite?.tests).toBeGreaterThan(0);
    expect(data?.coverage?.baseline?.functions.covered).toBeGreaterThan(0);
    // Functions that do nothing but meddle with folders outside are executed by the search and make no test.
    const functions = data?.coverage?.suite.functions;
    expect(functions?.covered).toBeGreaterThan((functions?.total ?? 0) / 3);

    expect(await fingerprint(project, OWN)).toEqual(before);
    expect(await fingerprint(home)).toEqual(homeBefore);
    // Node keeps its compile cache, that of Regoose's own modules, among the temporary files.
    const left = (await readdir(temp)).filter((name) => name !== "node-compile-cache");
    expect(left).toEqual(["of-someone-else"]);
    for (const folder of [project, home, temp, tmpdir()]) {
      expect(existsSync(join(folder, "meddler-was-here")), folder).toBe(false);
    }
  });
});
