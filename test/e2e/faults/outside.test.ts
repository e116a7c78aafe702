import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ExperimentList } from "../../../src/app/experiments/list-experiments.ts";
import { startMockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import {
  hasNamespace,
  runCli,
  startCli,
  toEnvelope,
  waitFor,
  type CliResult,
} from "../support/cli.ts";
import { anIllCollector, type CollectorFault } from "../support/collector.ts";
import { toScrape } from "../support/metrics.ts";
import { readLog } from "../support/watch-run.ts";

const EXAMPLE = join(import.meta.dirname, "../../../examples/interval-set");
const SUPPORT = join(import.meta.dirname, "..", "support");
const GENERATE = [
  ...["generate", "src/parse.js", "--json", "--max-executions", "100", "--reruns", "1"],
  ...["--baseline", "none", "--seed", "1"],
];
/** Between the last record of a run and the end of its process. What hangs, hangs for good. */
const SOON_MS = 20_000;

interface Example {
  readonly root: string;
  /** A home without configuration, and what else the command is to find. */
  readonly env: Readonly<Record<string, string>>;
}

async function anExample(config?: string): Promise<Example> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-outside-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, "interval-set");
  await cp(EXAMPLE, root, { recursive: true });
  await mkdir(join(folder, ".config", "regoose"), { recursive: true });
  if (config !== undefined)
    await writeFile(join(folder, ".config", "regoose", "config.yaml"), config);
  return { root, env: { HOME: folder, XDG_CONFIG_HOME: "", XDG_STATE_HOME: "" } };
}

const readSuite = (root: string): Promise<string> =>
  readFile(join(root, "test", "regoose", "regoose.proof.json"), "utf8");

async function readDropped(root: string): Promise<number> {
  const runs = join(root, ".regoose", "runs");
  const [run = ""] = await readdir(runs);
  const text = await readFile(join(runs, run, "metrics.prom"), "utf8");
  return toScrape(text).value('regoose_telemetry_dropped_total{signal="otlp"}') ?? -1;
}

/** How long the process lived on after its run had ended, ms. */
function measureRest(root: string, endedAt: number): number {
  const last = readLog(root).trim().split("\n").at(-1) ?? "";
  const record = JSON.parse(last) as { readonly name: string; readonly at: string };
  expect(record.name).toBe("run-end");
  return endedAt - Date.parse(record.at);
}

/** A pipe that nobody writes into, and the variables of `without-dns.ts`. */
async function withoutNames(fault: "failing" | "silent"): Promise<{
  readonly env: Readonly<Record<string, string>>;
  readonly asked: () => Promise<string>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-dns-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pipe = join(folder, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  const asked = join(folder, "asked");
  await writeFile(asked, "");
  const env = {
    ...{ DNS_FAULT: fault, DNS_PIPE: pipe, DNS_ASKED: asked },
    NODE_OPTIONS: `--import ${join(SUPPORT, "without-dns.ts")}`,
  };
  return { env, asked: () => readFile(asked, "utf8") };
}

describe.skipIf(!hasNamespace())("F66: a collector of traces that is ill", () => {
  let folder = "";
  let expected = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "regoose-outside-"));
    await cp(EXAMPLE, folder, { recursive: true });
    const result = await runCli(GENERATE, { cwd: folder });
    expect(result.code, result.stdout + result.stderr).toBe(0);
    expected = await readSuite(folder);
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // The others are tried without a run, in test/unit/telemetry/open-telemetry.test.ts.
  test.each(["silent", "trickling", "overloaded"] satisfies CollectorFault[])(
    "%s: costs its spans, and neither the run nor time after it",
    async (fault) => {
      const { root, env } = await anExample();
      await using collector = await anIllCollector(fault);
      const result = await runCli(GENERATE, {
        cwd: root,
        env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      });
      const rest = measureRest(root, Date.now());
      expect(result.code, result.stdout + result.stderr).toBe(0);
      expect(collector.requests()).toBeGreaterThan(0);
      expect(await readDropped(root)).toBeGreaterThan(0);
      expect(await readSuite(root)).toBe(expected);
      expect(rest).toBeLessThan(SOON_MS);
    },
    300_000,
  );
});

describe("F69: names are not found", () => {
  test.skipIf(!hasNamespace()).each(["failing", "silent"] as const)(
    "%s: a collector that has one costs its spans, and neither the run nor time after it",
    async (fault) => {
      const { root, env } = await anExample();
      const names = await withoutNames(fault);
      const result = await runCli(GENERATE, {
        cwd: root,
        env: { ...env, ...names.env, OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.example:4318" },
      });
      const rest = measureRest(root, Date.now());
      expect(result.code, result.stdout + result.stderr).toBe(0);
      expect(await names.asked()).toContain("collector.example");
      expect(await readDropped(root)).toBeGreaterThan(0);
      expect(rest).toBeLessThan(SOON_MS);
    },
    300_000,
  );

  test.each(["failing", "silent"] as const)(
    "%s: a provider that has one is down, another one answers, and the command ends",
    async (fault) => {
      await using mock = await startMockLlm({ clock: createSystemClock() }, { port: 0, seed: 1 });
      const config = [
        "providers:",
        "  away: { kind: openai, baseUrl: 'http://models.example/v1', apiKey: 'env:KEY', model: m }",
        `  here: { baseUrl: '${mock.url}/v1', model: mock-model }`,
        "",
      ].join("\n");
      const { root, env } = await anExample(config);
      const names = await withoutNames(fault);
      const all = { ...env, ...names.env, KEY: "sk-something-long" };
      const one = await ask(["--provider", "away"], root, all);
      expect(one.code, one.stdout + one.stderr).toBe(5);
      expect(toEnvelope(one).error).toMatchObject({ code: "RGS-4008", name: "ProviderDown" });
      const both = await ask([], root, all);
      expect(both.code, both.stdout + both.stderr).toBe(0);
      expect(await names.asked()).toContain("models.example");
    },
    120_000,
  );

  test("a check of the configuration says which address is not found, and ends", async () => {
    const config =
      "providers: { away: { baseUrl: 'http://models.example/v1', model: m } }\nsandbox: guarded\n";
    const { root, env } = await anExample(config);
    const names = await withoutNames("silent");
    const result = await runCli(["config", "validate", "--check", "--json"], {
      cwd: root,
      env: { ...env, ...names.env },
    });
    const { data } = toEnvelope<{ readonly checks: readonly { readonly name: string }[] }>(result);
    expect(data?.checks?.find(({ name }) => name === "providers.away.baseUrl")).toMatchObject({
      status: "problem",
      detail: expect.stringContaining("EAI_AGAIN") as string,
      fix: expect.stringContaining("network") as string,
    });
  }, 120_000);
});

function ask(
  flags: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<CliResult> {
  return waitFor(startCli(["llm", "test", "--json", ...flags], { cwd, env }));
}

describe.skipIf(!hasNamespace())("F65: the provider of feature flags is down", () => {
  const CONFIG = [
    "flags: { fewestTests: true }",
    "experiments:",
    "  balance: { flag: searchBalance, unit: run, variants: { coverage: 1, mutants: 1 } }",
    "",
  ].join("\n");

  test.each(["gone", "silent"])(
    "%s: defaults count, the run says so, and no experiment counts it",
    async (fault) => {
      const { root, env } = await anExample(CONFIG);
      const result = await runCli(GENERATE, {
        cwd: root,
        env: {
          ...env,
          FLAGS_FAULT: fault,
          NODE_OPTIONS: `--import ${join(SUPPORT, "without-flags.ts")}`,
        },
      });
      expect(result.code, result.stdout + result.stderr).toBe(0);
      const { data } = toEnvelope(result);
      expect(data?.outcome).toBe("degraded");
      expect(data?.degradations?.join("\n")).toMatch(/^feature flags have their defaults, /mu);
      expect(data?.suite?.tests).toBeGreaterThan(0);
      expect(readLog(root)).toContain('"flags":{"searchBalance":"coverage","fewestTests":false}');
      const list = await runCli(["experiment", "list", "--json"], { cwd: root, env });
      expect(toEnvelope<ExperimentList>(list).data?.experiments).toMatchObject([{ runs: 0 }]);
    },
    300_000,
  );

  test("a run whose configuration sets no flag has nothing to say", async () => {
    const { root, env } = await anExample();
    const preload = `--import ${join(SUPPORT, "without-flags.ts")}`;
    const result = await runCli(GENERATE, {
      cwd: root,
      env: { ...env, FLAGS_FAULT: "gone", NODE_OPTIONS: preload },
    });
    expect(result.code, result.stdout + result.stderr).toBe(0);
    expect(toEnvelope(result).data?.degradations?.join("\n") ?? "").not.toMatch(/feature flags/u);
  }, 300_000);
});
