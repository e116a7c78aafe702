import { toCallParameters } from "../../adapters/llm/parameters/merge-parameters.ts";
import { MODEL_TABLE_DATE } from "../../adapters/llm/parameters/model-table.ts";
import { planWithin } from "../../adapters/llm/router/plan-for.ts";
import { explainCall } from "../../adapters/llm/wire/explain-call.ts";
import type { ParameterChange, ParameterPolicy } from "../../contract/model/parameters.ts";
import type { ModelRole } from "../../contract/model/request.ts";
import type { Clock } from "../../kernel/clock.ts";
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

/**
 * Shows the bodies that a call of a role would send, what models refused before left out. Sends nothing.
 * @throws ParameterRefused (RGS-4004)
 */
export async function explainParameters(
  deps: { readonly clock: Clock },
  input: { readonly cwd: string; readonly flags: ModelFlags; readonly role: ModelRole },
  options: { readonly signal: AbortSignal },
): Promise<readonly ExplainedParameters[]> {
  await using models = await openModels(deps, input, options);
  const { role } = input;
  const explained = models
    .candidatesOf(role)
    .map(async (candidate): Promise<ExplainedParameters> => {
      const { endpoint, provider, model, limits, policy, capabilities, contextTokens } = candidate;
      const parameters = toCallParameters(models.parameters, { role }, candidate);
      const { plan } = planWithin(models, candidate, parameters, 0);
      const { url, body } = await explainCall({
        ...{ endpoint, model, limits, plan },
        messages: [{ role: "user", text: "…" }],
        tools: [],
        toolChoice: undefined,
        schema: null,
      });
      const { changes } = plan;
      return {
        ...{ provider, model, policy, url, body, changes, capabilities, contextTokens },
        table: MODEL_TABLE_DATE,
      };
    });
  return await Promise.all(explained);
}
