import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { HAS_LLAMA, toScriptedModel } from "../../scripts/gguf/scripted-model.ts";
import { startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import type { ExplainedParameters } from "../../src/app/models/explain-parameters.ts";
import type { RunEstimate } from "../../src/app/models/estimate-run.ts";
import type { TriedModel } from "../../src/app/models/try-models.ts";
import type { DoctorCheck } from "../../src/app/check.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { aProject, type CliResult, runCli, startCli, toEnvelope } from "./support/cli.ts";

const clock = createSystemClock();
const KEY = "sk-canary-7d20aa91c3";

interface Bench {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  run(...args: readonly string[]): Promise<CliResult>;
}

/** A project, and a machine on which nobody has configured anything. */
async function aBench(files: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const project = await aProject(files);
  onTestFinished(() => project[Symbol.asyncDispose]());
  const { root } = project;
  const home = join(root, "home");
  const names = ["OPENAI_API_KEY", "DEEPSEEK_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"];
  const env = {
    ...Object.fromEntries(names.map((name) => [name, ""])),
    ...{ HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_STATE_HOME: join(home, "state") },
  };
  return { root, env, run: (...args) => runCli([...args, "--json"], { cwd: root, env }) };
}

/** The built `mock-llm`, once it listens. */
async function serveMock(
  { root, env }: Bench,
  ...args: readonly string[]
): Promise<{ readonly url: string; readonly port: number; readonly stop: () => Promise<unknown> }> {
  const child = startCli(["mock-llm", "--json", ...args], { cwd: root, env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const { data } = JSON.parse(await firstLine(child)) as { data: { url: string; port: number } };
  return {
    ...data,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      return (await ended) as unknown;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("nothing is read of the command");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("the command ended without a word");
}

function toTried(result: CliResult): readonly TriedModel[] {
  const { data } = toEnvelope<{ readonly models: readonly TriedModel[] }>(result);
  return data?.models ?? [];
}

const READY = { json: { state: "ready" }, usage: { input: 21, output: 4 } };

describe("the built mock-llm", () => {
  test("answers from its script, fails where that says so, and llm test tells what came", async () => {
    const bench = await aBench({
      "script.yaml": [
        "answers:",
        "  - json: { state: ready }",
        "    usage: { input: 21, output: 4 }",
        "faults:",
        "  - { fault: status-503, when: { requests: [1] } }",
        "  - { fault: key-rejected, when: { model: forbidden } }",
        "",
      ].join("\n"),
    });
    const mock = await serveMock(bench, "--script", "script.yaml");
    const address = ["--base-url", `${mock.url}/v1`];

    const good = await bench.run("llm", "test", ...address, "--model", "mock-model");
    const bad = await bench.run("llm", "test", ...address, "--model", "forbidden");

    expect(good.code, good.stdout + good.stderr).toBe(0);
    expect(toTried(good)).toMatchObject([
      {
        ...{ provider: "local", model: "mock-model", isWell: true, hasSchema: true },
        ...{ served: "mock-model", usd: "0", problem: null },
        // Of the request that came through; the one that met the fault had none.
        usage: { inputTokens: 21, outputTokens: 4 },
      },
    ]);
    expect(bad.code).toBe(4);
    expect(toEnvelope(bad).error).toMatchObject({ code: "RGS-4001" });
    expect(await mock.stop()).toEqual([0, null]);
  }, 60_000);

  test("records a provider's answers without its key, and replays them without the provider", async () => {
    const provider = await startMockLlm({ clock }, { script: { answers: [READY], keys: [KEY] } });
    const bench = await aBench();
    const ask = (url: string): Promise<CliResult> =>
      runCli(["llm", "test", "--provider", "openai", "--json"], {
        cwd: bench.root,
        env: { ...bench.env, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` },
      });
    const recorder = await serveMock(bench, "--record", provider.url, "--recordings", "kept");
    const first = await ask(recorder.url);
    expect(first.code, first.stdout + first.stderr).toBe(0);
    await recorder.stop();
    await provider[Symbol.asyncDispose]();

    const files = await readdir(join(bench.root, "kept"));
    expect(files).toHaveLength(1);
    expect(await readFile(join(bench.root, "kept", files[0] ?? ""), "utf8")).not.toContain(KEY);
    const player = await serveMock(bench, "--recordings", "kept");
    const again = await ask(player.url);
    const { usage, served } = toTried(first)[0] ?? {};

    expect(toTried(again)).toMatchObject([{ isWell: true, usage, served }]);
    const other = await fetch(`${player.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({
        model: "gpt-4.1-mini",
        messages: [{ role: "user", content: "else" }],
      }),
    });
    expect(other.status).toBe(501);
  }, 60_000);

  test("refuses a script that is wrong, naming the place, and a port that is taken", async () => {
    const bench = await aBench({ "bad.yaml": "faults:\n  - { fault: no-such-fault }\n" });
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;

    const bad = await bench.run("mock-llm", "--script", "bad.yaml");
    const missing = await bench.run("mock-llm", "--script", "none.yaml");
    const busy = await bench.run("mock-llm", "--port", String(port));

    expect([bad.code, missing.code, busy.code]).toEqual([2, 2, 7]);
    expect(toEnvelope(bad).error).toMatchObject({
      code: "RGS-4031",
      message: expect.stringContaining("faults.0.fault") as string,
    });
    expect(toEnvelope(missing).error).toMatchObject({
      code: "RGS-4031",
      message: expect.stringContaining("none.yaml") as string,
    });
    expect(toEnvelope(busy).error).toMatchObject({
      code: "RGS-5002",
      message: expect.stringContaining(String(port)) as string,
    });
  }, 60_000);
});

describe("the built llm estimate", () => {
  test("says what generate would cost, with issue and history, and asks nobody", async () => {
    const bench = await aBench({ "src/index.js": "export const twice = (n) => n * 2;\n" });
    await mkdir(join(bench.root, ".git"));
    await writeFile(join(bench.root, "issue.md"), "It should be even.");
    const asked = ["llm", "estimate", "--provider", "openai", "--model", "gpt-4.1", "--gaps", "3"];

    const result = await bench.run(...asked, "--issue", "issue.md");
    const missing = await bench.run(...asked, "--issue", "gone.md");

    const { data } = toEnvelope<RunEstimate>(result);
    expect(result.code, result.stdout).toBe(0);
    expect(data?.parts?.map(({ role }) => role)).toEqual([
      ...["mutant", "oracle", "explorer", "repair", "judge"],
    ]);
    expect(data?.parts?.find(({ role }) => role === "mutant")?.calls).toBe(1);
    expect(Number(data?.usd)).toBeGreaterThan(0);
    expect(missing.code).toBe(2);
  }, 60_000);

  test("takes another language, and no key", async () => {
    const bench = await aBench({ "sums.py": "def twice(n):\n    return n * 2\n" });
    const asked = ["llm", "estimate", "sums.py", "--language", "python"];
    const { code, stdout } = await bench.run(...asked, "--provider", "openai", "--gaps", "2");
    expect(code, stdout).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ data: { calls: expect.any(Number) as number } });
  }, 60_000);
});

describe("the built llm explain-params", () => {
  test("shows body, address and changes, sends nothing, and prints no key", async () => {
    const provider = await startMockLlm({ clock }, {});
    onTestFinished(() => provider[Symbol.asyncDispose]());
    const bench = await aBench();
    const env = {
      ...bench.env,
      ...{ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${provider.url}/v1` },
    };
    const explain = (...args: readonly string[]): Promise<CliResult> =>
      runCli(
        ["llm", "explain-params", "--provider", "openai", "--model", "gpt-4.1", "--json", ...args],
        { cwd: bench.root, env },
      );
    const wishes = ["--param", "temperature=0.2", "--param", "top-k=5"];

    const adapted = await explain(...wishes);
    const strict = await explain(...wishes, "--param-policy", "strict");

    const { data } = toEnvelope<{ readonly models: readonly ExplainedParameters[] }>(adapted);
    expect(data?.models).toMatchObject([
      {
        ...{ provider: "openai", model: "gpt-4.1", policy: "adapt" },
        url: `${provider.url}/v1/chat/completions`,
        body: { model: "gpt-4.1", temperature: 0.2, stream: true },
        changes: [{ parameter: "topK", action: "dropped" }],
      },
    ]);
    expect(data?.models?.[0]?.body).not.toHaveProperty("top_k");
    expect(strict.code).toBe(2);
    expect(toEnvelope(strict).error).toMatchObject({ code: "RGS-4004" });
    expect(adapted.stdout + adapted.stderr + strict.stdout + strict.stderr).not.toContain(KEY);
    expect(provider.requests).toEqual([]);
  }, 60_000);
});

describe.skipIf(!HAS_LLAMA)("a GGUF file and the built command", () => {
  const PIECES = ["whatever", " it", " says"].map((piece) => piece.padEnd(3, "."));

  test("is asked by llm test, explained, and looked at by doctor", async () => {
    const bench = await aBench();
    await writeFile(join(bench.root, "small.gguf"), toScriptedModel({ pieces: PIECES }));
    const model = ["--model", "small.gguf"];

    const tried = await bench.run("llm", "test", ...model);
    const explained = await bench.run(
      ...["llm", "explain-params", "--provider", "gguf", ...model],
      ...["--param", "repeatPenalty=1.2", "--param", "reasoningEffort=low"],
    );
    const doctor = await runCli(["doctor", "--json"], {
      cwd: bench.root,
      env: { ...bench.env, REGOOSE_PROVIDERS_LOCAL_MODEL_PATH: join(bench.root, "small.gguf") },
    });

    expect(tried.code, tried.stdout + tried.stderr).toBe(0);
    expect(toTried(tried)).toMatchObject([
      {
        ...{ provider: "local", model: "small.gguf", served: "scripted", isWell: true },
        ...{ hasSchema: true, usd: "0" },
      },
    ]);
    const { data } = toEnvelope<{ readonly models: readonly ExplainedParameters[] }>(explained);
    expect(data?.models).toMatchObject([
      {
        ...{ provider: "gguf", url: expect.stringMatching(/^file:.*small\.gguf$/u) as string },
        body: { repeatPenalty: { penalty: 1.2 }, messages: [{ role: "user" }] },
        changes: [{ parameter: "reasoningEffort", action: "dropped" }],
      },
    ]);
    const { data: seen } = toEnvelope<{ readonly checks: readonly DoctorCheck[] }>(doctor);
    expect(seen?.checks?.find(({ name }) => name === "models (local)")).toMatchObject({
      status: "ok",
      detail: expect.stringContaining(
        "in a process of this machine, 1 MiB, node-llama-cpp 3.",
      ) as string,
    });
  }, 60_000);

  test("counts only from one's own words: a project's file names none", async () => {
    const bench = await aBench();
    const path = join(bench.root, "small.gguf");
    await writeFile(path, toScriptedModel({ pieces: PIECES }));
    const config = { providers: { gguf: { modelPath: path } }, provider: "gguf" };
    await writeFile(join(bench.root, "regoose.config.yaml"), JSON.stringify(config));

    const result = await bench.run("llm", "test");

    expect(result.code).toBe(4);
    expect(toEnvelope(result).error).toMatchObject({
      code: "RGS-4002",
      message: "the provider gguf has no file",
    });
  }, 60_000);
});
