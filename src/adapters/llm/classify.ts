import type { ErrorCode } from "../../kernel/error-table.ts";
import { RegooseError, toErrno, toMessage } from "../../kernel/errors.ts";
import { createModelError, type RequestFacts } from "./errors.ts";
import { readRetryAfterMs } from "./rate-headers.ts";

/** An answer that is none, as it came. */
export interface FailedResponse {
  readonly facts: RequestFacts & { readonly status: number };
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly nowMs: number;
}

/** What the protocols put into the body of an error. */
export interface WireError {
  readonly message: string;
  /** `code`, `type` and `status` together. */
  readonly kinds: readonly string[];
  readonly parameter: string | null;
  readonly retryMs: number | undefined;
}

const OVERFLOW =
  /context[ _](?:length|window|size)|maximum.{0,20}tokens|prompt is too long|input is too long|too many (?:input )?tokens|exceeds? the (?:available|maximum).{0,30}(?:context|token)|input token count/iu;
const QUOTA = /insufficient_quota|billing|credit balance|payment|exceeded your current quota/iu;
const KEY = /api[ _]key not valid|api_key_invalid|invalid api key|incorrect api key/iu;
const MODEL = /model.{0,80}(?:not found|does not exist|not exist|retired|deprecated)|not_found/iu;

/** Makes our error of an HTTP answer that is none of a model's. */
export function toResponseError(response: FailedResponse): RegooseError {
  const { facts, headers, nowMs } = response;
  const error = readWireError(response.body);
  const said = error.message === "" ? "" : `: ${error.message}`;
  const code = toCode(facts.status, error);
  const retryAfterMs = readRetryAfterMs(headers, nowMs) ?? error.retryMs;
  return createModelError(code, facts, `answered with ${facts.status}${said}`, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: error.parameter === null ? {} : { parameter: error.parameter },
  });
}

function toCode(status: number, error: WireError): ErrorCode {
  const text = [...error.kinds, error.message].join(" ");
  if (status >= 300 && status < 400) return "RGS-4021";
  switch (status) {
    case 401:
    case 403:
      return QUOTA.test(text) ? "RGS-4017" : "RGS-4001";
    case 402:
      return "RGS-4017";
    case 404:
    case 410:
      return "RGS-4005";
    case 407:
      return "RGS-4021";
    case 408:
    case 504:
      return "RGS-4008";
    case 413:
      return "RGS-4006";
    case 429:
      return QUOTA.test(text) && !/per (?:minute|day)|rate/iu.test(error.message)
        ? "RGS-4017"
        : "RGS-4007";
    case 501:
      return "RGS-4003";
  }
  if (status >= 500) return "RGS-4008";
  if (OVERFLOW.test(text)) return "RGS-4006";
  if (KEY.test(text)) return "RGS-4001";
  if (QUOTA.test(text)) return "RGS-4017";
  if (error.parameter !== null) return "RGS-4004";
  return MODEL.test(text) ? "RGS-4005" : "RGS-4003";
}

/** Makes our error of an error that came as a frame of a stream, or as the body of a 200. */
export function toStreamError(facts: RequestFacts, thrown: unknown): RegooseError {
  const error = readWireError(typeof thrown === "string" ? thrown : JSON.stringify(thrown ?? null));
  const text = [...error.kinds, error.message, toMessage(thrown)].join(" ");
  const said = error.message === "" ? toMessage(thrown) : error.message;
  const what = `broke its answer off: ${cut(said)}`;
  if (/rate_limit/iu.test(text)) return createModelError("RGS-4007", facts, what);
  if (/overloaded|server_error|api_error|unavailable|upstream|50\d/iu.test(text))
    return createModelError("RGS-4008", facts, what);
  if (OVERFLOW.test(text)) return createModelError("RGS-4006", facts, what);
  return createModelError("RGS-4010", facts, what, { cause: thrown });
}

const REFUSED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
const BROKEN = new Set([
  "ECONNRESET",
  "EPIPE",
  "UND_ERR_SOCKET",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
]);
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|HOSTNAME/u;

/** Makes our error of whatever was thrown while asking. `hasBegun`: the answer had begun. */
export function toThrownError(
  facts: RequestFacts,
  thrown: unknown,
  hasBegun: boolean,
): RegooseError {
  const chain = listChain(thrown);
  const own = chain.find((one) => one instanceof RegooseError);
  if (own instanceof RegooseError) return own;
  const errno = chain.map(toErrno).find((code) => code !== undefined) ?? "";
  const last = toMessage(chain.at(-1));
  if (CERTIFICATE.test(errno))
    return createModelError("RGS-4021", facts, `has a certificate that is not trusted (${errno})`, {
      cause: thrown,
    });
  // The fetch standard refuses ports of other services.
  if (last === "bad port")
    return createModelError("RGS-4021", facts, "has a port that HTTP clients refuse", {
      cause: thrown,
    });
  if (/proxy/iu.test(last))
    return createModelError(
      "RGS-4021",
      facts,
      `could not be reached through the proxy: ${cut(last)}`,
      { cause: thrown },
    );
  if (errno === "UND_ERR_CONNECT_TIMEOUT")
    return createModelError("RGS-4009", facts, "could not be connected to in time", {
      cause: thrown,
      details: { phase: "connect" },
    });
  if (REFUSED.has(errno))
    return createModelError("RGS-4008", facts, `cannot be reached (${errno})`, { cause: thrown });
  if (hasBegun)
    return createModelError("RGS-4010", facts, `broke its answer off: ${cut(last)}`, {
      cause: thrown,
    });
  if (BROKEN.has(errno))
    return createModelError("RGS-4008", facts, `closed the connection (${errno})`, {
      cause: thrown,
    });
  return createModelError("RGS-4011", facts, `sent what is no answer: ${cut(last)}`, {
    cause: thrown,
  });
}

function listChain(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  let one = thrown;
  while (one != null && !chain.includes(one) && chain.length < 10) {
    chain.push(one);
    one = one instanceof Error ? one.cause : undefined;
  }
  return chain;
}

/** Reads what OpenAI, Anthropic, Google and their followers put into the body of an error. */
export function readWireError(body: string): WireError {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // A page of a proxy; its first words say enough.
    const text = body
      .replaceAll(/<[^>]*>/gu, " ")
      .replaceAll(/\s+/gu, " ")
      .trim();
    return { message: cut(text), kinds: [], parameter: null, retryMs: undefined };
  }
  const outer: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  const error = toRecord(toRecord(outer)["error"] ?? toRecord(outer)["data"] ?? outer);
  const inner = toRecord(error["error"] ?? error);
  const message =
    typeof inner["message"] === "string"
      ? inner["message"]
      : toText(error["message"]) || toText(toRecord(outer)["error"]);
  const kinds = [inner["code"], inner["type"], inner["status"]]
    .map(toText)
    .filter((one) => one !== "");
  const details = Array.isArray(inner["details"]) ? inner["details"].map(toRecord) : [];
  return {
    message: cut(message),
    kinds: [...kinds, ...details.map((one) => toText(one["reason"])).filter((one) => one !== "")],
    parameter: readParameter(inner, message, kinds),
    retryMs: readRetryInfo(details),
  };
}

const NAMED = [
  /(?:unsupported|unrecognized|unknown|invalid) (?:request )?(?:parameter|argument|field|value|keyword)s?(?: supplied)?:? ['"`]?([\w.]+)/iu,
  /['"`]([\w.]+)['"`] (?:is|are) (?:not supported|deprecated|not permitted|not allowed|unsupported)/iu,
  /unknown name ['"`]([\w.]+)['"`]/iu,
  /^([\w.]+): (?:extra inputs are not permitted|unexpected|unknown)/iu,
  /property ['"`]([\w.]+)['"`] is unsupported/iu,
];

/** The parameter that a 400 speaks of; null where it names none. */
function readParameter(
  error: Readonly<Record<string, unknown>>,
  message: string,
  kinds: readonly string[],
): string | null {
  const named = NAMED.map((pattern) => pattern.exec(message)?.[1]).find(
    (name) => name !== undefined,
  );
  if (typeof error["param"] === "string" && error["param"] !== "") {
    const isAbout = kinds.some((kind) => /unsupported|unknown_parameter|invalid_value/u.test(kind));
    if (isAbout || named !== undefined) return error["param"];
  }
  return named ?? null;
}

/** `google.rpc.RetryInfo`. */
function readRetryInfo(details: readonly Readonly<Record<string, unknown>>[]): number | undefined {
  for (const { retryDelay } of details as readonly { readonly retryDelay?: unknown }[]) {
    const [, seconds] = /^(\d+(?:\.\d+)?)s$/u.exec(toText(retryDelay)) ?? [];
    if (seconds !== undefined) return Math.round(Number(seconds) * 1_000);
  }
  return undefined;
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function toText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

const LONGEST = 300;

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
