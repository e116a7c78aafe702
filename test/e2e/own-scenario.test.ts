import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./support/cli.ts";

const ROOT = join(import.meta.dirname, "..", "..");
let home = "";

/** A project that has the packed package and what it depends on. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "regoose-own-"));
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", home], {
      cwd: ROOT,
      encoding: "utf8",
    }),
  ) as { readonly filename: string }[];
  const modules = join(home, "node_modules");
  await mkdir(join(modules, "regoose"), { recursive: true });
  execFileSync(
    "tar",
    ["-xzf", packed!.filename, "-C", "node_modules/regoose", "--strip-components=1"],
    {
      cwd: home,
    },
  );
  await symlink(join(ROOT, "node_modules"), join(modules, "regoose", "node_modules"));
  await symlink(join(ROOT, "node_modules", "zod"), join(modules, "zod"));
  await writeFile(join(home, "package.json"), '{ "name": "own", "type": "module" }');
}, 120_000);
afterAll(() => rm(home, { recursive: true, force: true }));

test("the Scenario of the documentation runs through the packed entry, and its run can be looked at", async () => {
  const page = await readFile(join(ROOT, "docs", "scenarios.md"), "utf8");
  const code = /```js\n(?<code>[^]*?)```/u.exec(page)?.groups?.["code"] ?? "";
  await writeFile(join(home, "own.js"), code);
  const { stdout, stderr } = spawnSync(process.execPath, ["own.js"], {
    cwd: home,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const said = JSON.parse(stdout) as { readonly runId: string };
  expect(said).toMatchObject({
    outcome: "degraded",
    degradations: ["names that are empty were left out"],
    count: 2,
  });
  const metrics = join(home, ".regoose", "runs", said.runId, "metrics.prom");
  expect(await readFile(metrics, "utf8")).toContain('regoose_runs_total{outcome="degraded"} 1');

  const regoose = (...args: string[]): ReturnType<typeof runCli> => runCli(args, { cwd: home });
  expect((await regoose("why", said.runId)).code).toBe(0);
  const refused = await regoose("resume", said.runId);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain("RGS-1022");
  expect(refused.stderr).toContain("runCustomScenario");
  const reset = await regoose("runs", "reset", said.runId, "--from", "count");
  expect(reset.stderr).toContain("forgot count; `runCustomScenario`");
}, 120_000);
