import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { createArtifactFiles } from "../../../../src/adapters/store/artifact-files.ts";
import { createRunFolderStore } from "../../../../src/adapters/store/run-folder.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import { defineAction } from "../../../../src/orchestration/action.ts";
import {
  defineScenario,
  defineStep,
  type Scenario,
} from "../../../../src/orchestration/scenario.ts";
import { aProject } from "../../../unit/analysis/project-builder.ts";
import { createBench } from "../../../unit/orchestration/engine-harness.ts";
import { FILES, generateWith } from "./environment.ts";
import { command, thrown, type Provoke } from "./provoked.ts";

const clock = createSystemClock();

/** One step on the real engine: it gets `input` where it takes a number. */
function aScenario(input: unknown, run: () => Promise<number>): Scenario {
  const action = defineAction({
    name: "one-step",
    title: "one step",
    input: z.number(),
    output: z.number(),
    effects: "none",
    timeoutMs: 1_000,
    run,
  });
  const step = defineStep({ id: "one", action, toInput: () => input as number });
  return defineScenario({ name: "one", title: "one", strategy: "pipeline", steps: [step] });
}

/** The error that ends a Scenario. */
const ending =
  (input: unknown, run: () => Promise<number>): Provoke =>
  () =>
    thrown(async () => {
      const { ending: how } = await createBench().run(aScenario(input, run));
      if (how.kind === "failed") throw how.failure;
    });

/** A project with a run that failed once its sources had been read. */
async function withFailedRun(): Promise<string> {
  const root = await aProject(FILES);
  await generateWith(root, () => {
    throw new TypeError("a listener that throws");
  });
  return root;
}

/** RGS-101x and RGS-102x: runs and their steps. */
export const RUNS = {
  "RGS-1014": async () => {
    const store = createRunFolderStore({ clock }, await aProject({}));
    const id = await store.create();
    await store.log.claim(id);
    return thrown(() => store.log.claim(id));
  },
  "RGS-1016": async () => {
    const artifacts = createArtifactFiles(await aProject({}), { maxLength: 3 });
    return thrown(() => artifacts.put("r", "four"));
  },
  "RGS-1017": async () => {
    const runs = await aProject({});
    const artifacts = createArtifactFiles(runs);
    const hash = await artifacts.put("r", "text");
    await writeFile(join(runs, "r", "artifacts", `${hash}.gz`), "damaged");
    return thrown(() => artifacts.get("r", hash));
  },
  "RGS-1018": () => {
    const bench = createBench();
    bench.answer = "lost-ownership";
    return thrown(() => bench.run(aScenario(1, () => Promise.resolve(1))));
  },
  "RGS-1019": ending(1, () => new Promise(() => undefined)),
  "RGS-1020": async () => command(["rerun", "--from", "nowhere"], await withFailedRun()),
  "RGS-1021": ending("no number", () => Promise.resolve(1)),
  "RGS-1022": async () => {
    const root = await aProject({ "package.json": {} });
    const run = join(root, ".regoose", "runs", "20261124-081500-3f9a2c");
    await mkdir(run, { recursive: true });
    const old = '{"at":"2026-11-24T08:15:00.000Z","name":"run-start","data":{"target":"."}}\n';
    await writeFile(join(run, "events.ndjson"), old);
    return command(["resume"], root);
  },
  "RGS-1023": async () => {
    const root = await withFailedRun();
    await appendFile(join(root, "index.js"), "exports.more = () => 1;\n");
    return command(["resume"], root);
  },
  "RGS-1024": async () => {
    const root = await aProject({ "package.json": {} });
    await createRunFolderStore({ clock }, root).create();
    return command(["runs", "show", "--trace"], root);
  },
  "RGS-1030": async () =>
    command(["experiment", "report", "nothing"], await aProject({ "package.json": {} })),
  "RGS-1031": async () => {
    const variants = "{ coverage: 1, mutants: 1 }";
    const root = await aProject({
      "package.json": {},
      "regoose.config.yaml": `experiments:\n  balance: { flag: searchBalance, variants: ${variants} }\n`,
    });
    return command(["experiment", "report", "balance"], root);
  },
} as const satisfies Readonly<Record<string, Provoke>>;
