import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { decideFlag } from "../../src/adapters/flags/decide-flag.ts";
import type { ExperimentList } from "../../src/app/experiments/list-experiments.ts";
import type { Experiment } from "../../src/contract/feature-flags.ts";
import type { ExperimentReport } from "../../src/experiments/report.ts";
import { shortHash } from "../../src/kernel/hash.ts";
import { type CliResult, hasNamespace, runCli, toEnvelope } from "./support/cli.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/interval-set");
const CONFIG = [
  "experiments:",
  "  balance:",
  "    flag: searchBalance",
  "    unit: project",
  "    variants: { coverage: 1, mutants: 1 }",
  "    minimum: 2",
  "",
].join("\n");

/** Which variant a package of that name gets, as the command decides it. */
function toVariant(name: string): string {
  const experiment: Experiment = {
    name: "balance",
    flag: "searchBalance",
    unit: "project",
    minimum: 2,
    variants: { coverage: 1, mutants: 1 },
  };
  const subject = {
    projectKey: shortHash(JSON.stringify([null, name])),
    runKey: "",
    attributes: {},
  };
  const values = ["coverage", "mutants"] as const;
  const decision = decideFlag("searchBalance", { values, setting: null, experiment }, subject);
  return String(decision?.value);
}

/** Two names for each variant. */
function someNames(): readonly string[] {
  const names = Array.from({ length: 60 }, (_, index) => `intervals-${String(index)}`);
  return ["coverage", "mutants"].flatMap((variant) =>
    names.filter((name) => toVariant(name) === variant).slice(0, 2),
  );
}

describe.skipIf(!hasNamespace())("an experiment", () => {
  test("is dealt to four copies of an example, and reported with intervals and n", async () => {
    const home = await mkdtemp(join(tmpdir(), "regoose-experiment-"));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    await mkdir(join(home, ".config", "regoose"), { recursive: true });
    await writeFile(join(home, ".config", "regoose", "config.yaml"), CONFIG);
    const env = { HOME: home, XDG_CONFIG_HOME: "" };
    const names = someNames();
    const cwd = join(home, names[0]!);
    const run = (args: readonly string[], folder = cwd): Promise<CliResult> =>
      runCli(args, { cwd: folder, env });

    for (const [index, name] of names.entries()) {
      const folder = join(home, name);
      await cp(EXAMPLE, folder, { recursive: true });
      const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as object;
      await writeFile(
        join(folder, "package.json"),
        JSON.stringify({ ...manifest, name, repository: undefined }),
      );
      if (index === 0) {
        const early = toEnvelope<ExperimentReport>(
          await run(["experiment", "report", "balance", "--json"]),
        );
        expect(early.error).toMatchObject({ code: "RGS-1031", name: "ExperimentTooSmall" });
      }
      const flags = ["--max-executions", "400", "--reruns", "1", "--seed", String(index), "--json"];
      const { data } = toEnvelope(await run(["generate", "src/parse.js", ...flags], folder));
      expect(data?.suite?.tests).toBeGreaterThan(0);
    }

    const one = toEnvelope<ExperimentReport>(
      await run(["experiment", "report", "balance", "--json"]),
    );
    expect(one).toMatchObject({ ok: false, error: { code: "RGS-1031" } });
    expect(one.data?.variants?.map(({ exposed }) => exposed)).toEqual([1, 0]);

    const also = names.slice(1).flatMap((name) => ["--project", `../${name}`]);
    const { data } = toEnvelope<ExperimentReport>(
      await run(["experiment", "report", "balance", "--json", ...also]),
    );
    expect(data).toMatchObject({
      ...{ flag: "searchBalance", unit: "project", control: "coverage", confidence: 0.95 },
      variants: [
        { variant: "coverage", exposed: 2, ended: 2 },
        { variant: "mutants", exposed: 2, ended: 2 },
      ],
      sampleRatio: { exposed: { kind: "too-few", n: 4 }, mismatchBelow: 0.001 },
      isConclusive: true,
    });
    for (const { variants, comparisons } of data?.outcomes ?? []) {
      expect(variants.map(({ n }) => n)).toEqual([2, 2]);
      for (const { difference, n, controlN } of comparisons) {
        expect([n, controlN]).toEqual([2, 2]);
        expect(difference.low).toBeLessThanOrEqual(difference.value);
        expect(difference.high).toBeGreaterThanOrEqual(difference.value);
      }
    }
    expect(data?.outcomes?.map(({ name }) => name)).toEqual(["mutationScore", "cost", "time"]);

    const { stdout, code } = await run(["experiment", "report", "balance", ...also]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("mutants - coverage") as string]);
    const list = toEnvelope<ExperimentList>(await run(["experiment", "list", "--json"]));
    expect(list.data?.experiments).toMatchObject([
      { name: "balance", state: "running", runs: 1, outcomes: 1 },
    ]);

    // Writing the same suite again is no other run of the experiment, and goes by the same flags.
    await run(["rerun", "latest", "--from", "write", "--json"]);
    const again = toEnvelope<ExperimentList>(await run(["experiment", "list", "--json"]));
    expect(again.data?.experiments).toMatchObject([{ runs: 1, outcomes: 1 }]);
    const log = await run(["runs", "show"]);
    expect(log.stdout).toContain('"flags":{"searchBalance":"coverage"');
  }, 900_000);
});
