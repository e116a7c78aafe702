import { readEnvironment } from "../../config/environment.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import type { PartialConfig } from "../../config/keys.ts";
import type { Origin } from "../../config/layers/leaf.ts";
import type { MergedSetting } from "../../config/layers/merge.ts";
import { detectRoot } from "../detect-root.ts";
import { type ShownValue, toShownValue, toYamlText } from "./shown-value.ts";

/** What a configuration command was called with. */
export interface ConfigRequest {
  /** Folder where the user stands. */
  readonly cwd: string;
  readonly flags: PartialConfig;
  readonly profile: string | undefined;
}

/** What `regoose config print --json` prints as data. */
export interface PrintConfigData {
  readonly root: string;
  readonly profile: string | null;
  readonly trusted: boolean;
  readonly files: readonly string[];
  readonly values: readonly {
    readonly key: string;
    readonly value: ShownValue;
    readonly origin: Origin;
  }[];
  readonly notes: readonly string[];
  readonly degradations: readonly string[];
}

/** Merges the configuration of the project around the user, as `generate` would. */
export function loadFor({ cwd, flags, profile }: ConfigRequest): Promise<LoadedConfig> {
  return loadConfig({ root: detectRoot(cwd), environment: readEnvironment(), flags, profile });
}

/**
 * The configuration that counts here, with an origin for each value, and as YAML.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function printConfig(
  request: ConfigRequest,
  options: { readonly withOrigin: boolean },
): Promise<{ readonly data: PrintConfigData; readonly text: string }> {
  const loaded = await loadFor(request);
  const settings = [...loaded.settings.values()].toSorted(byGroup);
  return {
    data: {
      root: detectRoot(request.cwd),
      profile: loaded.profile,
      trusted: loaded.isTrusted,
      files: loaded.files,
      values: settings.map(({ path, value, origin }) => ({
        key: path.join("."),
        value: toShownValue(path, value),
        origin,
      })),
      notes: loaded.notes,
      degradations: loaded.degradations,
    },
    text: toYaml(settings, options.withOrigin),
  };
}

/** Settings in the order of the reference, then each provider in one piece. */
function byGroup(left: MergedSetting, right: MergedSetting): number {
  const [a, b] = [left, right].map(({ path }) => (path.length === 1 ? "" : path.join("\0")));
  return a === b ? 0 : (a ?? "") < (b ?? "") ? -1 : 1;
}

function toYaml(settings: readonly MergedSetting[], withOrigin: boolean): string {
  const rows: { readonly text: string; readonly origin: string | null }[] = [];
  let above: readonly string[] = [];
  for (const { path, value, origin } of settings) {
    const parents = path.slice(0, -1);
    for (const [depth, name] of parents.entries()) {
      const isNew = path.slice(0, depth + 1).some((part, index) => above[index] !== part);
      if (isNew) rows.push({ text: `${"  ".repeat(depth)}${name}:`, origin: null });
    }
    above = parents;
    const shown = toYamlText(toShownValue(path, value));
    // No file can say so: the bound is off because another key is set.
    const mark = path[0] === "maxTime" && value === null ? "# " : "";
    const text = `${mark}${"  ".repeat(parents.length)}${path.at(-1) ?? ""}: ${shown}`;
    rows.push({ text, origin: origin.text });
  }
  const width = Math.min(50, Math.max(...rows.map(({ text }) => text.length)));
  return rows
    .map(({ text, origin }) =>
      withOrigin && origin !== null ? `${text.padEnd(width)}  # ${origin}\n` : `${text}\n`,
    )
    .join("");
}
