import { describe, expect, test } from "vitest";
import { renderDefaultConfig } from "../../../src/config/default-config.ts";
import { CONFIG_KEYS } from "../../../src/config/keys.ts";
import { describeConfig } from "../../../src/config/reference.ts";
import { parseYamlConfig } from "../../../src/config/sources/yaml-source.ts";

const PROJECT = {
  name: "sample",
  runner: "vitest",
  isRunnerDetected: true,
  testsFolder: "tests",
} as const;

const SCHEMA = "https://schema.example/regoose.json";

function read(text: string): unknown {
  const outcome = parseYamlConfig(text, "file");
  return outcome.kind === "parsed" ? outcome.config : outcome.problems;
}

describe("the configuration that init writes", () => {
  test("sets the detected runner and nothing else", () => {
    const text = renderDefaultConfig(PROJECT, SCHEMA);
    expect(read(text)).toEqual({ version: 1, framework: "vitest" });
  });

  test("names the schema in its first line, where editors look", () => {
    const [first] = renderDefaultConfig(PROJECT, SCHEMA).split("\n");
    expect(first).toBe(`# yaml-language-server: $schema=${SCHEMA}`);
  });

  test("leaves the runner open when none was detected", () => {
    const text = renderDefaultConfig(
      { ...PROJECT, runner: "node", isRunnerDetected: false },
      SCHEMA,
    );
    expect(read(text)).toEqual({ version: 1 });
  });

  test("explains every key, and every commented line is valid when switched on", () => {
    const text = renderDefaultConfig(PROJECT, SCHEMA);
    for (const key of CONFIG_KEYS) expect(text).toMatch(new RegExp(`^(?:# )?${key}: `, "m"));
    const switchedOn = text.replaceAll(/^# ([a-zA-Z]+: .*)$/gm, "$1");
    const outcome = parseYamlConfig(switchedOn, "file");
    expect(outcome.kind).toBe("parsed");
    expect(outcome).toMatchObject({ config: { out: "tests/regoose", maxTime: 60_000 } });
  });

  test("does not let a project's name write configuration", () => {
    const text = renderDefaultConfig(
      {
        ...PROJECT,
        name: "x\nsandbox: guarded",
        testsFolder: "a: b",
      },
      SCHEMA,
    );
    expect(read(text)).toEqual({ version: 1, framework: "vitest" });
  });
});

describe("the reference", () => {
  test("describes each key with variable, default and meaning", () => {
    const rows = describeConfig();
    expect(rows.map((row) => row.key)).toEqual(CONFIG_KEYS);
    expect(rows.find((row) => row.key === "maxTime")).toMatchObject({
      variable: "REGOOSE_MAX_TIME",
      defaultText: "60s",
    });
    for (const row of rows) expect(row.description).not.toBe("");
  });
});
