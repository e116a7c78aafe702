import { readParameterText } from "../../config/parameter-text.ts";
import { parametersSchema } from "../../config/provider-schema.ts";
import { type ModelParameters, PARAMETER_NAMES } from "../../contract/model/parameters.ts";
import { MODEL_ROLES } from "../../contract/model/request.ts";
import type { ParameterWishes } from "../../contract/model/wishes.ts";
import { RegooseError } from "../../kernel/errors.ts";
import { nearestName } from "../../kernel/nearest-name.ts";

/**
 * Parameters as they are typed: `temperature=0.2` for every call, `judge.temperature=0` for a role, `gpt-4.1:seed=7` or
 * `openai/gpt-4.1:seed=7` for a model. Values are JSON, and what is none is a text.
 * @throws ParameterRefused (RGS-4004)
 */
export function parseWishes(texts: readonly string[]): ParameterWishes {
  const groups = new Map<string, Record<string, unknown>>();
  for (const text of texts) {
    const { scope, name, value } = splitWish(text);
    groups.set(scope, { ...groups.get(scope), [name]: value });
  }
  const parsed = [...groups].map(([scope, values]) => [scope, check(scope, values)] as const);
  const below = (mark: string): Readonly<Record<string, ModelParameters>> =>
    Object.fromEntries(
      parsed.flatMap(([scope, parameters]) =>
        scope.endsWith(mark) ? [[scope.slice(0, -1), parameters]] : [],
      ),
    );
  return {
    all: parsed.find(([scope]) => scope === "")?.[1],
    roles: below(ROLE),
    models: below(MODEL),
  };
}

const ROLE = ".";
const MODEL = ":";

/** Names of models have dots, slashes and colons in them, and names of parameters none. */
function splitWish(text: string): {
  /** Empty for all, else with its mark at the end. */
  readonly scope: string;
  readonly name: string;
  readonly value: unknown;
} {
  const at = text.indexOf("=");
  const [left, value] = at < 0 ? [text, "true"] : [text.slice(0, at), text.slice(at + 1)];
  const [, scope = "", typed = ""] = /^(.*[.:])?(.*)$/su.exec(left) ?? [];
  const name = typed.replaceAll(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
  if (scope.endsWith(ROLE) && !MODEL_ROLES.some((role) => `${role}${ROLE}` === scope)) {
    const role = scope.slice(0, -1);
    throw createRefused(
      `${role} is no role; the roles are ${MODEL_ROLES.join(", ")}, and a model stands before a colon, such as ${role}:${name}`,
    );
  }
  return { scope, name, value: readParameterText(name, value) };
}

function check(scope: string, values: Readonly<Record<string, unknown>>): ModelParameters {
  const parsed = parametersSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const near = nearestName(key, PARAMETER_NAMES);
    const advice =
      near === null ? `they are ${PARAMETER_NAMES.join(", ")}` : `did you mean ${near}?`;
    throw createRefused(`${scope}${key} is none; ${advice}`);
  }
  throw createRefused(
    `${scope}${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? ""}`,
  );
}

function createRefused(what: string): RegooseError {
  return new RegooseError("RGS-4004", `a parameter is not one that can be asked for: ${what}`);
}
