import { z } from "zod";
import {
  type ModelParameters,
  PARAMETER_POLICIES,
  type ParameterPolicy,
  REASONING_EFFORTS,
} from "../contract/model/parameters.ts";
import { CAPABILITIES, type Capability } from "../contract/model/request.ts";
import { Secret } from "../kernel/secret.ts";
import { duration } from "./duration-schema.ts";
import { PROVIDERS } from "../contract/metrics/labels.ts";
import { PROVIDER_KEYS, type ProviderKey } from "./provider-keys.ts";
import { parseReference, type SecretReference } from "./secrets/reference.ts";

/** One model provider. */
export interface ProviderConfig {
  readonly kind?: (typeof PROVIDERS)[number] | undefined;
  readonly model?: string | undefined;
  /** Absolute path, or one that begins with `~/`. */
  readonly modelPath?: string | undefined;
  readonly apiKey?: SecretReference | undefined;
  readonly moreKeys?: readonly SecretReference[] | undefined;
  readonly baseUrl?: string | undefined;
  readonly headers?: Readonly<Record<string, SecretReference>> | undefined;
  /** Absolute path. */
  readonly certificate?: string | undefined;
  /** In milliseconds. */
  readonly timeout?: number | undefined;
  readonly organization?: string | undefined;
  readonly project?: string | undefined;
  readonly proxy?: SecretReference | undefined;
  readonly parameters?: ModelParameters | undefined;
  /** Parameters by the name of a model. */
  readonly models?: Readonly<Record<string, ModelParameters>> | undefined;
  readonly policy?: ParameterPolicy | undefined;
  readonly concurrency?: number | undefined;
  readonly contextTokens?: number | undefined;
  readonly capabilities?: readonly Capability[] | undefined;
  /** In milliseconds. */
  readonly hedgeAfter?: number | undefined;
}

/** What is configured for a role. */
export interface RoleConfig extends ModelParameters {
  /** Whom it asks in place of the usual models, as `provider/model` or `provider`, in order. */
  readonly models?: readonly string[] | undefined;
}

/** Editors check the beginning; the message of a text that is none comes from {@link parseReference}. */
const reference = z
  .string()
  .max(2_000)
  .transform((text, context): SecretReference => {
    const parsed = parseReference(text);
    if (parsed.kind === "reference") return parsed.reference;
    context.addIssue({ code: "custom", message: parsed.problem });
    return z.NEVER;
  })
  .meta({ pattern: "^(env|file|cmd):." });

/** A header may be a plain text; what looks like a reference is one. */
const headerValue = z
  .string()
  .max(2_000)
  .transform((text, context): SecretReference => {
    if (/^(?:env|file|cmd):/.test(text)) {
      const parsed = parseReference(text);
      if (parsed.kind === "reference") return parsed.reference;
      context.addIssue({ code: "custom", message: parsed.problem });
      return z.NEVER;
    }
    if (!/[\r\n\0]/.test(text)) return { kind: "literal", target: new Secret(text) };
    context.addIssue({ code: "custom", message: "a header is one line" });
    return z.NEVER;
  });

const address = z
  .string()
  .max(500)
  .check((context) => {
    const problem = findAddressProblem(context.value);
    if (problem !== null)
      context.issues.push({ code: "custom", message: problem, input: undefined });
  });

/** The problem never repeats the address: it may hold a password. */
function findAddressProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null) return "has to be an address such as https://api.example.com/v1";
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return "has to start with https:// or http://";
  if (url.username !== "" || url.password !== "")
    return "must not hold a user or password; use apiKey or headers";
  if (url.search !== "" || url.hash !== "") return "must not hold a query or fragment";
  return null;
}

const ownPath = z
  .string()
  .max(500)
  .regex(/^(?:\/|~\/)./, "has to be an absolute path or ~/…");
const penalty = z.number().min(-2).max(2);
const share = z.number().min(0).max(1);

const parameterFields = {
  temperature: z.number().min(0).max(2).optional(),
  topP: share.optional(),
  topK: z.int().min(1).optional(),
  minP: share.optional(),
  maxOutputTokens: z.int().min(1).optional(),
  presencePenalty: penalty.optional(),
  frequencyPenalty: penalty.optional(),
  repeatPenalty: z.number().min(0).max(10).optional(),
  seed: z.int().min(0).optional(),
  stop: z.array(z.string().min(1)).max(16).optional(),
  logitBias: z.record(z.string(), z.number().min(-100).max(100)).optional(),
  reasoningEffort: z.enum(REASONING_EFFORTS).optional(),
  reasoningTokens: z.int().min(0).optional(),
  verbosity: z.enum(["low", "medium", "high"]).optional(),
  responseFormat: z.enum(["text", "json"]).optional(),
  serviceTier: z.string().max(50).optional(),
  parallelToolCalls: z.boolean().optional(),
  extraBody: z.record(z.string().min(1).max(200), z.unknown()).optional(),
} satisfies { readonly [K in keyof ModelParameters]-?: z.ZodType<ModelParameters[K]> };

/** Parameters as a file writes them. */
export const parametersSchema: z.ZodType<ModelParameters> = z.strictObject(parameterFields);

export const roleSchema: z.ZodType<RoleConfig> = z.strictObject({
  ...parameterFields,
  models: z
    .array(
      z
        .string()
        .max(300)
        .regex(/^[^/\s]+(?:\/\S+)?$/u, "has to be provider/model, or a provider"),
    )
    .min(1)
    .max(10)
    .optional(),
});

const FIELDS: { readonly [K in ProviderKey]: z.ZodType<NonNullable<ProviderConfig[K]>> } = {
  kind: z.enum(PROVIDERS),
  model: z.string().min(1).max(200),
  modelPath: ownPath,
  apiKey: reference,
  moreKeys: z.array(reference).max(20),
  baseUrl: address,
  // Header names are tokens of RFC 9110, section 5.6.2.
  headers: z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/), headerValue),
  certificate: ownPath,
  timeout: duration,
  organization: z.string().min(1).max(200),
  project: z.string().min(1).max(200),
  proxy: headerValue,
  parameters: parametersSchema,
  models: z.record(z.string().min(1).max(200), parametersSchema),
  policy: z.enum(PARAMETER_POLICIES),
  concurrency: z.int().min(1).max(1_000),
  contextTokens: z.int().min(256),
  capabilities: z.array(z.enum(CAPABILITIES)),
  hedgeAfter: duration,
};

export const providerSchema: z.ZodType<ProviderConfig> = z.strictObject(
  Object.fromEntries(
    Object.entries(FIELDS).map(([key, field]) => {
      const { description, reload } = PROVIDER_KEYS[key as ProviderKey];
      return [key, z.optional(field.meta({ description, "x-reload": reload }))];
    }),
  ),
);
