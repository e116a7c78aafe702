import { rootCertificates } from "node:tls";
import type { Dispatcher } from "undici";
import type { Endpoint } from "./wire.ts";

type Undici = typeof import("undici");

/** Connections, one pool for each way out: proxy, authorities and limit on connecting. */
export interface Dispatchers extends AsyncDisposable {
  open(
    endpoint: Endpoint,
    connectMs: number,
  ): Promise<{ readonly undici: Undici; readonly dispatcher: Dispatcher }>;
}

/** Loads the library at the first request. */
export function createDispatchers(): Dispatchers {
  const pools = new Map<string, Dispatcher>();
  return {
    async open({ proxy, authorities }, connectMs) {
      const undici = await import("undici");
      const key = JSON.stringify([proxy?.reveal() ?? null, authorities, connectMs]);
      const known = pools.get(key);
      if (known !== undefined) return { undici, dispatcher: known };
      const dispatcher = createDispatcher(undici, proxy?.reveal() ?? null, authorities, connectMs);
      pools.set(key, dispatcher);
      return { undici, dispatcher };
    },
    async [Symbol.asyncDispose]() {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((one) => one.destroy()));
    },
  };
}

function createDispatcher(
  { Agent, EnvHttpProxyAgent, ProxyAgent }: Undici,
  proxy: string | null,
  authorities: readonly string[],
  connectMs: number,
): Dispatcher {
  // Authorities of one's own stand beside the system's, not in their place.
  const tls = authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] };
  const options = {
    connect: { ...tls, timeout: connectMs },
    // Our own limits cut waits off; these would cut thinking models off after five minutes.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
  };
  if (proxy === "") return new Agent(options);
  if (proxy !== null)
    return new ProxyAgent({ ...options, uri: proxy, requestTls: tls, proxyTls: tls });
  return new EnvHttpProxyAgent({ ...options, requestTls: tls });
}
