import { readFile } from "node:fs/promises";
import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { rootCertificates } from "node:tls";
import type { Clock } from "../../kernel/clock.ts";
import { toErrno, toMessage } from "../../kernel/errors.ts";
import { createNameLookup, type NameLookup } from "./name-lookup.ts";

/** Whether an address answers. Any HTTP status is an answer. */
export type Reach =
  | { readonly kind: "reached"; readonly status: number; readonly latencyMs: number }
  | { readonly kind: "unreachable"; readonly why: string };

const LIMIT_MS = 5_000;

/**
 * Asks the configured address itself, once, by `HEAD`, with no key, header or body, following nothing.
 * `certificatePath` names authorities to trust besides the usual ones.
 */
export async function reachEndpoint(
  deps: { readonly clock: Clock },
  input: { readonly url: string; readonly certificatePath: string | null },
  options: { readonly signal: AbortSignal },
): Promise<Reach> {
  const start = deps.clock.monotonic();
  const limit = AbortSignal.any([options.signal, AbortSignal.timeout(LIMIT_MS)]);
  using names = createNameLookup(deps);
  try {
    const status = await askHead(input, names, limit);
    return { kind: "reached", status, latencyMs: Math.round(deps.clock.monotonic() - start) };
  } catch (failure) {
    options.signal.throwIfAborted();
    if (limit.aborted) return { kind: "unreachable", why: `no answer in ${LIMIT_MS / 1_000} s` };
    return { kind: "unreachable", why: toErrno(failure) ?? toMessage(failure) };
  }
}

async function askHead(
  { url, certificatePath }: { readonly url: string; readonly certificatePath: string | null },
  { lookup }: NameLookup,
  signal: AbortSignal,
): Promise<number> {
  const isSecure = new URL(url).protocol === "https:";
  const extra = certificatePath === null ? null : await readFile(certificatePath, "utf8");
  const trust = extra === null ? {} : { ca: [...rootCertificates, extra] };
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { method: "HEAD", signal, lookup, agent: false, ...trust };
    const request = isSecure ? requestHttps(url, options) : requestHttp(url, options);
    request.on("response", resolve).on("error", reject).end();
  });
  message.destroy();
  return message.statusCode ?? 0;
}
