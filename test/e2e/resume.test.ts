import { existsSync, statSync } from "node:fs";
import { appendFile, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { sha256 } from "../../src/kernel/hash.ts";
import { aProject, hasNamespace, runCli, startCli, toEnvelope, waitFor } from "./support/cli.ts";
import type { CliResult } from "./support/cli.ts";
import { expectWholeTrace } from "./support/trace.ts";
import { listFolders, listProcesses } from "./support/watch-run.ts";

const SOURCE = `
exports.parse = (text) => {
  const match = /^(-?\\d+)(px|em|%)$/.exec(text);
  if (match === null) throw new TypeError("not a length");
  return { value: Number(match[1]), unit: match[2] };
};
exports.toText = ({ value, unit }) => \`\${value}\${unit}\`;
`;
const FILES = { "index.js": SOURCE };
const GENERATE = ["generate", "--json", "--seed", "3", "--max-executions", "300", "--reruns", "1"];

const PRELOAD = `--import ${join(import.meta.dirname, "support", "kill-at.ts")}`;

/** Durable records of a run: its start, the end of each step, its end. */
const RECORDS = ["run-start", "prepare", "baseline", "propose", "admit", "write", "run-end"];
const BOUNDARIES = RECORDS.flatMap((name, index) =>
  ["before", "after"].map((when) => ({ name, when, at: `${when}:${String(index + 1)}` })),
);

async function readSuite(root: string): Promise<Readonly<Record<string, string>>> {
  const folder = join(root, "test", "regoose");
  const names = existsSync(folder) ? (await readdir(folder)).sort() : [];
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
    ),
  );
}

/** Identity of the suite's folder: a second swap would make another one. */
function suiteIdentity(root: string): number | null {
  const folder = join(root, "test", "regoose");
  return existsSync(folder) ? statSync(folder).ino : null;
}

async function readLog(root: string): Promise<string> {
  const runs = join(root, ".regoose", "runs");
  const [id = ""] = existsSync(runs) ? await readdir(runs) : [];
  return readFile(join(runs, id, "events.ndjson"), "utf8").catch(() => "");
}

/** Lines of the tape of the only run that are whole. */
async function readTape(root: string): Promise<readonly string[]> {
  const runs = join(root, ".regoose", "runs");
  const [id = ""] = existsSync(runs) ? await readdir(runs) : [];
  const text = await readFile(join(runs, id, "search-tape.ndjson"), "utf8").catch(() => "");
  return text.split("\n").slice(0, -1);
}

/** Boxes die with the process that they work for; the kernel takes a moment. */
const GRACE = { timeout: 5_000 };

/** @returns the pid of the process that was killed; nothing that it started is running any more */
async function killAt(root: string, at: string): Promise<number> {
  const child = startCli(GENERATE, { cwd: root, env: { NODE_OPTIONS: PRELOAD, KILL_AT: at } });
  const pid = child.pid ?? 0;
  await waitFor(child);
  expect(child.signalCode).toBe("SIGKILL");
  await expect.poll(() => listProcesses(root, pid), GRACE).toEqual([]);
  return pid;
}

const resume = (root: string): Promise<CliResult> => runCli(["resume", "--json"], { cwd: root });

/** Resumes a run of the process `killed`, and sees that neither of the two leaves anything. */
async function resumeAfter(killed: number, root: string): Promise<CliResult> {
  const child = startCli(["resume", "--json"], { cwd: root });
  const result = await waitFor(child);
  // Where nothing was known of the run, nothing was taken up, and the next run that begins sweeps.
  const pids = result.code === 0 ? [killed, child.pid ?? 0] : [child.pid ?? 0];
  for (const pid of pids) {
    await expect.poll(() => listProcesses(root, pid), GRACE).toEqual([]);
    expect(listFolders(pid)).toEqual([]);
  }
  if (result.code === 0) await expectWholeTrace(root, "resume");
  return result;
}

describe.skipIf(!hasNamespace())("a run killed at a checkpoint boundary", () => {
  let whole: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    await using project = await aProject(FILES);
    expect((await runCli(GENERATE, { cwd: project.root })).code).toBe(0);
    whole = await readSuite(project.root);
    expect(Object.keys(whole)).toContain("regoose.proof.json");
    // Every durable record is one of those at which the runs below are killed.
    const log = await readLog(project.root);
    expect(log.match(/"name":"(run-start|action-end|run-end)"/gu)).toHaveLength(RECORDS.length);
  }, 120_000);

  test.each(BOUNDARIES)(
    "$when $name goes on to the same suite, does nothing twice and leaves nothing running",
    async ({ name, when, at }) => {
      await using project = await aProject(FILES);
      const killed = await killAt(project.root, at);
      const written = suiteIdentity(project.root);
      expect(written !== null).toBe(["write", "run-end"].includes(name));
      const result = await resumeAfter(killed, project.root);
      if (name === "run-start" && when === "before") {
        // Nothing is known of what it was asked to do.
        expect(toEnvelope(result).error).toMatchObject({ code: "RGS-1022" });
        return;
      }
      expect(result.code, result.stdout + result.stderr).toBe(0);
      expect(toEnvelope(result).data).toMatchObject({ outcome: "succeeded", reproducible: true });
      expect(await readSuite(project.root)).toEqual(whole);
      if (written !== null) expect(suiteIdentity(project.root)).toBe(written);
      const log = await readLog(project.root);
      const ends = [...log.matchAll(/"name":"action-end","data":\{"step":"(\w+)"/gu)];
      // A step that had its checkpoint was not done again.
      expect(ends.map((match) => match[1])).toEqual(RECORDS.slice(1, -1));
    },
    120_000,
  );
});

describe.skipIf(!hasNamespace())("resume", () => {
  test("goes on after Ctrl-C, and inside a search from its last save", async () => {
    // Inputs for these are hard to find, so that the search uses the time it has.
    const hard = Array.from(
      { length: 60 },
      (_none, index) =>
        `exports.open${String(index)} = (a, b) => {
          if (typeof a === "number" && (a * 7919) % 104729 === ${String(index * 31 + 17)}) return b === a * 3 ? "wide" : "open";
          return a > b ? "more" : "less";
        };`,
    );
    await using project = await aProject({ "index.js": SOURCE + hard.join("\n") });
    const child = startCli(["generate", "--json", "--max-time", "30s", "--reruns", "1"], {
      cwd: project.root,
    });
    const ended = waitFor(child);
    await expect
      .poll(() => readLog(project.root), { timeout: 40_000, interval: 50 })
      .toContain('"step":"propose"');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    const result = await resume(project.root);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const log = await readLog(project.root);
    const resumed =
      /"name":"run-resume","data":\{[^}]*"usedMs":(\d+),"done":\["prepare","baseline"\]/u;
    // What the search had used until its last save counts: at most two seconds are lost.
    expect(Number(resumed.exec(log)?.[1])).toBeGreaterThan(1_500);
    expect(Object.keys(await readSuite(project.root))).toContain("regoose.proof.json");
  }, 120_000);

  test("refuses sources that changed since, and rerun begins anew with them", async () => {
    await using project = await aProject(FILES);
    await killAt(project.root, "after:4");
    await appendFile(join(project.root, "index.js"), "exports.one = () => 1;\n");
    const refused = toEnvelope(await resume(project.root));
    expect(refused.error).toMatchObject({ code: "RGS-1023", name: "SourcesChanged" });
    expect(refused.error?.message).toContain("index.js");
    const rerun = await runCli(["rerun", "--json"], { cwd: project.root });
    expect(rerun.code, rerun.stdout).toBe(0);
    const proof = (await readSuite(project.root))["regoose.proof.json"] ?? "";
    expect(JSON.parse(proof)).toMatchObject({
      sources: { "index.js": sha256(await readFile(join(project.root, "index.js"))) },
    });
  }, 120_000);

  test("does over what a damaged result was for, and says so in the log", async () => {
    await using project = await aProject(FILES);
    await killAt(project.root, "after:5");
    const [id = ""] = await readdir(join(project.root, ".regoose", "runs"));
    const artifacts = join(project.root, ".regoose", "runs", id, "artifacts");
    const log = await readLog(project.root);
    const admitted = /"step":"admit"[^\n]*"output":"([0-9a-f]{64})"/u.exec(log)?.[1] ?? "";
    await writeFile(join(artifacts, `${admitted}.gz`), "damaged");
    const result = await resume(project.root);
    expect(result.code, result.stdout).toBe(0);
    expect(await readLog(project.root)).toContain('"damaged":{"admit"');
  }, 120_000);
});

describe.skipIf(!hasNamespace())("a search by executions", () => {
  test("killed in its midst goes on at the job that was cut short, to the same suite", async () => {
    const args = ["generate", "--json", "--seed", "3", "--max-executions", "6000", "--reruns", "1"];
    await using whole = await aProject(FILES);
    expect((await runCli(args, { cwd: whole.root })).code).toBe(0);
    const jobs = (await readTape(whole.root)).length;

    await using project = await aProject(FILES);
    const child = startCli(args, { cwd: project.root });
    const ended = waitFor(child);
    await vi.waitFor(
      async () => {
        expect((await readTape(project.root)).length).toBeGreaterThan(3);
      },
      { timeout: 60_000, interval: 20 },
    );
    child.kill("SIGKILL");
    await ended;
    const before = await readTape(project.root);
    expect(before.length).toBeLessThan(jobs);

    const resumed = await resume(project.root);
    expect(resumed.code, resumed.stdout).toBe(0);
    expect(await readSuite(project.root)).toEqual(await readSuite(whole.root));
    const after = await readTape(project.root);
    // What was on the tape was heard, not run: a job that ran again would stand there twice.
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length).toBe(jobs);
  }, 180_000);
});

const EXAMPLE = join(import.meta.dirname, "../../examples/interval-set");

/** Lines that are whole of what test runs of the gate reported in the only run. */
async function countGateRuns(root: string): Promise<number> {
  const runs = join(root, ".regoose", "runs");
  const [id = ""] = existsSync(runs) ? await readdir(runs) : [];
  const text = await readFile(join(runs, id, "gate-runs.ndjson"), "utf8").catch(() => "");
  return text.split("\n").length - 1;
}

describe.skipIf(!hasNamespace())("a gate over an example", () => {
  test("killed in its midst hears its test runs again, and comes to the same suite", async () => {
    const example = async (): Promise<Awaited<ReturnType<typeof aProject>>> => {
      const project = await aProject({}, null);
      await cp(EXAMPLE, project.root, { recursive: true });
      return project;
    };
    await using whole = await example();
    expect((await runCli(GENERATE, { cwd: whole.root })).code).toBe(0);

    await using project = await example();
    const { root } = project;
    const child = startCli(GENERATE, { cwd: root });
    const ended = waitFor(child);
    await expect
      .poll(() => countGateRuns(root), { timeout: 120_000, interval: 20 })
      .toBeGreaterThan(4);
    child.kill("SIGKILL");
    await ended;
    const kept = await countGateRuns(root);
    const pid = child.pid ?? 0;
    await expect.poll(() => listProcesses(root, pid), GRACE).toEqual([]);

    const resumed = await resumeAfter(pid, root);
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
    expect(await readSuite(root)).toEqual(await readSuite(whole.root));
    const started = /"name":"run-resume","data":\{[^}]*"done":\["prepare","baseline","propose"\]/u;
    expect(await readLog(root)).toMatch(started);
    expect(kept).toBeGreaterThan(4);
    // The run has its results; what was kept on the way is gone.
    expect(await countGateRuns(root)).toBe(0);
  }, 300_000);
});

describe.skipIf(!hasNamespace())("a run that has ended", () => {
  test("is replayed, resumed, rerun and reset from its log", async () => {
    await using project = await aProject(FILES);
    const { root } = project;
    const first = toEnvelope(await runCli(GENERATE, { cwd: root })).data;
    const before = suiteIdentity(root);
    const log = await readLog(root);

    const replayed = toEnvelope(await runCli(["runs", "replay", "--json"], { cwd: root })).data;
    expect(replayed).toEqual(first);
    const resumed = toEnvelope(await resume(root)).data;
    expect(resumed).toEqual(first);
    expect(suiteIdentity(root)).toBe(before);
    // Nothing was executed, so nothing was written down.
    expect(await readLog(root)).toBe(log);

    const args = ["rerun", "latest", "--from", "admit", "--reruns", "2", "--json"];
    const rerun = toEnvelope(await runCli(args, { cwd: root })).data;
    expect(rerun?.runId).not.toBe(first?.runId);
    expect(rerun?.candidates?.proposed).toBe(first?.candidates?.proposed);
    const proof = (await readSuite(root))["regoose.proof.json"] ?? "";
    expect(new Set(proof.match(/"reruns": \d+/gu))).toEqual(new Set(['"reruns": 2']));

    const reset = await runCli(["runs", "reset", "--from", "write", "--json"], { cwd: root });
    expect(toEnvelope<{ reset: string[] }>(reset).data?.reset).toEqual(["write"]);
    const unfinished = await runCli(["runs", "replay", "--json"], { cwd: root });
    expect(toEnvelope(unfinished).error).toMatchObject({ code: "RGS-1022" });
    expect(toEnvelope(await resume(root)).data?.outcome).toBe("succeeded");
    const wrong = await runCli(["rerun", "--from", "nowhere", "--json"], { cwd: root });
    expect(toEnvelope(wrong).error).toMatchObject({ code: "RGS-1020" });
  }, 180_000);
});
