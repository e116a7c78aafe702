import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
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
