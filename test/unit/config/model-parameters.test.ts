import { describe, expect, test } from "vitest";
import { aConfigHome, failureOf } from "./support/home.ts";

const USER = [
  "providers:",
  "  openai:",
  "    parameters: { temperature: 0.5, extraBody: { store: true } }",
  "    models:",
  "      gpt-4.1: { temperature: 0 }",
  "roles:",
  "  judge: { reasoningEffort: high, models: [openai/o3, anthropic] }",
].join("\n");

describe("parameters of models", () => {
  test("are configured for a provider, for one of its models, and for a role", async () => {
    await using home = await aConfigHome();
    await home.user(`${USER}\n`);

    const { providers, roles, settings } = await home.load();

    expect(providers["openai"]).toEqual({
      parameters: { temperature: 0.5, extraBody: { store: true } },
      models: { "gpt-4.1": { temperature: 0 } },
    });
    expect(roles).toEqual({
      judge: { reasoningEffort: "high", models: ["openai/o3", "anthropic"] },
    });
    expect(settings.get("providers.openai.models.gpt-4.1.temperature")?.origin.text).toBe(
      "~/.config/regoose/config.yaml:5:18",
    );
  });

  test("have variables that win over files, each by its own name", async () => {
    await using home = await aConfigHome();
    await home.user(`${USER}\n`);

    const { providers, roles, degradations } = await home.load(
      {},
      {
        REGOOSE_ROLES_JUDGE_REASONING_EFFORT: "low",
        REGOOSE_ROLES_JUDGE_MODELS: "local/qwen3:8b, openai",
        REGOOSE_ROLES_ORACLE_STOP: "END",
        REGOOSE_ROLES_ORACLE_EXTRA_BODY: '{"top_a":0.1}',
        REGOOSE_PROVIDERS_OPENAI_PARAMETERS_TEMPERATURE: "1.5",
        REGOOSE_PROVIDERS_MY_OWN_PARAMETERS_LOGIT_BIAS: '{"7":-100}',
        REGOOSE_ROLES_JUDGE_TEMPERATUR: "1",
      },
    );

    expect(roles).toEqual({
      judge: { reasoningEffort: "low", models: ["local/qwen3:8b", "openai"] },
      oracle: { stop: ["END"], extraBody: { top_a: 0.1 } },
    });
    expect(providers["openai"]?.parameters?.temperature).toBe(1.5);
    expect(providers["my-own"]).toEqual({ parameters: { logitBias: { "7": -100 } } });
    expect(degradations).toEqual([
      "REGOOSE_ROLES_JUDGE_TEMPERATUR is not a setting and was ignored; did you mean REGOOSE_ROLES_JUDGE_TEMPERATURE?",
    ]);
  });

  test("that are wrong are named with their variable or their place", async () => {
    await using home = await aConfigHome();
    await home.user("roles: { judge: { temperatur: 1 } }\n");
    const failure = await failureOf(
      home.load({}, { REGOOSE_ROLES_JUDGE_TEMPERATURE: "9", REGOOSE_ROLES_JUDGE_MODELS: "a b" }),
    );

    expect(failure.message).toContain('unknown key "temperatur"; did you mean "temperature"?');
    expect(failure.message).toContain("environment REGOOSE_ROLES_JUDGE_TEMPERATURE");
    expect(failure.message).toContain("environment REGOOSE_ROLES_JUDGE_MODELS");
  });

  test("from a project's own file neither choose whom a role asks nor write into the body", async () => {
    await using home = await aConfigHome();
    await home.project(`${USER}\n`);

    const { providers, roles, notes } = await home.load();

    expect(roles).toEqual({ judge: { reasoningEffort: "high" } });
    expect(providers["openai"]).toEqual({
      parameters: { temperature: 0.5 },
      models: { "gpt-4.1": { temperature: 0 } },
    });
    expect(notes.map((note) => note.split(" counts only")[0])).toEqual([
      "regoose.config.yaml:3:37: providers.openai.parameters.extraBody",
      "regoose.config.yaml:7:35: roles.judge.models",
    ]);
  });
});
