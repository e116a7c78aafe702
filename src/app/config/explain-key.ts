import { unknownConfigKey } from "../../config/errors.ts";
import {
  type ConfigReference,
  describeConfig,
  describeExperimentKeys,
  describeFileKeys,
  describeFlags,
  describeProviderKeys,
  describeServerKeys,
  type FlagReference,
} from "../../config/reference.ts";
import { toVariable } from "../../config/keys.ts";
import { factsOf, type Leaf, NESTED } from "../../config/layers/leaf.ts";
import { ROLE_KEYS } from "../../config/schema.ts";
import { nearestName } from "../../kernel/nearest-name.ts";
import { type ConfigRequest, loadFor } from "./print-config.ts";
import { type ShownValue, toShownValue, toYamlText } from "./shown-value.ts";

/** What `regoose config explain KEY --json` prints as data. */
export interface ExplainData
  extends ConfigReference, Partial<Pick<FlagReference, "owner" | "expires">> {
  /** Null where nothing sets the key. */
  readonly value: ShownValue;
  /** Where the value comes from; null where nothing sets the key. */
  readonly origin: string | null;
  /** What other sources say, overruled ones first, in order of rising precedence. */
  readonly others: readonly ExplainSource[];
}

interface ExplainSource {
  readonly value: ShownValue;
  readonly origin: string;
  /** Why it must not count; null where a later source overrules it. */
  readonly refusal: string | null;
}

const WHO = {
  anyone: "anyone, a project's own file too",
  "raise-only": "you; a project's own file may raise it, never lower it",
  owner: "you: flags, environment, your own file; a project's own file where you trust the project",
} as const;

const WHEN = {
  live: "live: a change counts at once",
  "next-run": "next-run: a change counts for the next run",
  restart: "restart: a change counts after a restart",
} as const;

/**
 * Everything about one key: its meaning, and what it is here and why.
 * @throws UnknownConfigKey (RGS-2004), ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function explainKey(
  request: ConfigRequest,
  key: string,
): Promise<{ readonly data: ExplainData; readonly text: string }> {
  const reference = findReference(key);
  const { settings, refusals } = await loadFor(request);
  const setting = settings.get(key);
  const toSource = (refusal: string | null, { path, value, origin }: Leaf): ExplainSource => ({
    value: toShownValue(path, value),
    origin: origin.text,
    refusal,
  });
  const overruled = setting?.votes.slice(0, -1) ?? [];
  const refused = refusals.filter(({ path }) => path.join(".") === key);
  const data: ExplainData = {
    ...reference,
    value: setting === undefined ? null : toShownValue(setting.path, setting.value),
    origin: setting?.origin.text ?? null,
    others: [
      ...overruled.map((vote) => toSource(null, { path: key.split("."), ...vote })),
      ...refused.map((one) => toSource(one.why, one)),
    ],
  };
  return { data, text: toText(data) };
}

/** Providers, headers and experiments have names of their own; the rest of the path is known. */
function findReference(key: string): ConfigReference {
  const known = [
    ...describeConfig(),
    ...describeFileKeys(),
    ...describeProviderKeys(),
    ...describeServerKeys(),
    ...describeFlags(),
    ...describeExperimentKeys(),
  ];
  const [first = "", name = "NAME", field, ...rest] = key.split(".");
  const isNested = ["providers", "experiments"].includes(first) && field !== undefined;
  const isRole = first === "roles" && ROLE_KEYS.includes(field ?? "") && rest.length === 0;
  const wanted = isNested ? `${first}.NAME.${field}` : isRole ? first : key;
  const found = known.find((one) => one.key === wanted);
  const isWhole = rest.length === 0 || NESTED.has(field ?? "");
  if (found !== undefined && isRole) return toParameter(found, key);
  if (found !== undefined && isWhole) return isNested ? toOwnName(found, key, name) : found;
  const section = known.find((one) => one.key === first);
  // An experiment is one value: it is explained as a whole.
  if (first === "experiments" && field === undefined && section !== undefined)
    return { ...section, key };
  const near = nearestName(
    wanted,
    known.map((one) => one.key),
  );
  throw unknownConfigKey(key, near?.replace("NAME", name) ?? null);
}

/** What a role asks for: the variable is its own, and so is who may set it. */
function toParameter(found: ConfigReference, key: string): ConfigReference {
  const path = key.split(".");
  return { ...found, key, variable: toVariable(path), trust: toTrust(path, found) };
}

function toTrust(path: readonly string[], found: ConfigReference): ConfigReference["trust"] {
  return factsOf(path)?.trust ?? found.trust;
}

function toOwnName(found: ConfigReference, key: string, name: string): ConfigReference {
  const own = name.toUpperCase().replaceAll("-", "_");
  const variable = found.variable?.replace("NAME", own) ?? null;
  return { ...found, key, variable, trust: toTrust(key.split("."), found) };
}

function toText(data: ExplainData): string {
  const { key, description, type, defaultText, variable, flag, reload, trust } = data;
  const rows: readonly (readonly [string, string | null])[] = [
    ["type", type],
    ["default", defaultText],
    ["flag", flag],
    ["variable", variable],
    ["owner", data.owner ?? null],
    ["until", data.expires ?? null],
    ["set by", WHO[trust]],
    ["reload", WHEN[reload]],
    ["value", data.origin === null ? "not set" : `${toYamlText(data.value)}  # ${data.origin}`],
  ];
  const lines = rows.flatMap(([name, text]) =>
    text === null ? [] : [`  ${name.padEnd(9)} ${text}`],
  );
  const others = data.others.map(({ value, origin, refusal }) => {
    const why = refusal === null ? "overruled" : "ignored";
    return `  ${why.padEnd(9)} ${toYamlText(value)}  # ${origin}`;
  });
  return `${[key, `  ${description}`, ...lines, ...others].join("\n")}\n`;
}
