import { constants } from "node:fs";
import { toSentence } from "../contract/to-sentence.ts";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { toErrno } from "../kernel/errors.ts";
import { nearestName } from "../kernel/nearest-name.ts";
import type { Environment } from "./environment.ts";
import { type ConfigProblem, configInvalid, configUnreadable } from "./errors.ts";
import {
  CONFIG_KEYS,
  type ConfigKey,
  type ConfigValues,
  defaultConfig,
  type PartialConfig,
  partialConfigSchema,
  toVariable,
} from "./schema.ts";
import { describeIssue, parseYamlConfig } from "./yaml-source.ts";

/** Where a value came from, later ones winning. */
export type ConfigSource = "default" | "user" | "project" | "environment" | "flag";

/** A merged configuration. */
export interface LoadedConfig {
  /** `maxTime` is null when only executions bound the run. */
  readonly config: Omit<ConfigValues, "maxTime"> & { readonly maxTime: number | null };
  readonly sources: Readonly<Record<ConfigKey, ConfigSource>>;
  /** Sentences on what looks like a setting and is none. */
  readonly degradations: readonly string[];
  /** Sentences on settings that do not count, and why. */
  readonly notes: readonly string[];
  /** Files that were read. */
  readonly files: readonly string[];
}

export interface LoadConfigInput {
  /** Absolute root of the project under test. */
  readonly root: string;
  readonly environment: Environment;
  /** What was typed; absent keys are undefined. `maxTime` in milliseconds. */
  readonly flags: PartialConfig;
}

/** Names under which a project may keep its configuration. */
export const CONFIG_FILE_NAMES: readonly string[] = ["regoose.config.yaml", "regoose.config.yml"];
const MAX_BYTES = 1_000_000;

/**
 * Merges defaults, the user's file (`<config folder>/regoose/config.yaml`), the project's file, `REGOOSE_…`
 * variables and flags, later ones winning. The project's file is untrusted: it may raise the sandbox level and
 * never lower it. Every problem of every source is reported at once.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function loadConfig(input: LoadConfigInput): Promise<LoadedConfig> {
  const problems: ConfigProblem[] = [];
  const files: string[] = [];
  const userPath = join(input.environment.configFolder, "regoose", "config.yaml");
  const user = await readFileConfig(userPath, userPath, files, problems);
  const project = await readProjectConfig(input.root, files, problems);
  const { config: environment, degradations } = readVariables(input.environment, problems);
  if (problems.length > 0) throw configInvalid(problems);
  return merge({ user, project, environment, flag: input.flags }, degradations, files);
}

async function readProjectConfig(
  root: string,
  files: string[],
  problems: ConfigProblem[],
): Promise<PartialConfig> {
  const found: string[] = [];
  let config: PartialConfig = {};
  for (const name of CONFIG_FILE_NAMES) {
    const before = files.length;
    const parsed = await readFileConfig(join(root, name), name, files, problems);
    if (files.length === before) continue;
    found.push(name);
    config = parsed;
  }
  if (found.length > 1) {
    const message = `there are two configuration files: ${found.join(" and ")}; keep one`;
    problems.push({ source: found[1] ?? "", line: 1, column: 1, message });
  }
  return config;
}

async function readFileConfig(
  path: string,
  shownAs: string,
  files: string[],
  problems: ConfigProblem[],
): Promise<PartialConfig> {
  const text = await readText(path);
  if (text === null) return {};
  files.push(path);
  const outcome = parseYamlConfig(text, shownAs);
  if (outcome.kind === "parsed") return outcome.config;
  problems.push(...outcome.problems);
  return {};
}

/** Null when there is no such file. A link is not followed: it could point anywhere. */
async function readText(path: string): Promise<string | null> {
  let handle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (failure) {
    const errno = toErrno(failure);
    if (errno === "ENOENT" || errno === "ENOTDIR") return null;
    const why = errno === "ELOOP" ? "it is a symbolic link" : (errno ?? "unknown error");
    throw configUnreadable(path, why, failure);
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw configUnreadable(path, "it is not a regular file");
    if (stats.size > MAX_BYTES) throw configUnreadable(path, "it is larger than 1 MB");
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

const LIST_KEYS: ReadonlySet<string> = new Set(["include", "exclude"]);

function readVariables(
  environment: Environment,
  problems: ConfigProblem[],
): { readonly config: PartialConfig; readonly degradations: readonly string[] } {
  const variables = new Map(CONFIG_KEYS.map((key) => [toVariable(key), key]));
  const values: Record<string, unknown> = {};
  const degradations: string[] = [];
  for (const [name, text] of Object.entries(environment.settings)) {
    const key = variables.get(name);
    if (key !== undefined) {
      values[key] = fromText(key, text);
      continue;
    }
    const near = nearestName(name, [...variables.keys()]);
    if (near !== null) degradations.push(toSentence("setting-unknown", { variable: name, near }));
  }
  const result = partialConfigSchema.safeParse(values, { reportInput: true });
  if (result.success) return { config: result.data, degradations };
  for (const issue of result.error.issues) {
    for (const { path, message } of describeIssue(issue)) {
      const source = `environment ${toVariable(String(path[0]))}`;
      problems.push({ source, line: null, column: null, message });
    }
  }
  return { config: {}, degradations };
}

function fromText(key: ConfigKey, text: string): unknown {
  if (LIST_KEYS.has(key)) {
    return text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  }
  return key !== "maxTime" && key !== "out" && /^\d+$/.test(text) ? Number(text) : text;
}

/** How much isolation a setting asks for. */
const SANDBOX_RANK = { guarded: 0, auto: 1, namespace: 2 } as const;

function merge(
  layers: Readonly<Record<Exclude<ConfigSource, "default">, PartialConfig>>,
  degradations: readonly string[],
  files: readonly string[],
): LoadedConfig {
  const merged: Record<string, unknown> = { ...defaultConfig() };
  const sources = Object.fromEntries(CONFIG_KEYS.map((key) => [key, "default"])) as Record<
    ConfigKey,
    ConfigSource
  >;
  const notes: string[] = [];
  for (const source of ["user", "project", "environment", "flag"] as const) {
    for (const key of CONFIG_KEYS) {
      const value = layers[source][key];
      if (value === undefined) continue;
      if (source === "project" && key === "sandbox" && lowers(merged["sandbox"], value)) {
        notes.push(
          `the project's configuration asks for sandbox "${String(value)}"; a project cannot lower the level, type --sandbox ${String(value)} to do so`,
        );
        continue;
      }
      merged[key] = value;
      sources[key] = source;
    }
  }
  // A bound on executions replaces the default bound on time, but not one that somebody set.
  if (merged["maxExecutions"] !== null && sources.maxTime === "default") merged["maxTime"] = null;
  return {
    config: merged as unknown as LoadedConfig["config"],
    sources,
    degradations,
    notes,
    files,
  };
}

function lowers(present: unknown, wanted: unknown): boolean {
  const rank = SANDBOX_RANK as Readonly<Record<string, number>>;
  return (rank[String(wanted)] ?? 0) < (rank[String(present)] ?? 0);
}
