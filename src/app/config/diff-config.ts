import { basename, resolve } from "node:path";
import { existsSync } from "node:fs";
import { configInvalid, configUnreadable } from "../../config/errors.ts";
import { toLeaves, toOrigin } from "../../config/layers/leaf.ts";
import { isSameValue } from "../../config/reload/config-changes.ts";
import { defaultConfig } from "../../config/schema.ts";
import { readConfigFile } from "../../config/sources/config-file.ts";
import { type ConfigRequest, loadFor } from "./print-config.ts";
import { type ShownValue, toShownValue, toYamlText } from "./shown-value.ts";

/** What `regoose config diff --json` prints as data. */
export interface DiffData {
  readonly left: string;
  readonly right: string;
  readonly differences: readonly {
    readonly key: string;
    /** Null also where that side does not set the key. */
    readonly left: ShownValue;
    readonly right: ShownValue;
  }[];
}

type Side = ReadonlyMap<string, { readonly path: readonly string[]; readonly value: unknown }>;

/**
 * Compares two configurations; each side is a file, taken by itself over the defaults, or a profile, taken with
 * everything that counts here.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function diffConfig(
  request: ConfigRequest,
  left: string,
  right: string,
): Promise<{ readonly data: DiffData; readonly text: string }> {
  const [a, b] = [await loadSide(request, left), await loadSide(request, right)];
  const differences = [...new Set([...a.keys(), ...b.keys()])].flatMap((key) => {
    const [one, other] = [a.get(key), b.get(key)];
    const path = key.split(".");
    if (isSameValue(one?.value, other?.value)) return [];
    return [{ key, left: toShownValue(path, one?.value), right: toShownValue(path, other?.value) }];
  });
  const data = { left, right, differences };
  return { data, text: toText(data) };
}

async function loadSide(request: ConfigRequest, name: string): Promise<Side> {
  const path = resolve(request.cwd, name);
  if (!existsSync(path) && !/[./\\]/.test(name))
    return (await loadFor({ ...request, profile: name })).settings;
  const file = await readConfigFile(path, basename(path), { followsLinks: true });
  if (file === null) throw configUnreadable(path, "there is no such file");
  if (file.outcome.kind === "failed") throw configInvalid(file.outcome.problems);
  const origin = toOrigin("default", name);
  const leaves = [
    ...toLeaves(defaultConfig(), () => origin),
    ...toLeaves(file.outcome.config, () => origin),
  ];
  return new Map(leaves.map((leaf) => [leaf.path.join("."), leaf]));
}

function toText({ differences }: DiffData): string {
  if (differences.length === 0) return "no difference\n";
  return differences
    .map(({ key, left, right }) => `${key}: ${toYamlText(left)} → ${toYamlText(right)}\n`)
    .join("");
}
