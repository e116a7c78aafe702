import { describe, expect, test } from "vitest";
import { toShownValue } from "../../../src/app/config/shown-value.ts";
import { isSameValue } from "../../../src/config/reload/config-changes.ts";
import { aConfigHome, failureOf } from "./support/home.ts";

describe("providers", () => {
  test("come from the user's file, profiles and environment, key by key", async () => {
    await using home = await aConfigHome();
    await home.user(
      [
        "providers:",
        "  openai:",
        "    apiKey: env:OPENAI_API_KEY",
        "    model: big",
        "    headers: { x-team: tools, authorization: 'file:~/.token' }",
        "  my-local: { baseUrl: http://127.0.0.1:11434/v1, timeout: 2m }",
        "profiles:",
        "  ci: { providers: { openai: { model: small } } }",
      ].join("\n"),
    );
    const { providers, settings } = await home.load(
      { profile: "ci" },
      {
        REGOOSE_PROVIDERS_MY_LOCAL_API_KEY: "cmd:pass show local",
        REGOOSE_PROVIDERS_OPENAI_BASE_URL: "https://proxy.example/v1",
      },
    );
    expect(providers).toMatchObject({
      openai: {
        apiKey: { kind: "env" },
        model: "small",
        baseUrl: "https://proxy.example/v1",
        headers: { "x-team": { kind: "literal" }, authorization: { kind: "file" } },
      },
      "my-local": { apiKey: { kind: "cmd" }, timeout: 120_000 },
    });
    expect(providers["openai"]?.apiKey?.target.reveal()).toBe("OPENAI_API_KEY");
    expect(settings.get("providers.my-local.apiKey")?.origin.text).toBe(
      "REGOOSE_PROVIDERS_MY_LOCAL_API_KEY",
    );
    expect(settings.get("providers.openai.headers.x-team")?.origin.text).toBe(
      "~/.config/regoose/config.yaml:5:16",
    );
    expect(JSON.stringify([...settings])).not.toMatch(/OPENAI_API_KEY|tools|\.token|pass show/);
  });

  test("may have further keys, from a file or a variable, and none of them is shown", async () => {
    await using home = await aConfigHome();
    await home.user("providers: { a: { moreKeys: ['env:ONE', 'file:/two'], hedgeAfter: 3s } }\n");
    const { providers, settings } = await home.load(
      {},
      { REGOOSE_PROVIDERS_B_MORE_KEYS: "env:THREE, cmd:pass show four" },
    );
    expect(providers["a"]).toMatchObject({
      moreKeys: [{ kind: "env" }, { kind: "file" }],
      hedgeAfter: 3_000,
    });
    expect(providers["b"]?.moreKeys?.map(({ kind, target }) => [kind, target.reveal()])).toEqual([
      ["env", "THREE"],
      ["cmd", "pass show four"],
    ]);
    const keys = ["providers", "a", "moreKeys"];
    const shown = toShownValue(keys, settings.get(keys.join("."))?.value);
    expect(shown).toEqual(["[redacted]", "[redacted]"]);
    expect(isSameValue(providers["a"]?.moreKeys, providers["b"]?.moreKeys)).toBe(false);
    expect(isSameValue(providers["a"]?.moreKeys, [...(providers["a"]?.moreKeys ?? [])])).toBe(true);
  });

  test("have variables with known endings only", async () => {
    await using home = await aConfigHome();
    const { degradations } = await home.load({}, { REGOOSE_PROVIDERS_OPENAI_APIKEY: "env:A" });
    expect(degradations).toEqual([
      "REGOOSE_PROVIDERS_OPENAI_APIKEY is not a setting and was ignored; variables of a provider end with _KIND, _MODEL, _MODEL_PATH, _API_KEY, _MORE_KEYS, _BASE_URL, _CERTIFICATE, _TIMEOUT, _ORGANIZATION, _PROJECT, _PROXY, _POLICY, _CONCURRENCY, _CONTEXT_TOKENS, _CAPABILITIES, _HEDGE_AFTER, or _PARAMETERS_ and a parameter",
    ]);
  });

  test("take no key itself, and no message repeats it", async () => {
    await using home = await aConfigHome();
    const key = "sk-canary-0123456789";
    await home.user(
      [
        "providers:",
        "  openai:",
        `    apiKey: ${key}`,
        `    apikey: ${key}`,
        `    baseUrl: https://me:${key}@a.example`,
        "  other:",
        `    apiKey: "env:${key}"`,
        `    baseUrl: https://a.example/?key=${key}`,
        `    headers: { x: "cmd:'${key}" }`,
        `    certificate: ${key}`,
        "  third: { apiKey: 7, kind: gpt, baseUrl: 'ftp://a.example', certificate: '' }",
      ].join("\n"),
    );
    const error = await failureOf(
      home.load(
        {},
        { REGOOSE_PROVIDERS_OPENAI_API_KEY: key, REGOOSE_PROVIDERS_X_API_KEY: "env:A" },
      ),
    );
    expect(JSON.stringify([error.message, error.details, error.hint])).not.toContain("canary");
    expect(error.message.split("\n").slice(1)).toEqual([
      "~/.config/regoose/config.yaml:3:13: providers.openai.apiKey: has to be a reference: env:NAME, file:PATH or cmd:COMMAND, not the key itself",
      '~/.config/regoose/config.yaml:4:5: unknown key "apikey"; did you mean "apiKey"?',
      "~/.config/regoose/config.yaml:5:14: providers.openai.baseUrl: must not hold a user or password; use apiKey or headers",
      "~/.config/regoose/config.yaml:7:13: providers.other.apiKey: env: has to be followed by the name of a variable, such as env:OPENAI_API_KEY",
      "~/.config/regoose/config.yaml:8:14: providers.other.baseUrl: must not hold a query or fragment",
      "~/.config/regoose/config.yaml:9:19: providers.other.headers.x: cmd: has to be followed by a program and its arguments, with quotes closed",
      "~/.config/regoose/config.yaml:10:18: providers.other.certificate: has to be an absolute path or ~/…",
      "~/.config/regoose/config.yaml:11:20: providers.third.apiKey: Invalid input: expected string, received number",
      "~/.config/regoose/config.yaml:11:29: providers.third.kind has to be openai, deepseek, anthropic, google, openai-compatible, gguf",
      "~/.config/regoose/config.yaml:11:43: providers.third.baseUrl: has to start with https:// or http://",
      "~/.config/regoose/config.yaml:11:75: providers.third.certificate: has to be an absolute path or ~/…",
      "environment REGOOSE_PROVIDERS_OPENAI_API_KEY: providers.openai.apiKey: has to be a reference: env:NAME, file:PATH or cmd:COMMAND, not the key itself",
    ]);
  });

  test.each([
    ["version: 2\n", "this Regoose reads files up to version 1; install a newer one"],
    ["trustedProjects: [here]\n", "has to be an absolute folder or ~/…"],
    ["providers: { a_b: {} }\n", "a name is made of small letters"],
    ["providers: { a: { headers: { 'x y': z } } }\n", "providers.a.headers.x y"],
    ['providers: { a: { headers: { x: "a\\nb" } } }\n', "a header is one line"],
    ["providers: { a: { baseUrl: here } }\n", "has to be an address"],
    ["providers: { a: { apiKey: 'file:key.txt' } }\n", "an absolute path or ~/…"],
  ])("refuse %j", async (text, problem) => {
    await using home = await aConfigHome();
    await home.user(text);
    expect((await failureOf(home.load())).message).toContain(problem);
  });
});
