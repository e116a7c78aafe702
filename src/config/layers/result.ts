import type { Experiment, ExperimentSetting } from "../../contract/feature-flags.ts";
import type { FlagSettings } from "../flags/flag-schema.ts";
import { CONFIG_KEYS, type ConfigKey, type ConfigValues } from "../keys.ts";
import type { ProviderConfig } from "../provider-schema.ts";
import type { ServerValues } from "../server/server-keys.ts";
import { ORIGIN_KINDS, type Origin } from "./leaf.ts";
import type { MergedSetting, MergedSettings } from "./merge.ts";

/** What the merged keys amount to. */
export interface ConfigResult {
  /** `maxTime` is null when only executions bound the run. */
  readonly config: Omit<ConfigValues, "maxTime"> & { readonly maxTime: number | null };
  readonly origins: Readonly<Record<ConfigKey, Origin>>;
  /** By name. Secrets are references still; no file or command was touched for them. */
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  readonly server: ServerValues;
  /** Flags that some source sets. */
  readonly flags: FlagSettings;
  /** In order of rising precedence. */
  readonly experiments: readonly Experiment[];
  /** Every key with its value and origin, profile and providers included. */
  readonly settings: MergedSettings;
}

/** Draws the values of a run and the providers from the merged keys. */
export function toResult(merged: MergedSettings): ConfigResult {
  const settings = new Map(merged);
  const time = settings.get("maxTime");
  const bound = settings.get("maxExecutions");
  // A bound on executions replaces a built-in bound on time, but not one that somebody set.
  if (time !== undefined && bound !== undefined && bound.value !== null && isBuiltIn(time.origin)) {
    const text = `${time.origin.text}, off because of maxExecutions (${bound.origin.text})`;
    settings.set("maxTime", { ...time, value: null, origin: { ...time.origin, text } });
  }
  const all = [...settings.values()];
  const values = Object.fromEntries(
    all.map(({ path, value }) => [String(path[0]), value] as const),
  );
  const origins = Object.fromEntries(
    all.map(({ path, origin }) => [String(path[0]), origin] as const),
  );
  const pick = (from: Readonly<Record<string, unknown>>): object =>
    Object.fromEntries(CONFIG_KEYS.map((key) => [key, from[key]]));
  return {
    config: pick(values) as ConfigResult["config"],
    origins: pick(origins) as ConfigResult["origins"],
    providers: toProviders(all),
    server: toSection(all, "server") as unknown as ServerValues,
    flags: toSection(all, "flags"),
    experiments: toExperiments(all),
    settings,
  };
}

function toSection(
  all: readonly MergedSetting[],
  section: string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    all.flatMap(({ path, value }) => (path[0] === section ? [[path[1] ?? "", value]] : [])),
  );
}

function toExperiments(all: readonly MergedSetting[]): readonly Experiment[] {
  return all
    .filter(({ path }) => path[0] === "experiments")
    .toSorted((a, b) => ORIGIN_KINDS.indexOf(a.origin.kind) - ORIGIN_KINDS.indexOf(b.origin.kind))
    .map(({ path, value }) => ({ name: path[1] ?? "", ...(value as ExperimentSetting) }));
}

function isBuiltIn({ kind, file }: Origin): boolean {
  return kind === "default" || (kind === "profile" && file === null);
}

function toProviders(settings: readonly MergedSetting[]): Readonly<Record<string, ProviderConfig>> {
  const providers = new Map<string, Map<string, unknown>>();
  const headers = new Map<string, Map<string, unknown>>();
  for (const { path, value } of settings) {
    const [first, name = "", key = "", header] = path;
    if (first !== "providers") continue;
    const target = header === undefined ? providers : headers;
    const fields = target.get(name) ?? new Map<string, unknown>();
    target.set(name, fields.set(header ?? key, value));
  }
  const names = [...new Set([...providers.keys(), ...headers.keys()])];
  return Object.fromEntries(
    names.map((name) => {
      const own = headers.get(name);
      const fields = Object.fromEntries(providers.get(name) ?? []);
      return [name, own === undefined ? fields : { ...fields, headers: Object.fromEntries(own) }];
    }),
  );
}
