import { z } from "zod";
import { Secret } from "../kernel/secret.ts";
import { duration } from "./duration-schema.ts";
import { PROVIDER_KEYS, PROVIDER_KINDS, type ProviderKey } from "./keys.ts";
import { parseReference, type SecretReference } from "./secrets/reference.ts";

/** One model provider. */
export interface ProviderConfig {
  readonly kind?: (typeof PROVIDER_KINDS)[number] | undefined;
  readonly model?: string | undefined;
  readonly apiKey?: SecretReference | undefined;
  readonly baseUrl?: string | undefined;
  readonly headers?: Readonly<Record<string, SecretReference>> | undefined;
  /** Absolute path. */
  readonly certificate?: string | undefined;
  /** In milliseconds. */
  readonly timeout?: number | undefined;
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

const FIELDS: { readonly [K in ProviderKey]: z.ZodType<NonNullable<ProviderConfig[K]>> } = {
  kind: z.enum(PROVIDER_KINDS),
  model: z.string().min(1).max(200),
  apiKey: reference,
  baseUrl: address,
  // Header names are tokens of RFC 9110, section 5.6.2.
  headers: z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/), headerValue),
  certificate: z
    .string()
    .max(500)
    .regex(/^(?:\/|~\/)./, "has to be an absolute path or ~/…"),
  timeout: duration,
};

export const providerSchema: z.ZodType<ProviderConfig> = z.strictObject(
  Object.fromEntries(
    Object.entries(FIELDS).map(([key, field]) => {
      const { description, reload } = PROVIDER_KEYS[key as ProviderKey];
      return [key, z.optional(field.meta({ description, "x-reload": reload }))];
    }),
  ),
);
