import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRunFolderStore } from "../../../../src/adapters/store/run-folder.ts";
import { listExperiments } from "../../../../src/app/experiments/list-experiments.ts";
import { renderExperiment } from "../../../../src/app/experiments/render-experiment.ts";
import { explainExperiment } from "../../../../src/app/experiments/report-experiment.ts";
import { readAssignment } from "../../../../src/app/generate/assign-flags.ts";
import { EXPOSURE_RECORD, OUTCOME_RECORD } from "../../../../src/contract/feature-flags.ts";
import type { RunRecord } from "../../../../src/contract/run-record.ts";
import { createFakeClock } from "../../../../src/testing/fake-clock.ts";

const clock = createFakeClock();
const CONFIG =
  "experiments:\n  balance: { flag: searchBalance, variants: { coverage: 1, mutants: 1 } }\n";

async function aProject(config = CONFIG): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "regoose-experiments-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, "package.json"), "{}");
  await writeFile(join(root, "regoose.config.yaml"), config);
  return root;
}

async function aRun(root: string, variant: string, outcome: object | null): Promise<void> {
  const store = createRunFolderStore({ clock }, root);
  clock.advance(1_000);
  const id = await store.create();
  const exposure = {
    ...{ experiment: "balance", flag: "searchBalance", unit: "run", minimum: 30, variant },
    variants: { coverage: 1, mutants: 1 },
    unitKey: id,
  };
  const claim = await store.log.claim(id);
  await store.log.append(id, claim, [
    { name: EXPOSURE_RECORD, data: exposure },
    ...(outcome === null ? [] : [{ name: OUTCOME_RECORD, data: { ...outcome } }]),
  ]);
  await store.log.release(id, claim);
}

const outcome = (mutationScore: number): object => ({
  mutationScore,
  executions: 900,
  durationMs: 12_345,
});

test("experiments are listed with their state and what runs know of them", async () => {
  const root = await aProject();
  const list = async () => (await listExperiments({ clock }, { cwd: root, also: [] })).experiments;
  expect(await list()).toMatchObject([
    { name: "balance", state: "running", runs: 0, firstAt: null },
  ]);
  await aRun(root, "coverage", outcome(0.5));
  await aRun(root, "mutants", null);
  expect(await list()).toMatchObject([{ state: "running", runs: 2, outcomes: 1 }]);
  await writeFile(
    join(root, "regoose.config.yaml"),
    `flags: { searchBalance: mutants }\n${CONFIG}`,
  );
  expect(await list()).toMatchObject([{ state: "idle" }]);
  await writeFile(join(root, "regoose.config.yaml"), "");
  expect(await list()).toMatchObject([{ state: "ended", unit: "run", minimum: 30 }]);
});

test("a report adds runs of other projects, and says n everywhere", async () => {
  const [one, two] = [await aProject(), await aProject("")];
  await aRun(one, "coverage", outcome(0.5));
  await aRun(one, "mutants", outcome(0.6));
  const small = await explainExperiment({ clock }, { cwd: one, also: [] }, "balance");
  expect(small.tooSmall).toMatchObject({ code: "RGS-1031" });
  expect(small.tooSmall?.message).toContain("coverage 1 of 1, mutants 1 of 1");
  await aRun(two, "coverage", outcome(0.52));
  await aRun(two, "mutants", outcome(0.63));
  const { report, tooSmall } = await explainExperiment(
    { clock },
    { cwd: one, also: [two, one] },
    "balance",
  );
  expect([tooSmall, report.variants.map(({ exposed }) => exposed)]).toEqual([null, [2, 2]]);
  const text = renderExperiment(report);
  expect(text).toContain("experiment balance: searchBalance, dealt out by run, control coverage");
  expect(text).toMatch(/mutation score, % +n +mean and 95 % interval/u);
  expect(text).toMatch(/mutants - coverage +2 \+ 2 +10\.5 \[/u);
  expect(text).toContain("not checked, n = 4");
  expect(text).toContain("method: Welch's t interval");
  expect(text).toContain("not conclusive");
});

test("a name that nothing knows is refused with the nearest, one without runs as too small", async () => {
  const root = await aProject();
  const ask = (name: string) => explainExperiment({ clock }, { cwd: root, also: [] }, name);
  await expect(ask("balanc")).rejects.toMatchObject({
    code: "RGS-1030",
    hint: "Did you mean balance?",
  });
  await expect(ask("balance")).rejects.toMatchObject({ code: "RGS-1031" });
});

test("what a log says of flags is taken where this release knows it, and else the default", () => {
  const record = (name: string, data: object): RunRecord =>
    ({ name, data, at: "", epoch: 1, sequence: 1 }) as unknown as RunRecord;
  const exposure = {
    ...{ experiment: "x", unit: "run", minimum: 2, variants: { a: 1, b: 1 }, variant: "a" },
    unitKey: "k",
  };
  const read = (...records: readonly RunRecord[]) => readAssignment(records);
  expect(read().values).toEqual({ searchBalance: "coverage", fewestTests: false });
  const flags = { searchBalance: "mutants", fewestTests: "yes", gone: 1, __proto__: null };
  const { values, exposures } = read(
    record("run-start", { flags }),
    record(EXPOSURE_RECORD, { ...exposure, flag: "fewestTests" }),
    record(EXPOSURE_RECORD, { ...exposure, flag: "gone" }),
    record(EXPOSURE_RECORD, { flag: "fewestTests" }),
  );
  expect(values).toEqual({ searchBalance: "mutants", fewestTests: false });
  expect(exposures).toEqual([{ ...exposure, flag: "fewestTests" }]);
});
