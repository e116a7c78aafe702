import type { ModelParameters } from "../../../contract/model/parameters.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import { shortHash, toCanonicalJson } from "../../../kernel/hash.ts";
import { type LimitedPlan, limitOutput } from "../parameters/limit-output.ts";
import { type ParameterPlan, planParameters } from "../parameters/plan-parameters.ts";
import { type Candidate, toLabel } from "./candidate.ts";
import type { Question, RouterDeps } from "./course.ts";

/**
 * What is sent to a model of what is asked of it.
 * @throws ParameterRefused (RGS-4004)
 */
export function planFor(
  { learned }: Pick<RouterDeps, "learned">,
  candidate: Candidate,
  parameters: ModelParameters,
): ParameterPlan {
  const { endpoint, model, policy } = candidate;
  const { kind, provider } = endpoint;
  const refused = learned.of(candidate);
  return planParameters({ kind, provider, model, parameters, policy, refused });
}

/**
 * The same with a limit on the answer, which each request names: what is set aside has to cover it.
 * @throws ParameterRefused (RGS-4004)
 */
export function planWithin(
  { learned }: Pick<RouterDeps, "learned">,
  candidate: Candidate,
  parameters: ModelParameters,
  inputTokens: number,
): LimitedPlan {
  const { endpoint, model, policy, contextTokens } = candidate;
  const { kind, provider } = endpoint;
  const refused = learned.of(candidate);
  const input = { kind, provider, model, parameters, policy, refused };
  return limitOutput(planParameters(input), input, { inputTokens, contextTokens });
}

/**
 * Names an answer beyond this run: the question, and all that shapes what these models make of it: who they are, where
 * they are, and what each would be sent. Another order of models may mean another answer.
 */
export function toCacheKey(
  deps: Pick<RouterDeps, "learned">,
  { question, parametersOf }: Pick<Question<unknown>, "question" | "parametersOf">,
  candidates: readonly Candidate[],
): string {
  const sent = candidates.map((candidate) => {
    const { endpoint, policy, contextTokens } = candidate;
    const { kind, baseUrl, file } = endpoint;
    const where = { kind, baseUrl, file, policy, contextTokens };
    return [toLabel(candidate), where, tryPlan(deps, candidate, parametersOf(candidate))];
  });
  return `${question}-${shortHash(toCanonicalJson(sent))}`;
}

/** A model that would not be asked under its policy shapes the answer by its place alone. */
function tryPlan(
  deps: Pick<RouterDeps, "learned">,
  candidate: Candidate,
  parameters: ModelParameters,
): unknown {
  try {
    const { fields, extraBody } = planFor(deps, candidate, parameters);
    return { fields, extraBody };
  } catch (failure) {
    if (failure instanceof RegooseError) return failure.code;
    throw failure;
  }
}
