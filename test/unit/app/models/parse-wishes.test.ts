import { describe, expect, test } from "vitest";
import { parseWishes } from "../../../../src/app/models/parse-wishes.ts";

describe("parameters as they are typed", () => {
  test("are for all calls, a role or a model", () => {
    expect(
      parseWishes([
        "temperature=0.2",
        "top-k=5",
        "stop=END=",
        'extraBody={"a.b":1}',
        "judge.temperature=0",
        "openai/gpt-4.1:seed=7",
        'qwen3:8b:stop=["a","b"]',
        "parallelToolCalls",
      ]),
    ).toEqual({
      all: {
        ...{ temperature: 0.2, topK: 5, stop: ["END="], extraBody: { "a.b": 1 } },
        parallelToolCalls: true,
      },
      roles: { judge: { temperature: 0 } },
      models: { "openai/gpt-4.1": { seed: 7 }, "qwen3:8b": { stop: ["a", "b"] } },
    });
  });

  test.each([
    ["temperatur=1", "temperatur is none; did you mean temperature?"],
    ["judge.temperature=9", "judge.temperature: "],
    ["boss.temperature=1", "boss is no role; the roles are explorer"],
    ["gpt-4.1.temperature=1", "such as gpt-4.1:temperature"],
    ["extraBody=7", "extraBody: "],
  ])("%s says what is wrong", (text, message) => {
    expect(() => parseWishes([text])).toThrow(
      expect.objectContaining({
        code: "RGS-4004",
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});
