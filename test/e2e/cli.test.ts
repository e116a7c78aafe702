import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { VerifyData } from "../../src/app/verify.ts";
import { aProject, BIN, hasNamespace, runCli, toEnvelope } from "./support/cli.ts";

const SOURCE =
  "exports.clamp = (n, low, high) => {\n  if (n < low) return low;\n  if (n > high) return high;\n  return n;\n};\n";
const GENERATE = ["generate", "--json", "--max-time", "60s", "--seed", "1", "--baseline", "none"];

describe("command line", () => {
  test("prints its version and nothing else", async () => {
    const { version } = JSON.parse(
      readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8"),
    ) as { version: string };
    const result = await runCli(["--version"], { cwd: "/" });
    expect(result).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("teaches in its help", async () => {
    const top = await runCli(["--help"], { cwd: "/" });
    expect(top.code).toBe(0);
    expect(top.stdout).toContain("regoose generate src/a.ts#f");
    const generate = await runCli(["generate", "--help"], { cwd: "/" });
    for (const flag of [
      "--max-time",
      "--max-executions",
      "--seed",
      "--workers",
      "--framework",
      "--out",
      "--baseline",
      "--sandbox",
      "--reruns",
      "--dry-run",
      "--json",
      "--quiet",
      "--code",
      "--engine",
    ]) {
      expect(generate.stdout).toContain(flag);
    }
  });

  test("ends with 2 on a flag or command it does not know", async () => {
    expect((await runCli(["generate", "--no-such-flag"], { cwd: "/" })).code).toBe(2);
    const unknown = await runCli(["genrate"], { cwd: "/" });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("generate");
  });

  test("prints usage errors as an envelope under --json", async () => {
    const result = await runCli(["generate", "--json", "--max-time", "soon"], { cwd: "/" });
    expect(result.code).toBe(2);
    expect(toEnvelope(result)).toMatchObject({
      ok: false,
      data: null,
      error: { class: "configuration" },
      meta: { schema: 1 },
    });
  });

  test("completes commands and flags", async () => {
    const commands = await runCli(["__complete", "gen"], { cwd: "/" });
    expect(commands.stdout).toBe("generate\n");
    const flags = await runCli(["__complete", "generate", "--max-"], { cwd: "/" });
    expect(flags.stdout).toContain("--max-time");
    for (const shell of ["bash", "zsh", "fish"]) {
      expect((await runCli(["completion", shell], { cwd: "/" })).stdout).toContain("__complete");
    }
  });

  test("has no runs in a project that never generated", async () => {
    await using project = await aProject({ "index.js": SOURCE });
    const result = await runCli(["report"], { cwd: project.root });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("regoose generate");
    expect((await runCli(["runs", "list"], { cwd: project.root })).code).toBe(0);
  });

  test("has no suite to verify in a project that never generated", async () => {
    await using project = await aProject({ "index.js": SOURCE });
    const result = await runCli(["verify", "--json"], { cwd: project.root });
    expect(result.code).toBe(2);
    expect(toEnvelope(result).error?.name).toBe("NoSuite");
  });

  test("reports what doctor measured", async () => {
    await using project = await aProject({ "index.js": SOURCE });
    const result = await runCli(["doctor", "--json"], { cwd: project.root });
    const { data } = toEnvelope<{
      ready: boolean;
      checks: { name: string; status: string; fix: string | null }[];
    }>(result);
    expect(data?.checks?.map((check) => check.name)).toEqual(
      expect.arrayContaining(["node", "project", "runner", "write access"]),
    );
    expect(
      data?.checks?.filter((check) => check.status !== "ok").every((check) => check.fix !== null),
    ).toBe(true);
    expect((await runCli(["health"], { cwd: project.root })).code).toBe(result.code);
  });

  test("writes a configuration once", async () => {
    await using project = await aProject({ "index.js": SOURCE });
    expect((await runCli(["init"], { cwd: project.root })).code).toBe(0);
    expect(await readFile(join(project.root, "regoose.config.yaml"), "utf8")).toContain("maxTime");
    const again = await runCli(["init"], { cwd: project.root });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("there already");
  });
});

describe.skipIf(!hasNamespace())("main job", () => {
  test("generates, reports and verifies, and a deleted assertion is found", async () => {
    await using project = await aProject({ "index.js": SOURCE });
    const generated = await runCli(GENERATE, { cwd: project.root });
    expect(generated.code).toBe(0);
    const { data } = toEnvelope(generated);
    expect(data).toMatchObject({
      engine: "search",
      seed: 1,
      runner: "node",
      suite: { directory: "test/regoose" },
    });
    expect(data?.coverage?.suite.branches).toEqual({ covered: 4, total: 4 });
    expect(data?.mutation?.suite.killed).toBeGreaterThan(0);

    for (const format of ["terminal", "markdown", "html", "json", "lcov", "cobertura", "junit"]) {
      const report = await runCli(["report", "latest", "--format", format], { cwd: project.root });
      expect(report.code, format).toBe(0);
      expect(report.stdout.length, format).toBeGreaterThan(100);
    }
    const runs = await runCli(["runs", "list"], { cwd: project.root });
    expect(runs.stdout).toContain(data?.runId);
    expect((await runCli(["runs", "show"], { cwd: project.root })).stdout).toContain("admit-tests");

    // A reader that has seen enough, as `| head` has, is no error.
    const script = '"$1" "$2" runs show --json | true; exit "${PIPESTATUS[0]}"';
    const piped = spawnSync("bash", ["-c", script, "sh", process.execPath, BIN], {
      cwd: project.root,
      encoding: "utf8",
    });
    expect([piped.status, piped.stderr]).toEqual([0, ""]);

    expect((await runCli(["verify"], { cwd: project.root })).code).toBe(0);

    const folder = join(project.root, "test", "regoose");
    const [name] = (await readdir(folder)).filter((file) => file.includes(".test."));
    const path = join(folder, name ?? "");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(/^ *assert\.[^;]*;\n/mu, ""));
    const broken = await runCli(["verify", "--json"], { cwd: project.root });
    expect(broken.code).toBe(3);
    expect(toEnvelope<VerifyData>(broken).data?.broken).toBe(1);

    await writeFile(path, text);
    await writeFile(join(project.root, "index.js"), `${SOURCE}// changed\n`);
    const stale = await runCli(["verify", "--json"], { cwd: project.root });
    expect(stale.code).toBe(3);
    expect(toEnvelope<VerifyData>(stale).data?.stale).toBeGreaterThan(0);
  }, 120_000);

  test("tests source text given on the command line or piped in", async () => {
    const code = "function isEven(n) { return n % 2 === 0; }";
    const typed = await runCli(["generate", "--code", code, "--max-time", "60s", "--quiet"], {
      cwd: "/",
    });
    expect(typed.code).toBe(0);
    expect(typed.stdout).toContain("isEven(");
    const piped = await runCli(["generate", "-", "--json", "--max-time", "60s"], {
      cwd: "/",
      stdin: code,
    });
    expect(toEnvelope(piped).data?.suite?.tests).toBeGreaterThan(0);
    expect((await runCli(["generate", "--code", "function (", "--json"], { cwd: "/" })).code).toBe(
      2,
    );
  }, 180_000);

  test("writes nothing into the project on a dry run", async () => {
    await using project = await aProject({ "index.js": SOURCE });
    const result = await runCli([...GENERATE, "--dry-run"], { cwd: project.root });
    expect(result.code).toBe(0);
    expect((await readdir(project.root)).sort()).toEqual(["index.js", "package.json"]);
  }, 180_000);
});
