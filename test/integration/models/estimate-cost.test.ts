import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { estimateRun } from "../../../src/app/models/estimate-run.ts";
import { estimateCost } from "../../../src/app/models/estimate-cost.ts";
import { openModels } from "../../../src/app/models/open-models.ts";
import type { PlannedCalls } from "../../../src/contract/model/estimate.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { aFolder, signal } from "./router-bench.ts";

const PLAN: PlannedCalls = { role: "explorer", calls: 20, inputTokens: 6_000, outputTokens: 1_500 };

/** A project, and a home with the configuration. */
async function aProject(config: string): Promise<string> {
  const folder = await aFolder();
  await mkdir(join(folder, "regoose"));
  await writeFile(join(folder, "regoose", "config.yaml"), config);
  await writeFile(join(folder, "package.json"), '{"name":"scratch"}');
  vi.stubEnv("HOME", folder);
  vi.stubEnv("XDG_CONFIG_HOME", folder);
  vi.stubEnv("XDG_STATE_HOME", join(folder, "state"));
  for (const name of ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "DEEPSEEK_API_KEY"])
    vi.stubEnv(name, "");
  return folder;
}

describe("what a run would cost", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const TWO = [
    // A key that cannot be fetched: nobody needs it.
    "providers:",
    "  openai: { apiKey: 'env:NOT_THERE', model: gpt-4.1 }",
    "  work: { baseUrl: 'https://llm.example.com/v1', model: qwen3-coder }",
    "prices: { work/qwen3-coder: { input: 0.2, output: 0.6 } }",
    "",
  ].join("\n");

  test("is the plan, multiplied with the price table and one's own prices", async () => {
    const cwd = await aProject(TWO);
    const judge: PlannedCalls = {
      ...{ role: "judge", calls: 3, inputTokens: 1_000, outputTokens: 100, model: "work" },
    };
    expect(await estimateCost({ cwd, flags: {} }, [PLAN, judge])).toEqual({
      calls: 23,
      inputTokens: 123_000,
      outputTokens: 30_300,
      // 120,000 at $2 and 30,000 at $8 a million; 3,000 at $0.2 and 300 at $0.6.
      usd: "0.48078",
      prices: expect.stringContaining("and own") as string,
      parts: [
        {
          ...{ role: "explorer", calls: 20, inputTokens: 6_000, outputTokens: 1_500 },
          ...{ provider: "openai", model: "gpt-4.1", usd: "0.48" },
        },
        {
          ...{ role: "judge", calls: 3, inputTokens: 1_000, outputTokens: 100 },
          ...{ provider: "work", model: "qwen3-coder", usd: "0.00078" },
        },
      ],
    });
  });

  test("is not made up where a price is not known, and nothing on this machine", async () => {
    const cwd = await aProject(
      "providers: { work: { baseUrl: 'https://llm.example.com/v1', model: unheard-of } }\n",
    );
    const { usd, inputTokens, parts } = await estimateCost({ cwd, flags: {} }, [PLAN]);
    expect([usd, inputTokens, parts[0]?.usd]).toEqual([null, 120_000, null]);
    const here = { baseUrl: "http://127.0.0.1:11434/v1", model: "any" };
    expect(await estimateCost({ cwd, flags: here }, [PLAN])).toMatchObject({ usd: "0" });
    expect(await estimateCost({ cwd, flags: {} }, [])).toMatchObject({ usd: "0", calls: 0 });
  });

  test("needs the model to be configured", async () => {
    const cwd = await aProject(TWO);
    const plan = [{ ...PLAN, model: "anthropic" }];
    await expect(estimateCost({ cwd, flags: {} }, plan)).rejects.toMatchObject({
      code: "RGS-4002",
      message: "the model anthropic is not configured",
    });
  });

  test("is the same from models that are open", async () => {
    const cwd = await aProject(TWO);
    vi.stubEnv("NOT_THERE", "sk-there-after-all");
    const deps = { clock: createSystemClock() };
    await using models = await openModels(deps, { cwd, flags: {} }, { signal });
    expect(models.estimate([PLAN])).toEqual(await estimateCost({ cwd, flags: {} }, [PLAN]));
  });
});

describe("what generate with a model would cost", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const SOURCE = "/** Twice `n`. */\nexport function twice(n) {\n  return n * 2;\n}\n";
  type Own = Partial<Parameters<typeof estimateRun>[1]>;
  const ask = async (files: Readonly<Record<string, string>>, gaps: number, own: Own = {}) => {
    const cwd = await aProject("");
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(cwd, name)), { recursive: true });
      await writeFile(join(cwd, name), text);
    }
    const deps = { clock: createSystemClock() };
    const flags = { provider: "openai", model: "gpt-4.1" };
    return estimateRun(deps, { targets: ["."], cwd, flags, gaps, ...own });
  };
  type Estimate = Awaited<ReturnType<typeof ask>>;
  const inputOf = ({ parts }: Estimate, role: string): number =>
    parts.find((part) => part.role === role)?.inputTokens ?? Number.NaN;
  const callsOf = ({ parts }: Estimate): Readonly<Record<string, number>> =>
    Object.fromEntries(parts.map(({ role, calls }) => [role, calls]));

  test("is measured on the questions themselves, without a key", async () => {
    const short = await ask({ "index.js": SOURCE }, 4);
    expect(callsOf(short)).toEqual({ mutant: 0, oracle: 1, explorer: 4, repair: 2, judge: 6 });
    expect(short.inputTokens).toBe(
      short.parts.reduce((sum, part) => sum + part.calls * part.inputTokens, 0),
    );
    // 4,000 characters of README are a thousand tokens more for the oracle, and none for the explorer.
    const long = await ask({ "index.js": SOURCE, "README.md": "word ".repeat(800) }, 4);
    expect(inputOf(long, "oracle") - inputOf(short, "oracle")).toBeGreaterThan(990);
    expect(inputOf(long, "oracle") - inputOf(short, "oracle")).toBeLessThan(1_050);
    expect(inputOf(long, "explorer")).toBe(inputOf(short, "explorer"));
  });

  test("grows with the gaps, and says on what it rests", async () => {
    const [none, many] = [
      await ask({ "index.js": SOURCE }, 0),
      await ask({ "index.js": SOURCE }, 40),
    ];
    expect(Number(many.usd)).toBeGreaterThan(10 * Number(none.usd));
    expect(many.assumptions.join("\n")).toContain("40 gaps");
  });

  test("has the mutant agent in it where there is a history, as dear as it can be", async () => {
    const own = { "index.js": SOURCE, ".git/HEAD": "ref: refs/heads/main\n" };
    const estimate = await ask(own, 4);
    expect(callsOf(estimate)).toMatchObject({ mutant: 1, oracle: 1 });
    // Six fixes of 1,500 characters.
    expect(inputOf(estimate, "mutant")).toBeGreaterThan(2_250);
    expect(estimate.assumptions.join("\n")).toContain("asked about 1 files with 6 fixes");
  });

  test("counts the issue that the oracle is shown", async () => {
    const plain = await ask({ "index.js": SOURCE }, 1);
    const told = await ask({ "index.js": SOURCE }, 1, { issue: "word ".repeat(400) });
    expect(inputOf(told, "oracle") - inputOf(plain, "oracle")).toBeGreaterThan(490);
  });

  test("works for another language, of which nothing is run", async () => {
    const files = { "sums.py": "def twice(n):\n    return n * 2\n" };
    const estimate = await ask(files, 2, { targets: ["sums.py"], language: "python" });
    expect(callsOf(estimate)).toMatchObject({ oracle: 1, explorer: 2 });
    expect(inputOf(estimate, "explorer")).toBeGreaterThan(100);
  });
});
