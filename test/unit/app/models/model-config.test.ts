import { describe, expect, test } from "vitest";
import { chooseProviders, toModel } from "../../../../src/app/models/choose-providers.ts";
import { toConfigInput } from "../../../../src/app/models/model-config.ts";

const FILE = "/models/small.gguf";

describe("flags about models", () => {
  test("take a GGUF file for the model of this machine, from where the command was typed", () => {
    const of = (flags: Parameters<typeof toConfigInput>[0]): unknown =>
      toConfigInput(flags, "/work").providers;

    expect(of({ model: "models/small.GGUF" })).toEqual([
      { flag: "--model", name: "local", config: { modelPath: "/work/models/small.GGUF" } },
    ]);
    expect(of({ model: FILE, provider: "gguf" })).toEqual([
      { flag: "--model", name: "gguf", config: { modelPath: FILE } },
    ]);
    // A server names its models as it likes.
    expect(of({ model: "small.gguf", baseUrl: "http://127.0.0.1:1/v1" })).toEqual([
      { flag: "--model", name: "local", config: { model: "small.gguf" } },
      { flag: "--base-url", name: "local", config: { baseUrl: "http://127.0.0.1:1/v1" } },
    ]);
    expect(of({ model: "qwen3" })).toEqual([
      { flag: "--model", name: "local", config: { model: "qwen3" } },
    ]);
  });
});

describe("a provider with a file", () => {
  test("is one of kind gguf by its name, its path or its kind, unless it has an address", () => {
    const kindOf = (name: string, config: Parameters<typeof chooseProviders>[1][string]): string =>
      chooseProviders(name, { [name]: config })[0]?.kind ?? "";

    expect(kindOf("local", { modelPath: FILE })).toBe("gguf");
    expect(kindOf("mine", { modelPath: FILE })).toBe("gguf");
    expect(kindOf("gguf", { modelPath: FILE })).toBe("gguf");
    expect(kindOf("local", { modelPath: FILE, baseUrl: "http://127.0.0.1:1" })).toBe(
      "openai-compatible",
    );
  });

  test("is asked by auto, after those with a key, by the name of its file", () => {
    const all = chooseProviders("auto", {
      local: { modelPath: FILE },
      empty: { kind: "gguf" },
    });
    expect(all.map(toModel)).toEqual(["small.gguf"]);
  });

  test("says what is missing where it has none", () => {
    const [chosen] = chooseProviders("gguf", {});
    expect(() => (chosen === undefined ? "" : toModel(chosen))).toThrow(
      expect.objectContaining({ code: "RGS-4002" }) as Error,
    );
  });
});
