import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aProject, hasNamespace, runCli, runCliIn, toEnvelope } from "./support/cli.ts";

const QUICK = ["--json", "--max-time", "60s", "--seed", "1", "--baseline", "none"];

const WORKING = {
  "index.js":
    "exports.double = (n) => n * 2;\nexports.sign = (n) => (n < 0 ? -1 : n > 0 ? 1 : 0);\n",
};

describe.skipIf(!hasNamespace())("bad input", () => {
  test("names a target that does not exist", async () => {
    await using project = await aProject(WORKING);
    const result = await runCli(["generate", "nowhere.js", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(2);
    expect(toEnvelope(result).error).toMatchObject({
      name: "TargetNotFound",
      hint: expect.any(String) as string,
    });
  });

  test("names an export that does not exist, and the nearest one", async () => {
    await using project = await aProject(WORKING);
    const result = await runCli(["generate", "index.js#dubble", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(2);
    expect(JSON.stringify(toEnvelope(result).error)).toContain("double");
  });

  test("says that an empty package has nothing to test", async () => {
    await using project = await aProject({});
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(3);
    expect(toEnvelope(result).error).toMatchObject({ name: "EmptyPackage" });
  });

  test("points at a syntax error", async () => {
    await using project = await aProject({ "index.js": "exports.a = 1;\nexports.b = (;\n" });
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(2);
    expect(toEnvelope(result).error?.message).toMatch(/index\.js:2:\d+/u);
  });

  test.each([
    ["throws on import", 'throw new Error("not today");\n', "not today"],
    ["exits the process", "process.exit(3);\n", "exit"],
    ["never returns", "for (;;) {}\n", ""],
    [
      "needs a missing dependency",
      'require("not-installed-anywhere");\n',
      "not-installed-anywhere",
    ],
  ])("reports a package that %s", async (_name, source, expected) => {
    await using project = await aProject({ "index.js": source + WORKING["index.js"] });
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(2);
    const { error } = toEnvelope(result);
    expect(error?.name).toBe("TargetDoesNotLoad");
    expect(error?.message).toContain(expected);
  });

  test("tests a package that prints a million lines while it loads", async () => {
    const chatty = "for (let i = 0; i < 1e6; i += 1) console.log(i);\n";
    await using project = await aProject({ "index.js": chatty + WORKING["index.js"] });
    const result = await runCli(["generate", "--json", "--max-time", "90s", "--reruns", "1"], {
      cwd: project.root,
    });
    expect(result.code).toBe(0);
    expect(toEnvelope(result).data?.suite?.tests).toBeGreaterThan(0);
  });

  test("says what keeps the process alive where a package opens a server", async () => {
    const server = 'require("node:http").createServer().listen(0);\n';
    await using project = await aProject({ "index.js": server + WORKING["index.js"] });
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(3);
    const { ok, data, error } = toEnvelope(result);
    expect(data?.degradations?.join("\n")).toContain("TCPServerWrap");
    // Nothing was kept, and what there is stands beside the error all the same.
    expect({ ok, outcome: data?.outcome }).toEqual({ ok: false, outcome: "failed" });
    expect(error).toMatchObject({ name: "NothingKept", runId: data?.runId });
  });

  test("tests a package that is ES modules only", async () => {
    await using project = await aProject(
      { "lib.mjs": "export const half = (n) => n / 2;\n" },
      { type: "module", exports: "./lib.mjs" },
    );
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(0);
    expect(toEnvelope(result).data?.suite?.tests).toBeGreaterThan(0);
  });

  test("says that a native addon is out of reach", async () => {
    await using project = await aProject(
      { "build/addon.node": "\u007fELF" },
      { main: "build/addon.node" },
    );
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(2);
    expect(toEnvelope(result).error?.name).toBe("NativeAddonOnly");
  });

  test("ends in time on a bundle of 10 MB", async () => {
    const filler = Array.from(
      { length: 130_000 },
      (_, index) => `function f${String(index)}(a, b) { return a + b * ${String(index)}; }\n`,
    ).join("");
    await using project = await aProject({
      "index.js": `${filler}exports.first = f0;\nexports.last = (n) => (n > 3 ? f1(n, 2) : 0);\n`,
    });
    const startedMs = performance.now();
    const result = await runCli(["generate", "--json", "--max-time", "30s", "--seed", "1"], {
      cwd: project.root,
    });
    // Ten seconds over are allowed; the rest is for a busy machine.
    expect(performance.now() - startedMs).toBeLessThan(90_000);
    expect([0, 2, 3]).toContain(result.code);
    expect(result.stdout).not.toContain("InternalDefect");
  }, 180_000);

  test("makes the tests folder where there is none", async () => {
    await using project = await aProject(WORKING);
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(0);
    expect(toEnvelope(result).data?.suite?.directory).toBe("test/regoose");
  });

  test("refuses an unknown framework with the known ones", async () => {
    await using project = await aProject(WORKING);
    const result = await runCli(["generate", "--framework", "jasmine", ...QUICK], {
      cwd: project.root,
    });
    expect(result.code).toBe(2);
    expect(toEnvelope(result).error?.message).toContain("mocha");
  });

  test("says that the model engine is not there yet", async () => {
    await using project = await aProject(WORKING);
    const result = await runCli(["generate", "--engine", "model", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(2);
    expect(toEnvelope(result).error).toMatchObject({ name: "EngineUnavailable" });
  });

  test("goes on over a broken existing suite, and says so", async () => {
    await using project = await aProject({
      ...WORKING,
      "test/own.test.js":
        'const { test } = require("node:test");\ntest("is red", () => { throw new Error("red"); });\n',
    });
    const result = await runCli(["generate", "--json", "--max-time", "60s", "--seed", "1"], {
      cwd: project.root,
    });
    expect(result.code).toBe(0);
    const { data } = toEnvelope(result);
    expect(data?.outcome).toBe("degraded");
    expect(JSON.stringify(data?.degradations)).toContain("red");
  });

  test("points at each mistake in the configuration", async () => {
    await using project = await aProject({
      ...WORKING,
      "regoose.config.yaml": "sede: 3\nreruns: many\n",
    });
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(2);
    const text = JSON.stringify(toEnvelope(result).error);
    expect(text).toContain("regoose.config.yaml:1:1");
    expect(text).toContain("seed");
    expect(text).toContain("regoose.config.yaml:2:9");
  });

  test("says which folder cannot be written", async () => {
    await using project = await aProject(WORKING);
    await writeFile(join(project.root, ".regoose"), "in the way");
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(7);
    expect(toEnvelope(result).error).toMatchObject({ name: "RunFolderUnwritable" });
  });

  test("works on a read-only project as a dry run only", async () => {
    await using project = await aProject(WORKING);
    const readOnly = ["--ro-bind", project.root, project.root];
    const refused = await runCliIn(readOnly, ["generate", ...QUICK], { cwd: project.root });
    expect(refused.code).toBe(7);
    expect(toEnvelope(refused).error?.hint).toContain("--dry-run");
    const looked = await runCliIn(readOnly, ["generate", "--dry-run", ...QUICK], {
      cwd: project.root,
    });
    expect(looked.code).toBe(0);
  });

  test("says that the disk is full, and leaves nothing half written", async () => {
    await using project = await aProject(WORKING);
    const runs = join(project.root, ".regoose");
    await mkdir(runs);
    const tiny = ["--size", "16384", "--tmpfs", runs];
    const result = await runCliIn(tiny, ["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(7);
    expect(toEnvelope(result).error).toMatchObject({ class: "permanent" });
    expect(`${result.stdout}${result.stderr}`).toMatch(/no space|disk/u);
    expect((await readdir(project.root)).sort()).toEqual([".regoose", "index.js", "package.json"]);
  });

  test("tells what was proven where writing the suite fails", async () => {
    await using project = await aProject(WORKING);
    const tests = join(project.root, "test");
    await mkdir(tests);
    // Room for the lock and one small file, not for the proof.
    const tiny = ["--size", "8192", "--tmpfs", tests];
    const result = await runCliIn(tiny, ["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(7);
    const { ok, data, error } = toEnvelope(result);
    expect(ok).toBe(false);
    expect(error).toMatchObject({ name: "OutputUnwritable", runId: data?.runId });
    expect(data).toMatchObject({ outcome: "failed", suite: { files: [], tests: 0 } });
    expect(data?.candidates?.admitted).toBeGreaterThan(0);
    expect(data?.degradations?.join("\n")).toContain("proven and not written");
  });

  test("never overwrites a file that was edited by hand", async () => {
    await using project = await aProject(WORKING);
    await mkdir(join(project.root, "test", "regoose"), { recursive: true });
    expect((await runCli(["generate", ...QUICK], { cwd: project.root })).code).toBe(0);
    const { data } = toEnvelope(
      await runCli(["generate", "--dry-run", ...QUICK], { cwd: project.root }),
    );
    const [file] = data?.suite?.files ?? [];
    await writeFile(join(project.root, file ?? ""), "// mine now\n");
    const result = await runCli(["generate", ...QUICK], { cwd: project.root });
    expect(result.code).toBe(2);
    expect(toEnvelope(result).error).toMatchObject({ name: "OutputConflict" });
  });
});
