import { toResponseError, toStreamError } from "../classify.ts";
import { createModelError, type RequestFacts } from "../errors.ts";
import { applyPlan } from "../parameters/plan-parameters.ts";
import type { Dispatchers } from "./dispatchers.ts";
import type { WireCall } from "./wire.ts";

/** What was seen of one request while the library spoke for us. */
export interface Sighting {
  /** Body as it was sent, parsed. */
  sent: Readonly<Record<string, unknown>> | null;
  headers: Readonly<Record<string, string>>;
  status: number | null;
  requestId: string | null;
  /** Called with each piece of the body's bytes. */
  onBytes: () => void;
}

/** Bytes of an error's body that are read. */
const MOST_ERROR_BYTES = 65_536;
/** Bytes of an answer; a million tokens are about 4 MB of text, and frames around each make it more. */
const MOST_ANSWER_BYTES = 256 * 1024 * 1024;

/**
 * The `fetch` of one call: lays the parameters over the body, keeps what the answer says beside its text, and throws
 * our own errors for what is no answer. Redirects are never followed: they would carry the key elsewhere.
 */
export function createTransport(
  dispatchers: Dispatchers,
  call: WireCall,
  sighting: Sighting,
  now: () => number,
): typeof fetch {
  const { endpoint, model, plan, limits } = call;
  const toFacts = (): RequestFacts & { readonly status: number } => ({
    provider: endpoint.provider,
    model,
    status: sighting.status ?? 0,
    requestId: sighting.requestId,
  });
  return async (url, init) => {
    const { undici, dispatcher } = await dispatchers.open(endpoint, limits.connectMs);
    const made = JSON.parse(toBodyText(init?.body)) as Record<string, unknown>;
    sighting.sent = applyPlan(endpoint.kind, made, plan);
    const response = await undici.fetch(toUrl(url), {
      method: init?.method ?? "POST",
      headers: init?.headers as Record<string, string>,
      body: JSON.stringify(sighting.sent),
      redirect: "manual",
      dispatcher,
      ...(init?.signal == null ? {} : { signal: init.signal }),
    });
    sighting.onBytes();
    sighting.headers = Object.fromEntries(response.headers);
    sighting.status = response.status;
    sighting.requestId =
      response.headers.get("x-request-id") ?? response.headers.get("request-id") ?? null;
    const body = response.body as ReadableStream<Uint8Array> | null;
    if (!response.ok) {
      const text = await readSome(body, MOST_ERROR_BYTES);
      const said = hide(text, endpoint.key?.reveal());
      throw toResponseError({
        facts: toFacts(),
        headers: sighting.headers,
        body: said,
        nowMs: now(),
      });
    }
    const type = response.headers.get("content-type") ?? "";
    if (sighting.sent["stream"] === true || /alt=sse/u.test(toUrl(url)))
      await refuseWrongType(type, body, toFacts());
    else if (type.includes("text/html")) await refuseWrongType(type, body, toFacts());
    return new Response(body === null ? null : watch(body, sighting, toFacts), {
      status: response.status,
      headers: sighting.headers,
    });
  };
}

/** A stream that is none: an error in JSON, or a page. */
async function refuseWrongType(
  type: string,
  body: ReadableStream<Uint8Array> | null,
  facts: RequestFacts,
): Promise<void> {
  if (type.includes("text/event-stream") || (type === "" && body !== null)) return;
  const text = await readSome(body, MOST_ERROR_BYTES);
  if (type.includes("json") && /^\s*\{\s*"error"/u.test(text)) throw toStreamError(facts, text);
  const what = `answered with ${type === "" ? "nothing" : (type.split(";")[0] ?? type)} in place of a stream`;
  throw createModelError("RGS-4011", facts, what);
}

/** The same bytes, each piece told of, and no more of them than may be. */
function watch(
  body: ReadableStream<Uint8Array>,
  sighting: Sighting,
  toFacts: () => RequestFacts,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) {
        controller.close();
        return;
      }
      size += value.byteLength;
      sighting.onBytes();
      if (size <= MOST_ANSWER_BYTES) {
        controller.enqueue(value);
        return;
      }
      const failure = createModelError("RGS-4011", toFacts(), "sent more than 256 MiB");
      reader.cancel(failure).catch(() => undefined);
      throw failure;
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

async function readSome(
  body: ReadableStream<Uint8Array> | null,
  mostBytes: number,
): Promise<string> {
  if (body === null) return "";
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.byteLength;
    if (size >= mostBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, mostBytes).toString("utf8");
}

/** Some providers repeat the key that they do not like. */
function hide(text: string, key: string | undefined): string {
  return key === undefined || key.length < 8 ? text : text.replaceAll(key, "[redacted]");
}

function toBodyText(body: unknown): string {
  if (typeof body !== "string") throw new Error("the body of a request to a model is a text");
  return body;
}

function toUrl(url: string | URL | Request): string {
  return typeof url === "string" ? url : url instanceof URL ? url.href : url.url;
}
