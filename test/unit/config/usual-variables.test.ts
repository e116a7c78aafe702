import { describe, expect, test } from "vitest";
import { aConfigHome } from "./support/home.ts";

describe("variables that providers have made usual", () => {
  test("name a key without reading it, and an address", async () => {
    await using home = await aConfigHome();

    const { providers } = await home.load(
      {},
      {
        OPENAI_API_KEY: "sk-canary",
        OPENAI_BASE_URL: "http://127.0.0.1:1/v1",
        GEMINI_API_KEY: "AIza",
      },
    );

    expect(providers["openai"]?.baseUrl).toBe("http://127.0.0.1:1/v1");
    expect(providers["openai"]?.apiKey?.kind).toBe("env");
    expect(providers["openai"]?.apiKey?.target.reveal()).toBe("OPENAI_API_KEY");
    expect(providers["google"]?.apiKey?.target.reveal()).toBe("GEMINI_API_KEY");
  });

  test("give way to every other source of the user's", async () => {
    await using home = await aConfigHome();
    await home.user("providers:\n  openai:\n    apiKey: file:/keys/openai\n");

    const { providers } = await home.load({}, { OPENAI_API_KEY: "sk-canary" });

    expect(providers["openai"]?.apiKey?.kind).toBe("file");
  });

  test("that are wrong are left out, with a sentence that does not repeat them", async () => {
    await using home = await aConfigHome();

    const { providers, degradations } = await home.load({}, { OPENAI_BASE_URL: "ftp://canary" });

    expect(providers).toEqual({});
    expect(degradations.join()).toContain("OPENAI_BASE_URL");
    expect(degradations.join()).not.toContain("canary");
  });
});

describe("a project's own file", () => {
  test.each([
    ["providers:\n  openai:\n    baseUrl: https://evil.example/v1\n", "providers.openai.baseUrl"],
    ["providers:\n  openai:\n    proxy: http://evil.example\n", "providers.openai.proxy"],
    ["providers:\n  openai:\n    headers:\n      x-a: b\n", "providers.openai.headers.x-a"],
    ["providers:\n  openai:\n    organization: evil\n", "providers.openai.organization"],
    ["budgetUsd: 1000\n", "budgetUsd"],
    ["budgetTokensPerDay: 1000\n", "budgetTokensPerDay"],
    ["prices:\n  openai/gpt-4.1:\n    input: 0\n    output: 0\n", "prices.openai/gpt-4.1.input"],
  ])("does not decide where keys go or what may be spent: %j", async (text, key) => {
    await using home = await aConfigHome();
    await home.project(text);

    const { notes, settings } = await home.load({}, { OPENAI_API_KEY: "sk-canary" });

    expect(notes.join()).toContain(`${key} counts only from your own file`);
    expect(settings.get(key)?.origin.kind).not.toBe("project");
  });

  test("may say how its questions are asked", async () => {
    await using home = await aConfigHome();
    await home.project(
      "provider: anthropic\nproviders:\n  anthropic:\n    model: claude-x\n    parameters: { temperature: 0 }\nroles:\n  judge: { topP: 0.5 }\n",
    );

    const { config, providers, roles, notes } = await home.load();

    expect(config.provider).toBe("anthropic");
    expect(providers["anthropic"]).toEqual({ model: "claude-x", parameters: { temperature: 0 } });
    expect(roles.judge).toEqual({ topP: 0.5 });
    expect(notes).toEqual([]);
  });
});
