import { findModelFacts, MODEL_TABLE_DATE } from "../../adapters/llm/parameters/model-table.ts";
import { planParameters } from "../../adapters/llm/parameters/plan-parameters.ts";
import { explainCall } from "../../adapters/llm/wire/explain-call.ts";
import { parametersSchema } from "../../config/provider-schema.ts";
import type {
  ModelParameters,
  ParameterChange,
  ParameterPolicy,
} from "../../contract/model/parameters.ts";
import type { ModelRole } from "../../contract/model/request.ts";
import type { Clock } from "../../kernel/clock.ts";
import { RegooseError } from "../../kernel/errors.ts";
import { type ModelFlags, openModels } from "./open-models.ts";

/** What `regoose llm explain-params` prints for each model. */
export interface ExplainedParameters {
  readonly provider: string;
  readonly model: string;
  readonly policy: ParameterPolicy;
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly changes: readonly ParameterChange[];
  readonly capabilities: readonly string[];
  readonly contextTokens: number | null;
  /** When the table of models was written down. */
  readonly table: string;
}

/** Shows the bodies that a call of a role would send. Sends nothing. @throws ParameterRefused (RGS-4004) */
export async function explainParameters(
  deps: { readonly clock: Clock },
  input: {
    readonly cwd: string;
    readonly flags: ModelFlags;
    readonly role: ModelRole;
    readonly policy: ParameterPolicy | undefined;
    /** `name=value` each. */
    readonly parameters: readonly string[];
  },
  options: { readonly signal: AbortSignal },
): Promise<readonly ExplainedParameters[]> {
  await using models = await openModels(deps, input, options);
  const typed = parseParameters(input.parameters);
  const explained = models.candidates.map(async (candidate): Promise<ExplainedParameters> => {
    const { endpoint, provider, model, limits } = candidate;
    const { kind } = endpoint;
    const policy = input.policy ?? candidate.policy;
    const parameters = { ...candidate.parameters, ...models.roles[input.role], ...typed };
    const plan = planParameters({ kind, provider, model, parameters, policy, refused: new Set() });
    const { url, body } = await explainCall({
      ...{ endpoint, model, limits, plan },
      messages: [{ role: "user", text: "…" }],
      tools: [],
      toolChoice: undefined,
      schema: null,
    });
    const { capabilities, contextTokens } = findModelFacts(kind, model);
    const { changes } = plan;
    return {
      ...{ provider, model, policy, url, body, changes, capabilities, contextTokens },
      table: MODEL_TABLE_DATE,
    };
  });
  return await Promise.all(explained);
}

/** `temperature=0.2`, `stop=["a"]`, `extraBody={"x":1}`; what is no JSON is a text. */
function parseParameters(texts: readonly string[]): ModelParameters {
  const values = Object.fromEntries(texts.map(splitParameter));
  const { extraBody, ...rest } = values;
  const parsed = parametersSchema.safeParse(rest);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = `${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? ""}`;
    throw new RegooseError("RGS-4004", `a parameter is not one that can be asked for: ${what}`);
  }
  const isObject = typeof extraBody === "object" && extraBody !== null;
  return isObject
    ? { ...parsed.data, extraBody: extraBody as Record<string, unknown> }
    : parsed.data;
}

function splitParameter(text: string): readonly [string, unknown] {
  const at = text.indexOf("=");
  const [name, value] = at < 0 ? [text, "true"] : [text.slice(0, at), text.slice(at + 1)];
  const key = name.replaceAll(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
  try {
    return [key, JSON.parse(value) as unknown];
  } catch {
    return [key, value];
  }
}
