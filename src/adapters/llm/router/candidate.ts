import type { ModelName } from "../../../contract/model/answer.ts";
import type { Capability, ModelRequest } from "../../../contract/model/request.ts";
import type { ModelParameters, ParameterPolicy } from "../../../contract/model/parameters.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import type { Secret } from "../../../kernel/secret.ts";
import type { PricedModel } from "../money/prices.ts";
import type { Endpoint, WireLimits } from "../wire/wire.ts";
import { findModelFacts } from "../parameters/model-table.ts";

/** A model that calls may go to, as configured. */
export interface Candidate extends ModelName {
  readonly endpoint: Endpoint;
  /** Keys beside that of the endpoint. */
  readonly moreKeys: readonly Secret[];
  /** Without a token for so long, the question is asked a second time beside the first; null for never. */
  readonly hedgeAfterMs: number | null;
  readonly limits: WireLimits;
  readonly policy: ParameterPolicy;
  /** What is configured for this model or its provider; see `merge-parameters.ts` for what wins over it. */
  readonly parameters: ModelParameters;
  readonly capabilities: readonly Capability[];
  readonly contextTokens: number | null;
  /** No more calls than this go on at a time. */
  readonly concurrency: number;
}

/** Fills in what the table knows about a model and configuration does not say. */
export function createCandidate(
  endpoint: Endpoint,
  model: string,
  own: Partial<Omit<Candidate, "provider" | "model" | "endpoint">> = {},
): Candidate {
  const facts = findModelFacts(endpoint.kind, model);
  return {
    provider: endpoint.provider,
    model,
    endpoint,
    moreKeys: own.moreKeys ?? [],
    hedgeAfterMs: own.hedgeAfterMs ?? null,
    limits: own.limits ?? (facts.isSlow ? SLOW_LIMITS : LIMITS),
    policy: own.policy ?? "adapt",
    parameters: own.parameters ?? {},
    capabilities: own.capabilities ?? facts.capabilities,
    contextTokens: own.contextTokens ?? facts.contextTokens,
    // One context of one file, one question at a time.
    concurrency: own.concurrency ?? (endpoint.kind === "gguf" ? 1 : 64),
  };
}

export const LIMITS: WireLimits = {
  connectMs: 5_000,
  firstTokenMs: 30_000,
  gapMs: 20_000,
  totalMs: 180_000,
};

/** Models that think before they speak: minutes are common. */
export const SLOW_LIMITS: WireLimits = {
  ...LIMITS,
  firstTokenMs: 180_000,
  gapMs: 60_000,
  totalMs: 600_000,
};

/** What a request needs of any model that answers it. */
export function listNeeds(request: ModelRequest<unknown>): readonly Capability[] {
  const needs = new Set(request.needs);
  if ((request.tools ?? []).length > 0) needs.add("tools");
  if (request.answer !== undefined) needs.add("json");
  return [...needs];
}

/**
 * What the parameters of a request want of a model. Not of each: a model that lacks it is asked where none has it, and
 * then the policy says what becomes of the parameter.
 */
export function listWishedFor({
  reasoningEffort = "none",
  reasoningTokens = 0,
  responseFormat,
}: ModelParameters): readonly Capability[] {
  return [
    ...(reasoningEffort !== "none" || reasoningTokens > 0 ? (["reasoning"] as const) : []),
    ...(responseFormat === "json" ? (["json"] as const) : []),
  ];
}

/** What decides, beside the request, who can answer it. */
export interface CallSize {
  readonly inputTokens: number;
  /** What is asked for whichever model answers. */
  readonly parameters: ModelParameters;
}

/**
 * The models that may answer, in order: those that can do what the request needs, and of these those that can do what
 * its parameters ask for, where any can. A fallback loses neither.
 * @throws NoModel (RGS-4002), CapabilityMissing (RGS-4018), ContextOverflow (RGS-4006)
 */
export function chooseCandidates(
  all: readonly Candidate[],
  request: ModelRequest<unknown>,
  { inputTokens, parameters }: CallSize,
): readonly Candidate[] {
  const named = all.filter(
    ({ provider, model }) =>
      request.model === undefined ||
      request.model === provider ||
      request.model === `${provider}/${model}`,
  );
  if (named.length === 0) {
    const what =
      request.model === undefined
        ? "no model is configured"
        : `the model ${request.model} is not configured`;
    throw new RegooseError("RGS-4002", what);
  }
  const needs = listNeeds(request);
  const able = keepAble(named, needs);
  if (able.length === 0) {
    const names = named.map(toLabel).join(", ");
    throw new RegooseError(
      "RGS-4018",
      `none of ${names} has what the call needs: ${needs.join(", ")}`,
      { details: { needs } },
    );
  }
  const willing = keepAble(able, listWishedFor(parameters));
  // Estimates of tokens are rough, so only what is far too long is kept back.
  const roomy = (willing.length > 0 ? willing : able).filter(
    ({ contextTokens }) => contextTokens === null || inputTokens * 0.7 < contextTokens,
  );
  if (roomy.length > 0)
    return request.spreads === true ? rotate(roomy, request.sample ?? 0) : roomy;
  throw new RegooseError(
    "RGS-4006",
    `about ${inputTokens} tokens fit no context of ${able.map(toLabel).join(", ")}`,
  );
}

function keepAble(all: readonly Candidate[], needs: readonly Capability[]): readonly Candidate[] {
  return all.filter(({ capabilities }) => needs.every((need) => capabilities.includes(need)));
}

function rotate<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** `openai/gpt-4.1`. */
export function toLabel({ provider, model }: ModelName): string {
  return `${provider}/${model}`;
}

/** The model as a price table knows it. */
export function toPriced({ endpoint, model }: Pick<Candidate, "endpoint" | "model">): PricedModel {
  const { provider, kind } = endpoint;
  return { provider, kind, model, isOwnMachine: isOwnMachine(endpoint) };
}

/** A file or a server on this machine; without an address an OpenAI-compatible one is looked for here. */
export function isOwnMachine({ kind, baseUrl }: Pick<Endpoint, "kind" | "baseUrl">): boolean {
  if (kind === "gguf") return true;
  if (kind !== "openai-compatible") return false;
  const host = baseUrl === null ? "localhost" : (URL.parse(baseUrl)?.hostname ?? "");
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
