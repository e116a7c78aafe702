import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { estimateCost } from "../../../src/app/models/estimate-cost.ts";
import { explainParameters } from "../../../src/app/models/explain-parameters.ts";
import type { ModelFlags } from "../../../src/app/models/model-config.ts";
import { tryModels } from "../../../src/app/models/try-models.ts";
import { askModel, type ModelAnswer } from "../../../src/index.ts";
import { aFolder, HELLO, signal } from "./router-bench.ts";
import { aMock, clock } from "./wire-bench.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A project of somebody whose own file is this, and who has no key lying around. */
async function aHome(config: object): Promise<string> {
  const home = await aFolder();
  for (const name of ["OPENAI", "ANTHROPIC", "GEMINI", "GOOGLE", "DEEPSEEK"])
    vi.stubEnv(`${name}_API_KEY`, "");
  for (const name of ["XDG_CONFIG_HOME", "XDG_STATE_HOME"]) vi.stubEnv(name, home);
  vi.stubEnv("CANARY", "sk-canary-4f1d2c");
  await mkdir(join(home, "regoose"));
  await writeFile(join(home, "regoose/config.yaml"), JSON.stringify(config));
  const cwd = await aFolder();
  await writeFile(join(cwd, "package.json"), '{"name":"x"}');
  return cwd;
}

type Request = Parameters<typeof askModel>[2];

const ask = (
  cwd: string,
  flags: ModelFlags,
  request: Partial<Request> = {},
): Promise<ModelAnswer<unknown>> =>
  askModel({ clock }, { cwd, flags, usesCache: false }, { ...HELLO, ...request }, { signal });

describe("a call of the library", () => {
  test("is sent as file, model, role, wishes and the call itself say", async () => {
    const mock = await aMock({});
    const cwd = await aHome({
      providers: {
        local: {
          baseUrl: `${mock.url}/v1`,
          model: "qwen3:8b",
          parameters: { temperature: 0.1, topP: 0.1, seed: 1 },
          models: { "qwen3:8b": { topP: 0.2, seed: 2 }, other: { seed: 9 } },
        },
      },
      roles: { check: { seed: 3, extraBody: { keep_alive: 60 } } },
    });

    await ask(cwd, {});
    const parameters = { roles: { check: { seed: 4 } }, all: { minP: 0.3 } };
    await ask(cwd, { parameters }, { parameters: { stop: ["X"] } });

    expect(mock.requests.map(({ body }) => body)).toMatchObject([
      { temperature: 0.1, top_p: 0.2, seed: 3, keep_alive: 60 },
      { temperature: 0.1, top_p: 0.2, seed: 4, min_p: 0.3, stop: ["X"] },
    ]);
  });

  test("goes by the policy of the provider, and by the one that is wished for", async () => {
    const mock = await aMock({});
    const openai = {
      ...{ apiKey: "env:CANARY", baseUrl: `${mock.url}/v1`, model: "o3" },
      policy: "strict",
    };
    const cwd = await aHome({ providers: { openai } });
    const wish = { parameters: { temperature: 0 } };

    await expect(ask(cwd, {}, wish)).rejects.toMatchObject({ code: "RGS-4004" });
    const adapted = await ask(cwd, { policy: "adapt" }, wish);
    await ask(cwd, { policy: "raw" }, wish);

    expect(adapted.changes).toMatchObject([{ parameter: "temperature", action: "dropped" }]);
    expect(mock.requests.map(({ body }) => body["temperature"])).toEqual([undefined, 0]);
  });

  test("asks the models of its role, and whoever is typed instead", async () => {
    const [one, two] = [await aMock({}), await aMock({})];
    const config = {
      providers: {
        local: { baseUrl: `${one.url}/v1`, model: "usual" },
        work: { baseUrl: `${two.url}/v1`, model: "never" },
      },
      provider: "local",
      roles: { judge: { models: ["work/team/strong", "local/second"] } },
    };
    const cwd = await aHome(config);
    const judge = { role: "judge", spreads: true } as const;

    await ask(cwd, {}, { role: "oracle" });
    await ask(cwd, {}, { ...judge, sample: 0 });
    await ask(cwd, {}, { ...judge, sample: 1 });
    await ask(cwd, { model: "typed", provider: "local" }, judge);

    const modelsOf = ({ requests }: typeof one): unknown[] =>
      requests.map(({ body }) => body["model"]);
    expect(modelsOf(one)).toEqual(["usual", "second", "typed"]);
    expect(modelsOf(two)).toEqual(["team/strong"]);
    const plan = { calls: 1, inputTokens: 1, outputTokens: 1 };
    const { parts } = await estimateCost({ cwd, flags: {} }, [
      { ...plan, role: "judge" },
      { ...plan, role: "oracle" },
    ]);
    expect(parts.map(({ model }) => model)).toEqual(["team/strong", "usual"]);
  });

  test("says which role names a provider that cannot be asked", async () => {
    const cwd = await aHome({
      providers: { local: { baseUrl: "http://127.0.0.1:9/v1", model: "m" } },
      roles: { judge: { models: ["openai/o3"] } },
    });

    await expect(ask(cwd, {})).rejects.toMatchObject({
      code: "RGS-4002",
      message: expect.stringContaining("roles.judge.models names openai/o3") as string,
    });
  });
});

describe("llm test", () => {
  test("asks with the parameters that are typed", async () => {
    const mock = await aMock({ answers: [{ json: { state: "ready" } }] });
    const cwd = await aHome({ providers: { local: { baseUrl: `${mock.url}/v1`, model: "m" } } });
    const flags = { parameters: { all: { temperature: 0.3 } } };

    const { models } = await tryModels({ clock }, { cwd, flags }, { signal });

    expect(models).toMatchObject([{ isWell: true }]);
    expect(mock.requests[0]?.body).toMatchObject({ temperature: 0.3 });
  });
});

describe("explain-params", () => {
  test("shows the body that is sent after a model has refused a parameter, and what is configured", async () => {
    const mock = await aMock({
      faults: [{ fault: "bad-parameter", parameter: "top_k", times: 1 }],
    });
    const cwd = await aHome({
      providers: {
        local: {
          ...{ baseUrl: `${mock.url}/v1`, model: "m" },
          parameters: { topK: 5, temperature: 0.3 },
          ...{ capabilities: ["json"], contextTokens: 5_000 },
        },
      },
    });
    const explain = () =>
      explainParameters({ clock }, { cwd, flags: {}, role: "check" }, { signal });

    const [before] = await explain();
    await ask(cwd, {});
    const [after] = await explain();

    expect(before?.body).toMatchObject({ top_k: 5 });
    expect(after).toMatchObject({
      changes: [{ parameter: "topK", action: "dropped", source: "learned" }],
      ...{ capabilities: ["json"], contextTokens: 5_000 },
    });
    const sent = mock.requests.at(-1)?.body ?? {};
    // What a question leaves of the context is known once there is one.
    expect(sent["max_tokens"]).toBeLessThan(5_000);
    const unasked = { messages: [], max_tokens: 5_000 };
    expect({ ...after?.body, messages: [] }).toEqual({ ...sent, ...unasked });
    expect(after?.body).not.toHaveProperty("top_k");
  });
});
