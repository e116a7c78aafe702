import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ScriptInput } from "../../src/adapters/mock-llm/script.ts";
import { startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import type { ImproveData } from "../../src/contract/improve.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import {
  type CliResult,
  hasNamespace,
  runCli,
  startCli,
  toEnvelope,
  waitFor,
} from "./support/cli.ts";
import {
  anImprovable,
  block,
  EDITOR,
  FLAT,
  type Improvable,
  MENDED,
  PLAN,
  RIGHT,
  SOURCE,
  TEST,
  WRONG,
} from "./support/improvable.ts";
import { listFolders, listProcesses } from "./support/watch-run.ts";

const clock = createSystemClock();
const GOAL = ["--goal", "flatten the branches", "--max-executions", "300", "--reruns", "1"];
const LOCAL = ["--provider", "local"];

const script = (...texts: readonly string[]): ScriptInput => ({
  answers: [PLAN, ...texts.map((text) => ({ when: EDITOR, text, times: 1 }))],
});

const run = (project: Improvable, args: readonly string[]): Promise<CliResult> =>
  runCli(args, { cwd: project.root, env: project.env });

const improve = (project: Improvable, ...args: readonly string[]): Promise<CliResult> =>
  run(project, ["improve", "--json", ...GOAL, ...LOCAL, ...args]);

function toData(result: CliResult): ImproveData {
  const { data } = toEnvelope<ImproveData>(result);
  expect(data, `${result.stdout.slice(0, 3000)}${result.stderr}`).not.toBeNull();
  return data as ImproveData;
}

const sourceOf = ({ root }: Improvable): Promise<string> =>
  readFile(join(root, "src/grade.js"), "utf8");

describe.skipIf(!hasNamespace())("improve", { timeout: 240_000 }, () => {
  test("mends what tests of the old behaviour refuse, writes with --yes, and takes it back", async () => {
    await using server = await startMockLlm({ clock }, { script: script(WRONG, MENDED) });
    await using project = await anImprovable(server);
    const result = await improve(project, "--yes");
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const data = toData(result);
    expect(data).toMatchObject({
      outcome: "succeeded",
      ended: "converged",
      iterations: 2,
      isApplied: true,
      files: [{ path: "src/grade.js", kind: "modified" }],
      validation: { types: "none", existingTests: 1, changedVerdicts: [] },
      models: { calls: 3 },
      failures: [],
    });
    expect(data.validation.characterisationTests).toBeGreaterThan(0);
    expect(await sourceOf(project)).toBe(FLAT);
    // The second question of the editor names the test that was red.
    expect(JSON.stringify(server.requests[2]?.body)).toContain(
      "a test of what the code did before",
    );
    expect(await readdir(project.root)).toEqual([".regoose", "package.json", "src", "test"]);

    const replayed = await run(project, ["runs", "replay", "--json"]);
    expect(toData(replayed)).toEqual(data);
    const why = await run(project, ["why", "--json"]);
    expect(
      toEnvelope<{ readonly causes: readonly { readonly id: string }[] }>(why).data,
    ).toMatchObject({
      causes: [{ id: "all-well" }],
    });
    const undone = await run(project, ["improve", "--json", "--undo", "latest"]);
    expect(toEnvelope(undone).data).toMatchObject({ state: "undone", files: ["src/grade.js"] });
    expect(await sourceOf(project)).toBe(SOURCE);
    const twice = await run(project, ["improve", "--json", "--undo", "latest"]);
    expect(toEnvelope(twice)).toMatchObject({ error: { code: "RGS-3105" } });
  });

  test("writes nothing without a yes, and nothing over what changed meanwhile", async () => {
    await using server = await startMockLlm({ clock }, { script: script(RIGHT) });
    await using project = await anImprovable(server);
    const result = await improve(project);
    expect(result.code).toBe(3);
    const envelope = toEnvelope<ImproveData>(result);
    expect(envelope).toMatchObject({ ok: false, error: { code: "RGS-3102" } });
    expect(envelope.data).toMatchObject({ isApplied: false, ended: "converged" });
    expect(await sourceOf(project)).toBe(SOURCE);
    const runId = envelope.data?.runId ?? "";
    const patch = join(project.root, ".regoose/runs", runId, "changes.patch");
    expect(await readFile(patch, "utf8")).toBe(envelope.data?.diff);

    const mine = SOURCE.replace("Grades", "Grades all");
    await writeFile(join(project.root, "src/grade.js"), mine);
    const late = await run(project, ["improve", "--json", "--apply", runId, "--yes"]);
    expect(toEnvelope(late)).toMatchObject({ error: { code: "RGS-3104" } });
    expect(await sourceOf(project)).toBe(mine);
    await writeFile(join(project.root, "src/grade.js"), SOURCE);
    const applied = await run(project, ["improve", "--json", "--apply", runId, "--yes"]);
    expect(applied.code).toBe(0);
    expect(await sourceOf(project)).toBe(FLAT);
    await writeFile(join(project.root, "src/grade.js"), mine);
    const undo = await run(project, ["improve", "--json", "--undo", runId]);
    expect(toEnvelope(undo)).toMatchObject({ error: { code: "RGS-3104" } });
    expect(await sourceOf(project)).toBe(mine);
  });

  test("lists behaviour that changed where it may, as a patch that git takes", async () => {
    await using server = await startMockLlm({ clock }, { script: script(WRONG) });
    await using project = await anImprovable(server);
    const args = [...GOAL, ...LOCAL, "--may-change-behaviour", "--patch"];
    const result = await run(project, ["improve", ...args]);
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toContain("changed behaviour: ");
    expect(await sourceOf(project)).toBe(SOURCE);
    execFileSync("git", ["apply", "-"], { cwd: project.root, input: result.stdout });
    expect(await sourceOf(project)).toBe(FLAT.replace(">= 75", "> 75"));
    const shown = await run(project, ["runs", "replay", "--json"]);
    const [changed] = toData(shown).validation.changedVerdicts;
    expect(changed).toMatchObject({ verdict: "failed" });
  });

  test("takes no edit outside the plan, and stops where nothing moves", async () => {
    const outside = [
      block("../evil.js", "", "export {};\n"),
      block("package.json", "{\n", "{ \n"),
      block("test/grade.test.js", 'import { test } from "node:test";\n', "// gone\n"),
      block("src/other.js", "", "export {};\n"),
    ].join("\n");
    await using server = await startMockLlm(
      { clock },
      { script: { answers: [PLAN, { when: EDITOR, text: outside }] } },
    );
    await using project = await anImprovable(server);
    const result = await improve(project, "--yes", "--max-iterations", "5");
    expect(result.code).toBe(3);
    const envelope = toEnvelope<ImproveData>(result);
    expect(envelope).toMatchObject({ error: { code: "RGS-3103" } });
    expect(envelope.data).toMatchObject({ ended: "no-progress", iterations: 2, files: [] });
    const said = envelope.data?.failures?.join("\n") ?? "";
    expect(said).toContain("../evil.js: it is no plain path inside the project");
    expect(said).toContain("package.json: only source files");
    expect(said).toContain("test/grade.test.js: tests stay as they are");
    expect(said).toContain("src/other.js: the plan does not name it");
    const why = await run(project, ["why", "--json"]);
    const { causes } =
      toEnvelope<{ readonly causes: readonly { readonly id: string }[] }>(why).data ?? {};
    expect(causes?.[0]).toMatchObject({ id: "RGS-3103" });
    expect(await sourceOf(project)).toBe(SOURCE);
  });

  test("changes tests only where that was typed, and mends what a kill cut in two", async () => {
    const { when } = PLAN;
    const paths = ["src/grade.js", "src/new/limits.js", "test/grade.test.js"];
    const wide = { summary: "", files: paths.map((path) => ({ path, change: "" })) };
    const title = TEST.replace("gives an A", "gives the best");
    const edits = [
      block("src/grade.js", `${SOURCE.split("\n")[0]}\n`, "/** Grades points. */\n"),
      block("src/new/limits.js", "", "export const BEST = 90;\n"),
      block("test/grade.test.js", `${TEST.split("\n")[3]}\n`, `${title.split("\n")[3]}\n`),
    ];
    const answers = [
      { when, json: wide },
      { when: EDITOR, text: `${edits.join("\n")}DONE\n` },
    ];
    await using server = await startMockLlm({ clock }, { script: { answers } });
    await using project = await anImprovable(server);
    const refused = toEnvelope<ImproveData>(await improve(project, "--yes"));
    expect(refused).toMatchObject({ error: { code: "RGS-3103" }, data: { files: [] } });
    expect(refused.data?.failures?.join("\n")).toContain("test/grade.test.js: tests stay as they");

    const allowed = await improve(project, "--may-change-tests");
    expect(allowed.code, allowed.stdout).toBe(3);
    expect(toData(allowed).validation.changedTests).toEqual([
      { file: "test/grade.test.js", kind: "modified", gone: ["gives an A"] },
    ]);
    const look = (): Promise<readonly (string | null)[]> =>
      Promise.all(
        paths.map((path) => readFile(join(project.root, path), "utf8").catch(() => null)),
      );
    const before = [SOURCE, null, TEST];
    const after = [SOURCE.replace(" from 0 to 100", ""), "export const BEST = 90;\n", title];
    expect(await look()).toEqual(before);
    const apply = ["improve", "--json", "--apply", "latest", "--yes"];
    const killer = `--import ${join(import.meta.dirname, "support", "kill-at-swap.ts")}`;
    const env = { ...project.env, NODE_OPTIONS: killer };
    await waitFor(startCli(apply, { cwd: project.root, env }));
    expect(await look()).toEqual([after[0], after[1], before[2]]);
    expect((await run(project, apply)).code).toBe(0);
    expect(await look()).toEqual(after);
    const undone = await run(project, ["improve", "--json", "--undo", "latest"]);
    expect(undone.code, undone.stdout).toBe(0);
    expect(await look()).toEqual(before);
    expect(existsSync(join(project.root, "src/new"))).toBe(false);
  });

  test("leaves nothing behind at Ctrl-C, and can be gone on with", async () => {
    const answers = script(RIGHT).answers ?? [];
    const faults = [{ fault: "silence", when: EDITOR }] as const;
    await using server = await startMockLlm({ clock }, { script: { answers, faults } });
    await using project = await anImprovable(server);
    const { root, env } = project;
    const child = startCli(["improve", "--json", ...GOAL, ...LOCAL, "--yes"], { cwd: root, env });
    const ended = waitFor(child);
    await expect.poll(() => server.requests.length, { timeout: 120_000 }).toBe(2);
    child.kill("SIGINT");
    const result = await ended;
    expect(result.code, result.stderr).toBe(130);
    expect(toEnvelope(result)).toMatchObject({ ok: false, error: { code: "RGS-1300" } });
    expect(await sourceOf(project)).toBe(SOURCE);
    expect(await readdir(root)).toEqual([".regoose", "package.json", "src", "test"]);
    expect(listFolders(child.pid ?? 0)).toEqual([]);
    expect(listProcesses(root, child.pid ?? 0)).toEqual([]);
    const listed = await run(project, ["runs", "list", "--json"]);
    expect(toEnvelope<unknown>(listed).data).toMatchObject({ runs: [{ outcome: "cancelled" }] });
    server.play({ answers });
    const resumed = await run(project, ["resume", "--json", ...LOCAL]);
    expect(toEnvelope(resumed)).toMatchObject({ error: { code: "RGS-3102" } });
    expect(server.requests).toHaveLength(3);
  });

  test("pays for no answer twice after it was killed, and asks nobody whom only the log names", async () => {
    const answers = script(RIGHT).answers ?? [];
    const faults = [{ fault: "silence", when: EDITOR }] as const;
    await using server = await startMockLlm({ clock }, { script: { answers, faults } });
    await using project = await anImprovable(server);
    const { root, env } = project;
    const child = startCli(["improve", "--json", ...GOAL, ...LOCAL], { cwd: root, env });
    const ended = waitFor(child);
    await expect.poll(() => server.requests.length, { timeout: 120_000 }).toBe(2);
    child.kill("SIGKILL");
    await ended;
    server.play({ answers });
    const unnamed = await run(project, ["resume", "--json"]);
    expect(unnamed.code).toBe(2);
    expect(toEnvelope(unnamed)).toMatchObject({ error: { code: "RGS-3101" } });
    expect(server.requests).toHaveLength(2);
    const resumed = await run(project, ["resume", "--json", ...LOCAL]);
    expect(toEnvelope(resumed)).toMatchObject({ error: { code: "RGS-3102" } });
    // The plan is a checkpoint; only the editor, who never answered, is asked again.
    expect(server.requests).toHaveLength(3);
    const reset = await run(project, ["runs", "reset", "--json", "--from", "validate-3"]);
    expect(toEnvelope(reset).data).toMatchObject({ reset: ["validate-3", "report"] });
  });

  test("ends with 6 at its budget, and goes on with a larger one", async () => {
    await using server = await startMockLlm({ clock }, { script: script(RIGHT) });
    await using project = await anImprovable(server);
    const poor = await improve(project, "--yes", "--budget-tokens", "10");
    expect(poor.code).toBe(6);
    expect(toEnvelope(poor)).toMatchObject({ error: { code: "RGS-4016" } });
    expect(server.requests).toEqual([]);
    const rich = await run(project, ["resume", "--json", ...LOCAL]);
    expect(toEnvelope(rich)).toMatchObject({ error: { code: "RGS-3102" } });
  });

  test("asks nobody unless somebody was named", async () => {
    await using project = await anImprovable();
    const result = await run(project, ["improve", "--json", ...GOAL]);
    expect(result.code).toBe(2);
    expect(toEnvelope(result)).toMatchObject({ error: { code: "RGS-3101" } });
    const aimless = await run(project, ["improve", "--json", ...LOCAL]);
    expect(toEnvelope(aimless)).toMatchObject({ error: { code: "RGS-2010" } });
  });

  test("holds changes to the project's own types, in files that may not be changed too", async () => {
    const typed = SOURCE.replace("(points)", "(points: number): string").replace(
      "let letter;",
      "let letter: string;",
    );
    const loose = block(
      "src/grade.ts",
      "export function grade(points: number): string {\n",
      "export function grade(points: number): string | null {\n",
    );
    const strict = block(
      "src/grade.ts",
      "export function grade(points: number): string | null {\n",
      "export function grade(points: number): string {\n  // from 0 to 100\n",
    );
    const plan = { ...PLAN, json: { summary: "", files: [{ path: "src/grade.ts", change: "" }] } };
    const answers = [
      plan,
      ...[loose, strict].map((text) => ({ when: EDITOR, text: `${text}DONE\n`, times: 1 })),
    ];
    await using server = await startMockLlm({ clock }, { script: { answers } });
    const options = {
      target: "es2023",
      module: "nodenext",
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
    };
    await using project = await anImprovable(server, {
      "package.json": JSON.stringify({ name: "grades", type: "module", exports: "./src/index.ts" }),
      "tsconfig.json": JSON.stringify({ compilerOptions: options, include: ["src"] }),
      "src/grade.ts": typed,
      "src/index.ts":
        'import { grade } from "./grade.ts";\nexport const loud = (points: number): string => grade(points).toUpperCase();\n',
      "test/grade.test.js": "",
    });
    const { root } = project;
    await rm(join(root, "src/grade.js"));
    await rm(join(root, "test/grade.test.js"));
    const compiler = join(import.meta.dirname, "../../node_modules/typescript");
    await cp(compiler, join(root, "node_modules/typescript"), { recursive: true });
    const result = await improve(project, "--directory", "src/grade.ts", "--dry-run");
    expect(result.code, result.stdout).toBe(0);
    expect(toData(result)).toMatchObject({
      iterations: 2,
      validation: { types: "checked", existingTests: 0 },
    });
    expect(JSON.stringify(server.requests[2]?.body)).toContain(
      "the type check complains: src/index.ts: TS",
    );
    expect(await readFile(join(root, "src/grade.ts"), "utf8")).toBe(typed);
  });
});
