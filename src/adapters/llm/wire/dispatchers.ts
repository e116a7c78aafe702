import type { LookupFunction } from "node:net";
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

/** Loads the library at the first request. @defaultValue `lookup` that of `node:dns` */
export function createDispatchers(lookup?: LookupFunction): Dispatchers {
  const pools = new Map<string, Dispatcher>();
  return {
    async open({ proxy, authorities }, connectMs) {
      const undici = await import("undici");
      const key = JSON.stringify([proxy?.reveal() ?? null, authorities, connectMs]);
      const known = pools.get(key);
      if (known !== undefined) return { undici, dispatcher: known };
      const dispatcher = createDispatcher(undici, {
        ...{ proxy: proxy?.reveal() ?? null, authorities, connectMs, lookup },
      });
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

interface WayOut {
  /** Empty for none, whatever the environment says; null for what the environment says. */
  readonly proxy: string | null;
  readonly authorities: readonly string[];
  readonly connectMs: number;
  readonly lookup: LookupFunction | undefined;
}

function createDispatcher(
  { Agent, EnvHttpProxyAgent, ProxyAgent }: Undici,
  { proxy, authorities, connectMs, lookup }: WayOut,
): Dispatcher {
  // Authorities of one's own stand beside the system's, not in their place.
  const tls = authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] };
  const names = lookup === undefined ? {} : { lookup };
  const proxyTls = { ...tls, ...names };
  const options = {
    connect: { ...tls, ...names, timeout: connectMs },
    // Our own limits cut waits off; these would cut thinking models off after five minutes.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
  };
  if (proxy === "") return new Agent(options);
  if (proxy !== null) return new ProxyAgent({ ...options, uri: proxy, requestTls: tls, proxyTls });
  return new EnvHttpProxyAgent({ ...options, requestTls: tls, proxyTls });
}
