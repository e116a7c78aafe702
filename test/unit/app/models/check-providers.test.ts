import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkSecrets } from "../../../../src/app/config/check-config.ts";
import { checkProviders } from "../../../../src/app/models/check-providers.ts";
import { readEnvironment } from "../../../../src/config/environment.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import { aConfigHome } from "../../config/support/home.ts";

const online = { clock: createSystemClock(), signal: new AbortController().signal };

type Checks = Awaited<ReturnType<typeof checkProviders>>;

async function check(
  config: string,
  variables: Readonly<Record<string, string>> = {},
  asked: typeof online | null = null,
): Promise<Checks> {
  await using home = await aConfigHome();
  await home.user(config);
  const environment = readEnvironment({ HOME: home.folder, ...variables });
  return await checkProviders(await home.load({}, variables), { environment, online: asked });
}

describe("doctor, on model providers", () => {
  test("says that there is none, and that this is well", async () => {
    expect(await check("")).toEqual([
      {
        ...{ name: "models", status: "ok", fix: null },
        detail: "no provider has a key or an address; the search works without one",
      },
    ]);
  });

  test("says which roles alone ask a provider", async () => {
    const config = [
      "provider: openai",
      "providers: { openai: { apiKey: 'env:A' }, anthropic: { apiKey: 'env:B' } }",
      "roles: { judge: { models: [anthropic/claude-opus-4-5] }, editor: { models: [anthropic] } }",
      "",
    ].join("\n");
    expect((await check(config)).at(-1)).toMatchObject({
      name: "models (anthropic)",
      detail: "configured, and asked by judge, editor alone: another provider is named",
    });
  });

  test("says who is asked, in which order, where and with how many keys, and who is not", async () => {
    const config = [
      "providers:",
      "  openai: { apiKey: 'env:A', moreKeys: ['env:B'] }",
      "  work: { baseUrl: 'https://llm.example.com/v1', model: qwen3-coder }",
      "  deepseek: { model: deepseek-chat }",
      "",
    ].join("\n");
    const checks = await check(config, { ANTHROPIC_API_KEY: "sk-ant-1" });
    expect(checks.map(({ name, status, detail }) => `${status} ${name}: ${detail}`)).toEqual([
      "ok models (openai): asked first: gpt-4.1-mini at https://api.openai.com/v1, 2 keys",
      "ok models (work): asked as number 2: qwen3-coder at https://llm.example.com/v1, no key",
      "ok models (anthropic): asked as number 3: claude-sonnet-4-5 at https://api.anthropic.com/v1, 1 key",
      "warning models (deepseek): configured in part, and not asked: it has neither key nor address",
    ]);
    expect(checks.at(-1)?.fix).toContain("providers.deepseek.apiKey");
  });

  test("says what is missing of a provider that is named", async () => {
    const [first, second] = await check(
      "provider: openai\nproviders: { work: { baseUrl: 'https://llm.example.com/v1' } }\n",
    );
    expect(first).toMatchObject({
      ...{ name: "models", status: "warning" },
      detail: "the provider openai has no key; the search works without one",
      fix: expect.stringContaining("providers.openai.apiKey") as string,
    });
    expect(second).toMatchObject({
      status: "ok",
      detail: expect.stringMatching(/not asked/u) as string,
    });
    const [nameless] = await check("providers: { work: { baseUrl: 'https://llm.example.com' } }\n");
    expect(nameless).toMatchObject({
      ...{ name: "models (work)", status: "warning" },
      detail: "no model is named for the provider work",
      fix: expect.stringContaining("--model") as string,
    });
  });

  test("asks addresses only where it is told to, by HEAD and without a key", async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method ?? ""} ${request.headers.authorization ?? "no key"}`);
      response.writeHead(401).end();
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const config = [
      "providers:",
      `  here: { baseUrl: 'http://127.0.0.1:${String(port)}/v1', model: m, apiKey: 'env:A' }`,
      "  gone: { baseUrl: 'http://127.0.0.1:9/v1', model: m }",
      "",
    ].join("\n");
    await check(config, { A: "sk-canary-0123456789" });
    expect(seen).toEqual([]);
    const [gone, here] = await check(config, { A: "sk-canary-0123456789" }, online);
    expect(seen).toEqual(["HEAD no key"]);
    expect(here).toMatchObject({
      status: "ok",
      detail: expect.stringContaining("(HTTP 401,") as string,
    });
    expect(gone).toMatchObject({
      status: "warning",
      detail: expect.stringContaining("it cannot be reached: ECONNREFUSED") as string,
      fix: expect.stringContaining("regoose llm test") as string,
    });
  });
});

describe("the form of a key", () => {
  test.each([
    ["sk-proj-0123456789abcdef", "ok", "found"],
    ["0123456789abcdef", "warning", "found, but keys of this provider begin with sk-"],
    ["sk-0123 4567", "warning", "found, but it holds blanks or letters that no key has"],
    ["sk-0123–4567", "warning", "found, but it holds blanks or letters that no key has"],
    ["sk-your-key-here", "warning", "found, but it looks like a text that stands in for a key"],
    ["sk-xxxxxxxx", "warning", "found, but it looks like a text that stands in for a key"],
  ])("%s: %s", async (key, status, detail) => {
    await using home = await aConfigHome();
    await home.user("providers: { openai: { apiKey: 'env:THE_KEY_OF_THE_TEST' } }\n");
    process.env["THE_KEY_OF_THE_TEST"] = key;
    onTestFinished(() => {
      delete process.env["THE_KEY_OF_THE_TEST"];
    });
    const environment = readEnvironment({ HOME: home.folder });
    const [check_] = await checkSecrets(await home.load(), { environment, thorough: null });
    expect(check_).toMatchObject({ name: "providers.openai.apiKey", status, detail });
  });
});
