import { PARAMETER_NAMES } from "../../contract/model/parameters.ts";
import { MODEL_ROLES } from "../../contract/model/request.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import { nearestName } from "../../kernel/nearest-name.ts";
import type { Environment } from "../environment.ts";
import type { ConfigProblem } from "../errors.ts";
import { FLAG_NAMES } from "../flags/registry.ts";
import { CONFIG_KEYS, toSnake, toVariable } from "../keys.ts";
import { PROVIDER_KEYS } from "../provider-keys.ts";
import { type Leaf, NESTED, toLeaves, toOrigin } from "../layers/leaf.ts";
import { readParameterText } from "../parameter-text.ts";
import { fileSchema, ROLE_KEYS } from "../schema.ts";
import { SERVER_KEYS } from "../server/server-keys.ts";
import { describeIssue } from "./describe-issue.ts";

/** What the environment sets. */
export interface VariableSettings {
  readonly leaves: readonly Leaf[];
  readonly problems: readonly ConfigProblem[];
  /** Sentences on variables that look like a setting and are none. */
  readonly degradations: readonly string[];
}

/** Keys with a variable of their own, by its name. Rules of a flag or of the server, and experiments, stay in files. */
const VARIABLES: ReadonlyMap<string, readonly string[]> = new Map(
  [
    ...[...CONFIG_KEYS, "profile", "trustedProjects"].map((key) => [key]),
    ...SERVER_KEYS.filter((key) => key !== "triggers").map((key) => ["server", key]),
    ...FLAG_NAMES.map((key) => ["flags", key]),
    ...MODEL_ROLES.flatMap((role) => ROLE_KEYS.map((key) => ["roles", role, key])),
  ].map((path) => [toVariable(path), path]),
);
const LIST_KEYS: ReadonlySet<string> = new Set(["include", "exclude", "trustedProjects"]);
/** Read as they stand, though they may look like a number. */
const TEXT_KEYS: ReadonlySet<string> = new Set([
  ...["maxTime", "out", "profile", "provider"],
  ...["server.host", "server.log", "server.state"],
]);
const PROVIDER_ENDINGS = Object.keys(PROVIDER_KEYS).filter((key) => !NESTED.has(key));
/** Headers and models have names of their own and stay in files. */
const PROVIDER_VARIABLES: ReadonlyMap<string, readonly string[]> = new Map(
  [
    ...PROVIDER_ENDINGS.map((key) => [key]),
    ...PARAMETER_NAMES.map((name) => ["parameters", name]),
  ].map((path) => [path.map(toSnake).join("_"), path]),
);
const PROVIDER = new RegExp(
  `^REGOOSE_PROVIDERS_([A-Z][A-Z0-9_]*)_(${[...PROVIDER_VARIABLES.keys()].join("|")})$`,
);

/** Reads `REGOOSE_…` variables. */
export function readVariables(environment: Environment): VariableSettings {
  const values: Record<string, unknown> = {};
  const names = new Map<string, string>();
  const degradations: string[] = [];
  for (const [name, text] of Object.entries(environment.settings)) {
    const path = VARIABLES.get(name) ?? toProviderPath(name);
    if (path === null) {
      const advice = adviseOn(name, [...VARIABLES.keys()]);
      if (advice !== null)
        degradations.push(toSentence("setting-unknown", { variable: name, advice }));
      continue;
    }
    names.set(path.join("."), name);
    setAt(values, path, fromText(path, text));
  }
  const result = fileSchema.safeParse(values, { reportInput: true });
  /** A problem may lie within the value of a variable. */
  const variableOf = (path: readonly PropertyKey[]): string =>
    names.get(path.map(String).join(".")) ??
    (path.length === 0 ? "" : variableOf(path.slice(0, -1)));
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
  const path = PROVIDER_VARIABLES.get(field ?? "");
  if (name === undefined || path === undefined) return null;
  return ["providers", name.toLowerCase().replaceAll("_", "-"), ...path];
}

/** Null for a variable that looks like no setting. */
function adviseOn(name: string, known: readonly string[]): string | null {
  if (name.startsWith("REGOOSE_PROVIDERS_"))
    return `variables of a provider end with ${PROVIDER_ENDINGS.map((key) => `_${toSnake(key)}`).join(", ")}, or _PARAMETERS_ and a parameter`;
  const near = nearestName(name, known);
  return near === null ? null : `did you mean ${near}?`;
}

function fromProviderText(field: string, text: string): unknown {
  if (field === "capabilities" || field === "moreKeys")
    return text.split(",").map((part) => part.trim());
  return field === "concurrency" || field === "contextTokens" ? Number(text) : text;
}

function setAt(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = "", ...rest] = path;
  if (rest.length === 0) {
    values[first] = value;
    return;
  }
  const inner = (values[first] ?? {}) as Record<string, unknown>;
  values[first] = inner;
  setAt(inner, rest, value);
}

function fromText(path: readonly string[], text: string): unknown {
  const key = path.join(".");
  const isParameter = path[0] === "roles" || path[2] === "parameters";
  if (isParameter) return readParameterText(path.at(-1) ?? "", text);
  if (path[0] === "providers") return fromProviderText(path.at(-1) ?? "", text);
  if (path[0] === "flags") return text === "true" || (text === "false" ? false : text);
  if (text === "null" && path[0] === "server") return null;
  if (LIST_KEYS.has(key)) {
    return text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  }
  return !TEXT_KEYS.has(key) && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
