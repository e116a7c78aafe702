import { z } from "zod";
import { parseDuration } from "./duration.ts";

const duration = z.union([z.string(), z.number()]).transform((value, context): number => {
  try {
    return parseDuration(String(value));
  } catch (failure) {
    context.addIssue({
      code: "custom",
      message: `${failure instanceof Error ? failure.message : "not a duration"}; write 500ms, 60s or 2m`,
    });
    return z.NEVER;
  }
});

const pattern = z.string().min(1).max(300);

/** A complete configuration. */
export interface ConfigValues {
  readonly engine: "auto" | "search" | "model";
  /** In milliseconds. */
  readonly maxTime: number;
  readonly maxExecutions: number | null;
  readonly seed: number;
  readonly workers: number | null;
  readonly framework: "auto" | "node" | "vitest" | "jest" | "mocha";
  readonly out: string | null;
  readonly baseline: "existing" | "none";
  readonly sandbox: "auto" | "namespace" | "guarded";
  readonly reruns: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export type ConfigKey = keyof ConfigValues;

type Fields = { readonly [K in ConfigKey]: z.ZodDefault<z.ZodType<ConfigValues[K]>> };

/** Every key of `regoose.config.yaml`, with its default and what it means. */
const FIELDS: Fields = {
  engine: z
    .enum(["auto", "search", "model"])
    .default("auto")
    .describe(
      "Who proposes tests. `search` needs no model, key or network; `auto` takes what is there.",
    ),
  maxTime: duration
    .default(60_000)
    .describe(
      "Bound on the whole command, such as 30s or 2m. Off by default when maxExecutions is set.",
    ),
  maxExecutions: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .nullable()
    .default(null)
    .describe(
      "Stop the search after this many executions; with a seed the result is the same to the byte.",
    ),
  seed: z.int().min(0).max(4_294_967_295).default(1).describe("Seed of every random decision."),
  workers: z
    .int()
    .min(1)
    .max(256)
    .nullable()
    .default(null)
    .describe("Search processes side by side; null takes what the machine has, up to 4."),
  framework: z
    .enum(["auto", "node", "vitest", "jest", "mocha"])
    .default("auto")
    .describe("Test runner to write for and to run with; `auto` takes the project's own."),
  out: z
    .string()
    .min(1)
    .max(500)
    .nullable()
    .default(null)
    .describe("Folder of the written suite; null puts it into regoose/ in the tests folder."),
  baseline: z
    .enum(["existing", "none"])
    .default("existing")
    .describe(
      "Whether a test has to add something to the existing suite, or only to the written one.",
    ),
  sandbox: z
    .enum(["auto", "namespace", "guarded"])
    .default("auto")
    .describe(
      "Isolation of the code under test. A project's own file may raise it, never lower it.",
    ),
  reruns: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe("How often each test has to pass in fresh, shuffled runs before it is kept."),
  include: z
    .array(pattern)
    .max(200)
    .default([])
    .describe("Source files to test, as globs such as src/**/*.ts; empty for all."),
  exclude: z.array(pattern).max(200).default([]).describe("Source files to leave alone, as globs."),
};

export const CONFIG_KEYS: readonly ConfigKey[] = Object.keys(FIELDS) as ConfigKey[];

/** What one source sets. */
export type PartialConfig = { readonly [K in ConfigKey]?: ConfigValues[K] | undefined };

/** Parses one source: strict, every key optional, no defaults filled in. */
export const partialConfigSchema: z.ZodType<PartialConfig> = z.strictObject(
  Object.fromEntries(
    Object.entries(FIELDS).map(([key, field]) => [key, z.optional(field.unwrap() as z.ZodType)]),
  ),
);

/** The default of every key. */
export function defaultConfig(): ConfigValues {
  return z.object(FIELDS).parse({ maxTime: "60s" });
}

/** One row of the reference: key, environment variable, default as written, meaning. */
export interface ConfigReference {
  readonly key: ConfigKey;
  readonly variable: string;
  readonly defaultText: string;
  readonly description: string;
}

/** The reference of all keys, from the schema itself. */
export function describeConfig(): readonly ConfigReference[] {
  const defaults = defaultConfig();
  return CONFIG_KEYS.map((key) => ({
    key,
    variable: toVariable(key),
    defaultText: key === "maxTime" ? "60s" : JSON.stringify(defaults[key]).replaceAll('"', ""),
    description: FIELDS[key].description ?? "",
  }));
}

/** `maxTime` → `REGOOSE_MAX_TIME`. */
export function toVariable(key: string): string {
  return `REGOOSE_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
