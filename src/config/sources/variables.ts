import { toSentence } from "../../contract/to-sentence.ts";
import { nearestName } from "../../kernel/nearest-name.ts";
import type { Environment } from "../environment.ts";
import type { ConfigProblem } from "../errors.ts";
import { CONFIG_KEYS, PROVIDER_KEYS, toSnake, toVariable } from "../keys.ts";
import { type Leaf, NESTED, toLeaves, toOrigin } from "../layers/leaf.ts";
import { fileSchema } from "../schema.ts";
import { describeIssue } from "./describe-issue.ts";

/** What the environment sets. */
export interface VariableSettings {
  readonly leaves: readonly Leaf[];
  readonly problems: readonly ConfigProblem[];
  /** Sentences on variables that look like a setting and are none. */
  readonly degradations: readonly string[];
}

const TOP_KEYS = [...CONFIG_KEYS, "profile", "trustedProjects"] as const;
const LIST_KEYS: ReadonlySet<string> = new Set(["include", "exclude", "trustedProjects"]);
/** Read as they stand, though they may look like a number. */
const TEXT_KEYS: ReadonlySet<string> = new Set(["maxTime", "out", "profile", "provider"]);
/** Headers have names of their own and stay in files, and so do parameters. */
const PROVIDER_VARIABLES = new Map(
  Object.keys(PROVIDER_KEYS)
    .filter((key) => !NESTED.has(key))
    .map((key) => [toSnake(key), key]),
);
const PROVIDER = new RegExp(
  `^REGOOSE_PROVIDERS_([A-Z][A-Z0-9_]*)_(${[...PROVIDER_VARIABLES.keys()].join("|")})$`,
);

/** Reads `REGOOSE_…` variables. */
export function readVariables(environment: Environment): VariableSettings {
  const variables = new Map(TOP_KEYS.map((key) => [toVariable(key), key]));
  const values: Record<string, unknown> = {};
  const providers: Record<string, Record<string, unknown>> = {};
  const names = new Map<string, string>();
  const degradations: string[] = [];
  for (const [name, text] of Object.entries(environment.settings)) {
    const key = variables.get(name);
    const path = key === undefined ? toProviderPath(name) : [key];
    if (path === null) {
      const advice = adviseOn(name, [...variables.keys()]);
      if (advice !== null)
        degradations.push(toSentence("setting-unknown", { variable: name, advice }));
      continue;
    }
    names.set(path.join("."), name);
    if (key !== undefined) values[key] = fromText(key, text);
    else {
      const [, provider = "", field = ""] = path;
      providers[provider] = { ...providers[provider], [field]: fromProviderText(field, text) };
    }
  }
  const result = fileSchema.safeParse({ ...values, providers }, { reportInput: true });
  const variableOf = (path: readonly PropertyKey[]): string =>
    names.get(path.map(String).join(".")) ?? names.get(String(path[0])) ?? "";
  if (result.success) {
    const leaves = toLeaves(result.data, (path) => toOrigin("environment", variableOf(path)));
    return { leaves, problems: [], degradations };
  }
  const problems = result.error.issues.flatMap((issue) =>
    describeIssue(issue).map(({ path, message }) => ({
      source: `environment ${variableOf(path)}`,
      line: null,
      column: null,
      message,
    })),
  );
  return { leaves: [], problems, degradations };
}

/** `REGOOSE_PROVIDERS_MY_LOCAL_BASE_URL` → `["providers", "my-local", "baseUrl"]`. */
function toProviderPath(variable: string): readonly string[] | null {
  const [, name, field] = PROVIDER.exec(variable) ?? [];
  const key = PROVIDER_VARIABLES.get(field ?? "");
  if (name === undefined || key === undefined) return null;
  return ["providers", name.toLowerCase().replaceAll("_", "-"), key];
}

/** Null for a variable that looks like no setting. */
function adviseOn(name: string, known: readonly string[]): string | null {
  if (name.startsWith("REGOOSE_PROVIDERS_"))
    return `variables of a provider end with ${[...PROVIDER_VARIABLES.keys()].map((end) => `_${end}`).join(", ")}`;
  const near = nearestName(name, known);
  return near === null ? null : `did you mean ${near}?`;
}

function fromProviderText(field: string, text: string): unknown {
  if (field === "capabilities") return text.split(",").map((part) => part.trim());
  return field === "concurrency" || field === "contextTokens" ? Number(text) : text;
}

function fromText(key: string, text: string): unknown {
  if (LIST_KEYS.has(key)) {
    return text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  }
  return !TEXT_KEYS.has(key) && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
