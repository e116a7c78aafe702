import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { ScriptInput } from "../../../src/adapters/mock-llm/script.ts";
import type { MockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import { generate } from "../../../src/app/generate.ts";
import type { GenerateOptions } from "../../../src/app/generate/run-scope.ts";
import type { ModelFlags } from "../../../src/app/models/model-config.ts";
import { replayRun, resumeRun } from "../../../src/app/resume.ts";
import { toOutcomeFailure } from "../../../src/cli/commands/outcome.ts";
import { EXIT, toExitCode } from "../../../src/cli/exit-codes.ts";
import type { GenerateData } from "../../../src/contract/envelope.ts";
import { hasNamespace } from "../../e2e/support/cli.ts";
import { aTest, fenced } from "../../e2e/support/models.ts";
import { aFolder, signal } from "./router-bench.ts";
import { aMock, clock } from "./wire-bench.ts";

const SOURCE = `/** Seconds of so many hours. */
export function seconds(hours) {
  return hours * 3600;
}

const WORDS = { "a-fortnight-of-sundays": 14 };

/** Knows one phrase. */
export function days(phrase) {
  const key = phrase.split("").reverse().join("");
  return WORDS[key] === undefined ? -1 : WORDS[key] + phrase.length - key.length;
}
`;
const HEAD = `import assert from "node:assert/strict";\nimport { test } from "node:test";\n`;
const IMPORT = `import { days, seconds } from "../../src/index.js";\n`;
const HOURS = aTest("counts hours", "assert.equal(seconds(2), 7200);");
const PHRASE = aTest("knows the phrase", 'assert.equal(days("syadnus-fo-thgintrof-a"), 14);');

/** Marks of the questions. */
const ORACLE = "never the code";
const EXPLORER = "find changes of behaviour";
const SCRIPT: ScriptInput = {
  answers: [
    {
      when: { includes: ORACLE },
      text: fenced(HEAD, IMPORT, HOURS),
      usage: { input: 6_000, output: 1_500 },
    },
    {
      when: { includes: EXPLORER },
      text: fenced(HEAD, IMPORT, PHRASE),
      usage: { input: 700, output: 300 },
    },
    { text: "nothing", usage: { input: 70, output: 3 } },
  ],
};
/** The oracle's answer is empty at first, which has cost as much; a server that is down has cost nothing. */
const FAULTS: ScriptInput["faults"] = [
  { fault: "status-503", when: { includes: ORACLE }, times: 1 },
  { fault: "empty", when: { includes: ORACLE }, times: 1 },
];
/** Room for the oracle, twice, and not for what comes after it. */
const BUDGET_TOKENS = 23_500;
const PRICES = { input: 2, output: 8 };

const options: GenerateOptions = {
  signal,
  onProgress: () => undefined,
  onNotice: () => undefined,
};
const deps = { clock, version: "0.0.0" };

async function aProject(): Promise<string> {
  const [root, home] = [await aFolder(), await aFolder()];
  await mkdir(join(root, "src"));
  const manifest = { name: "durations", type: "module", exports: "./src/index.js" };
  await writeFile(join(root, "package.json"), JSON.stringify(manifest));
  await writeFile(join(root, "src/index.js"), SOURCE);
  for (const name of ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"]) vi.stubEnv(name, home);
  await mkdir(join(home, "regoose"));
  const prices = JSON.stringify({ prices: { "local/mock-model": PRICES } });
  await writeFile(join(home, "regoose/config.yaml"), prices);
  return root;
}

const toFlags = ({ url }: MockLlm, more: ModelFlags = {}): ModelFlags => ({
  ...{ provider: "local", baseUrl: `${url}/v1`, model: "mock-model" },
  ...more,
});

async function generateAt(root: string, models: ModelFlags): Promise<GenerateData> {
  const flags = { engine: "model", maxTimeMs: 900_000, reruns: 1, workers: 1 } as const;
  const request = { targets: ["."], code: null, cwd: root, flags, models };
  return (await generate(deps, request, options)).data;
}

async function resumeAt(root: string, models?: ModelFlags): Promise<GenerateData> {
  return (await resumeRun(deps, { run: "latest", cwd: root, models }, options)).data;
}

function toExit(data: GenerateData): number {
  const failure = toOutcomeFailure(data, signal);
  return failure === null ? EXIT.done : toExitCode(failure);
}

const countProvider = ({
  requests,
}: MockLlm): { readonly input: number; readonly output: number } =>
  requests.reduce(
    ({ input, output }, { usage }) => ({
      input: input + (usage?.input ?? 0),
      output: output + (usage?.output ?? 0),
    }),
    { input: 0, output: 0 },
  );

/** Sums of the spans of a run, over all its processes. */
async function countSpans(
  root: string,
): Promise<{ readonly input: number; readonly output: number }> {
  const [run = ""] = await readdir(join(root, ".regoose/runs"));
  const text = await readFile(join(root, ".regoose/runs", run, "trace.ndjson"), "utf8");
  const sum = (name: string): number =>
    [...text.matchAll(new RegExp(`"gen_ai\\.usage\\.${name}":(\\d+)`, "gu"))].reduce(
      (total, [, count]) => total + Number(count),
      0,
    );
  return { input: sum("input_tokens"), output: sum("output_tokens") };
}

const asked = ({ requests }: MockLlm, from: number, mark: string): number =>
  requests.slice(from).filter(({ body }) => JSON.stringify(body).includes(mark)).length;

describe.skipIf(!hasNamespace())("a run whose models were not asked to the end", () => {
  test(
    "ends with exit code 6 and what was admitted at its budget, and goes on with a larger one without paying twice",
    { timeout: 900_000 },
    async () => {
      const mock = await aMock({ ...SCRIPT, faults: FAULTS });
      const root = await aProject();

      const first = await generateAt(root, toFlags(mock, { budgetTokens: BUDGET_TOKENS }));
      expect(first).toMatchObject({ outcome: "degraded", suite: { tests: 1 } });
      expect(first.models).toMatchObject({
        ...{ tokens: 15_000, known: { calls: 0, tokens: 0 } },
        unfinished: { why: "budget", retryAt: null },
      });
      expect(toExit(first)).toBe(EXIT.budget);
      expect(first.degradations.join("\n")).toContain(`\`regoose resume ${first.runId}\` goes on`);
      expect(mock.requests).toHaveLength(3);

      // Nobody is named who may be asked: the run is read.
      expect(await resumeAt(root)).toEqual(first);
      // The money is spent, also for a process that comes later, which is told nothing of a budget.
      const same = await resumeAt(root, toFlags(mock));
      expect(toExit(same)).toBe(EXIT.budget);
      expect(same.suite.tests).toBe(1);
      expect(mock.requests).toHaveLength(3);

      const done = await resumeAt(root, toFlags(mock, { budgetTokens: 200_000 }));
      expect(done).toMatchObject({ runId: first.runId, suite: { tests: 2 } });
      expect(done.models?.unfinished).toBeNull();
      expect(toExit(done)).toBe(EXIT.done);
      expect(asked(mock, 3, ORACLE)).toBe(0);
      expect(asked(mock, 3, EXPLORER)).toBeGreaterThan(0);

      // The run, its spans and the provider count the same, to the token and to the picodollar.
      const provider = countProvider(mock);
      expect(await countSpans(root)).toEqual(provider);
      expect(done.models?.tokens).toBe(provider.input + provider.output);
      const micros = provider.input * PRICES.input + provider.output * PRICES.output;
      expect(Number(done.models?.usd)).toBeCloseTo(micros / 1e6, 12);
      // What the oracle said was known: its answer that counts, and the empty one before it.
      expect(done.models?.known).toEqual({ calls: 1, tokens: 15_000 });

      expect(await resumeAt(root, toFlags(mock))).toEqual(done);
      expect((await replayRun(deps, { run: "latest", cwd: root })).data).toEqual(done);
    },
  );

  test(
    "is parked where the provider asks for minutes of patience, says until when, and goes on then",
    { timeout: 900_000 },
    async () => {
      const fault = { fault: "rate-limit", retryAfter: 600, when: { includes: EXPLORER } } as const;
      const mock = await aMock({ ...SCRIPT, faults: [fault] });
      const root = await aProject();
      const startMs = clock.now();

      const first = await generateAt(root, toFlags(mock));
      const asks = first.models?.unfinished;
      expect(asks?.why).toBe("rate-limited");
      expect(Date.parse(asks?.retryAt ?? "")).toBeGreaterThanOrEqual(startMs + 600_000);
      expect(first).toMatchObject({ outcome: "degraded", suite: { tests: 1 } });
      expect(toExit(first)).toBe(EXIT.tryLater);
      expect(first.degradations.join("\n")).toContain(asks?.retryAt);
      expect(asked(mock, 0, EXPLORER)).toBe(1);

      mock.play(SCRIPT);
      const before = mock.requests.length;
      const done = await resumeAt(root, toFlags(mock));
      expect(done).toMatchObject({ suite: { tests: 2 }, models: { unfinished: null } });
      expect(toExit(done)).toBe(EXIT.done);
      expect(asked(mock, before, ORACLE)).toBe(0);
    },
  );
});
