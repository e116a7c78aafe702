import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createRunFolderStore } from "../../../src/adapters/store/run-folder.ts";
import { resetRun } from "../../../src/app/reset.ts";
import { replayRun, rerunRun, resumeRun } from "../../../src/app/resume.ts";
import { replayCustomScenario, runCustomScenario } from "../../../src/app/run-custom-scenario.ts";
import { renderStoredReport } from "../../../src/app/stored-runs.ts";
import { explainRun } from "../../../src/app/why.ts";
import { defineAction } from "../../../src/orchestration/action.ts";
import { defineScenario, defineStep } from "../../../src/orchestration/scenario.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";
import { checkTrace, parseTrace } from "../../../src/telemetry/tracing/trace-tree.ts";

let root = "";
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), "regoose-custom-"))));
afterEach(() => rm(root, { recursive: true, force: true }));

const words = defineStep({
  id: "words",
  toInput: () => "a b a",
  action: defineAction({
    name: "split-text",
    title: "splitting the text",
    input: z.string(),
    output: z.array(z.string()),
    effects: "none",
    run: (text) => Promise.resolve(text.split(" ")),
  }),
});

/** Counts words; fails as long as it is told to. */
function aScenario(isBroken: () => boolean, name = "word-count") {
  const count = defineStep({
    id: "count",
    action: defineAction({
      name: "count-words",
      title: "counting",
      input: z.array(z.string()),
      output: z.number(),
      effects: "none",
      run: (list) =>
        isBroken() ? Promise.reject(new Error("broken")) : Promise.resolve(list.length),
    }),
  });
  const steps = [words, count];
  return { count, scenario: defineScenario({ name, title: "words", strategy: "pipeline", steps }) };
}

test("a Scenario of the caller's is run, and gone on with where it failed", async () => {
  const clock = createFakeClock();
  let isBroken = true;
  const { scenario, count } = aScenario(() => isBroken);
  const { signal } = new AbortController();
  const seen: string[] = [];
  const options = { root, resume: null, signal };
  const first = await runCustomScenario({ clock }, scenario, options);
  expect(first).toMatchObject({ outcome: "failed", failure: { message: "broken" } });
  expect(first.results.of(words)).toEqual(["a", "b", "a"]);
  isBroken = false;
  const second = await runCustomScenario({ clock }, scenario, {
    ...options,
    resume: first.runId,
    onStep: ({ step, kind }) => seen.push(`${step} ${kind}`),
  });
  expect(second).toMatchObject({ runId: first.runId, outcome: "succeeded", failure: null });
  expect(second.results.of(count)).toBe(3);
  expect(seen).toEqual(["words restored", "count started", "count finished"]);
  const other = aScenario(() => false, "another").scenario;
  await expect(
    runCustomScenario({ clock }, other, { ...options, resume: "latest" }),
  ).rejects.toMatchObject({ code: "RGS-1022" });
});

test("a Scenario of the caller's leaves one whole trace, over the processes that worked on it", async () => {
  const clock = createFakeClock();
  let isBroken = true;
  const { scenario } = aScenario(() => isBroken);
  const { signal } = new AbortController();
  const { runId } = await runCustomScenario({ clock }, scenario, { root, resume: null, signal });
  isBroken = false;
  await runCustomScenario({ clock }, scenario, { root, resume: runId, signal });
  const store = createRunFolderStore({ clock }, root);
  const lines = parseTrace(await store.readFile(runId, "trace.ndjson"));
  expect(checkTrace(runId, lines, await store.readRecords(runId))).toEqual([]);
  const attempts = lines.filter(({ name, end }) => name.startsWith("action ") && end !== null);
  expect(attempts.map(({ name, status }) => `${name} ${status}`)).toEqual([
    "action split-text ok",
    "action count-words error",
    "action count-words ok",
  ]);
});

describe("a run of a Scenario of the caller's", () => {
  const clock = createFakeClock();
  const { signal } = new AbortController();
  const run = async (
    isBroken: boolean,
    options: Partial<Parameters<typeof runCustomScenario>[2]> = {},
  ): ReturnType<typeof runCustomScenario> => {
    await writeFile(join(root, "package.json"), "{}");
    const { scenario } = aScenario(() => isBroken);
    return runCustomScenario({ clock }, scenario, { root, resume: null, signal, ...options });
  };
  const kinds = (seen: string[]) => ({
    onStep: ({ step, kind }: { step: string; kind: string }) => void seen.push(`${step} ${kind}`),
  });

  test("is begun again from a step, with the results before it", async () => {
    const { runId } = await run(false);
    const seen: string[] = [];
    const again = await run(false, { rerun: { run: runId, from: "count" }, ...kinds(seen) });
    expect(again).toMatchObject({ outcome: "succeeded", failure: null });
    expect(again.runId).not.toBe(runId);
    expect(seen).toEqual(["words restored", "count started", "count finished"]);
    const records = await createRunFolderStore({ clock }, root).readRecords(again.runId);
    expect(records[0]?.data).toMatchObject({ rerunOf: runId, from: "count" });
    await expect(run(false, { rerun: { run: runId, from: "nowhere" } })).rejects.toMatchObject({
      code: "RGS-1020",
    });
  });

  test("is read without executing anything, however it ended", async () => {
    const { runId } = await run(true);
    const { scenario, count } = aScenario(() => {
      throw new Error("it is executed");
    });
    const read = await replayCustomScenario({ clock }, scenario, { root, run: runId });
    expect(read).toMatchObject({ runId, outcome: "failed", failure: { message: "broken" } });
    expect(read.results.find(count)).toBeUndefined();
    await run(false, { resume: runId });
    const good = await replayCustomScenario({ clock }, scenario, { root, run: runId });
    expect(good).toMatchObject({ outcome: "succeeded", failure: null });
    expect(good.results.of(count)).toBe(3);
    const other = aScenario(() => false, "another").scenario;
    await expect(
      replayCustomScenario({ clock }, other, { root, run: runId }),
    ).rejects.toMatchObject({ code: "RGS-1022" });
  });

  test("forgets results from a step on, and says what does them again", async () => {
    const { runId } = await run(false);
    const { scenario } = aScenario(() => false);
    const done = await resetRun({ clock }, { run: runId, cwd: root, from: "count" });
    expect(done.reset).toEqual(["count"]);
    expect(done.next).toContain(`runCustomScenario\` with \`resume: "${runId}"`);
    await expect(
      replayCustomScenario({ clock }, scenario, { root, run: runId }),
    ).rejects.toMatchObject({ code: "RGS-1022" });
    const seen: string[] = [];
    expect(await run(false, { resume: runId, ...kinds(seen) })).toMatchObject({
      outcome: "succeeded",
    });
    expect(seen).toEqual(["words restored", "count started", "count finished"]);
  });

  test("is explained, with what its program can call", async () => {
    const { runId } = await run(true);
    const { outcome, causes } = await explainRun({ clock }, { run: runId, cwd: root });
    expect(outcome).toBe("failed");
    expect(
      causes
        .map(({ evidence }) => evidence)
        .flat()
        .join(),
    ).toContain("broken");
    expect(causes.map(({ next }) => next).join()).not.toMatch(/regoose (?:resume|rerun|report)/u);
  });

  test("is refused by what has not its code, with what to call", async () => {
    const { runId } = await run(false);
    const deps = { clock, version: "0.0.0" };
    const name = { run: runId, cwd: root };
    const options = { signal, onProgress: () => undefined, onNotice: () => undefined };
    const calls = [
      () => resumeRun(deps, name, options),
      () => rerunRun(deps, { ...name, from: "count", edits: {} }, options),
      () => replayRun(deps, name),
      () => renderStoredReport(deps, { ...name, format: "markdown", color: false, columns: 80 }),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: "RGS-1022",
        hint: expect.stringContaining("runCustomScenario") as string,
      });
    }
  });

  test("ends degraded where a result lacks something, after a resume too, and is counted", async () => {
    const readMetrics = (runId: string): Promise<string> =>
      createRunFolderStore({ clock }, root).readFile(runId, "metrics.prom");
    let isBroken = true;
    const lacking = defineStep({
      id: "words",
      toInput: () => 1,
      action: defineAction({
        name: "lack-something",
        title: "lacking",
        input: z.number(),
        output: z.number(),
        effects: "none",
        run: (input, { degrade }) => {
          degrade("half of it is missing");
          return Promise.resolve(input);
        },
      }),
    });
    const { count } = aScenario(() => isBroken);
    const scenario = defineScenario({
      ...{ name: "lacking", title: "", strategy: "sequential" as const },
      steps: [lacking, { ...count, toInput: () => ["a"] }],
    });
    const first = await runCustomScenario({ clock }, scenario, { root, resume: null, signal });
    expect(first.outcome).toBe("failed");
    expect(await readMetrics(first.runId)).toContain('regoose_runs_total{outcome="failed"} 1');
    isBroken = false;
    const options = { root, resume: first.runId, signal };
    const second = await runCustomScenario({ clock }, scenario, options);
    expect(second).toMatchObject({
      outcome: "degraded",
      degradations: ["half of it is missing"],
    });
    const read = await replayCustomScenario({ clock }, scenario, { root, run: first.runId });
    expect(read).toMatchObject({ outcome: "degraded", degradations: ["half of it is missing"] });
    expect(await readMetrics(first.runId)).toContain('regoose_runs_total{outcome="degraded"} 1');
  });
});
