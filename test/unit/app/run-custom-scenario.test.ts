import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createRunFolderStore } from "../../../src/adapters/store/run-folder.ts";
import { runCustomScenario } from "../../../src/app/run-custom-scenario.ts";
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
