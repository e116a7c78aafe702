import type { FlagParametersForType } from "@stricli/core";
import { parseDuration } from "../../config/duration.ts";
import {
  BASELINES,
  type ConfigKey,
  ENGINES,
  FILE_KEYS,
  FRAMEWORKS,
  SANDBOXES,
  SETTINGS,
} from "../../config/keys.ts";
import type { CliContext } from "../context.ts";
import { createIntegerParser } from "./shared-flags.ts";

/** Flags that stand for configuration keys. */
export interface SettingFlags {
  readonly engine?: "search" | "model" | "auto";
  readonly maxTime?: number;
  readonly maxExecutions?: number;
  readonly seed?: number;
  readonly workers?: number;
  readonly framework?: "auto" | "node" | "vitest" | "jest" | "mocha";
  readonly language?: string;
  readonly testCommand?: string;
  readonly out?: string;
  readonly baseline?: "existing" | "none";
  readonly sandbox?: "auto" | "namespace" | "guarded";
  readonly reruns?: number;
  readonly maxIterations?: number;
  readonly profile?: string;
}

const toText = (text: string): string => text;

/** The meaning of a key, as the reference has it, with its default where one says something. */
export function toBrief(key: ConfigKey): string {
  const { description, defaultText } = SETTINGS[key];
  return defaultText === "null" ? description : `${description} [default = ${defaultText}]`;
}

/** Stricli's description of {@link SettingFlags}. */
export const SETTING_FLAGS: FlagParametersForType<SettingFlags, CliContext> = {
  engine: { kind: "enum", values: ENGINES, brief: toBrief("engine"), optional: true },
  maxTime: {
    kind: "parsed",
    parse: parseDuration,
    brief: toBrief("maxTime"),
    optional: true,
    placeholder: "TIME",
  },
  maxExecutions: {
    kind: "parsed",
    parse: createIntegerParser("max-executions", 1),
    brief: toBrief("maxExecutions"),
    optional: true,
    placeholder: "N",
  },
  seed: {
    kind: "parsed",
    parse: createIntegerParser("seed", 0),
    brief: toBrief("seed"),
    optional: true,
    placeholder: "N",
  },
  workers: {
    kind: "parsed",
    parse: createIntegerParser("workers", 1),
    brief: toBrief("workers"),
    optional: true,
    placeholder: "N",
  },
  framework: { kind: "enum", values: FRAMEWORKS, brief: toBrief("framework"), optional: true },
  language: {
    kind: "parsed",
    parse: (text: string): string => text.toLowerCase(),
    brief: toBrief("language"),
    optional: true,
    placeholder: "NAME",
  },
  testCommand: {
    kind: "parsed",
    parse: toText,
    brief: toBrief("testCommand"),
    optional: true,
    placeholder: "COMMAND",
  },
  out: { kind: "parsed", parse: toText, brief: toBrief("out"), optional: true, placeholder: "DIR" },
  baseline: { kind: "enum", values: BASELINES, brief: toBrief("baseline"), optional: true },
  sandbox: { kind: "enum", values: SANDBOXES, brief: toBrief("sandbox"), optional: true },
  reruns: {
    kind: "parsed",
    parse: createIntegerParser("reruns", 1),
    brief: toBrief("reruns"),
    optional: true,
    placeholder: "N",
  },
  maxIterations: {
    kind: "parsed",
    parse: createIntegerParser("max-iterations", 0),
    brief: toBrief("maxIterations"),
    optional: true,
    placeholder: "N",
  },
  profile: {
    kind: "parsed",
    parse: toText,
    brief: FILE_KEYS.profile.description,
    optional: true,
    placeholder: "NAME",
  },
};

/** What was typed, by configuration key; undefined where nothing was. */
export type TypedSettings = {
  readonly [K in Exclude<keyof SettingFlags, "profile">]: SettingFlags[K] | undefined;
};

/** Picks the settings from the flags of a command. */
export function toTypedSettings(flags: SettingFlags): TypedSettings {
  const { engine, maxTime, maxExecutions, seed, workers } = flags;
  const { framework, language, testCommand, out } = flags;
  const { baseline, sandbox, reruns, maxIterations } = flags;
  return {
    engine,
    maxTime,
    maxExecutions,
    seed,
    workers,
    framework,
    language,
    testCommand,
    out,
    baseline,
    sandbox,
    reruns,
    maxIterations,
  };
}
