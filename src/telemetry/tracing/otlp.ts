import type { Agent } from "node:http";
import type { LookupFunction } from "node:net";

import { SpanKind, SpanStatusCode, TraceFlags, type HrTime } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from "@opentelemetry/sdk-trace";

import type { StoredSpan } from "../../contract/trace.ts";
import type { Clock } from "../../kernel/clock.ts";

/** Sends spans to a collector, as far as it keeps up. */
export interface SpanExport {
  /** Hands a span that has ended to the queue; what the queue has no room for is dropped. */
  send(span: StoredSpan): void;
  /** Sends what waits, briefly. @returns how many spans did not arrive */
  close(): Promise<number>;
}

/** `ExportResultCode.SUCCESS` of @opentelemetry/core, which is nothing else to us. */
const EXPORT_SUCCESS = 0;
/** Spans that wait at most. */
const QUEUE = 2_048;
const BATCH = 256;
const DELAY_MS = 1_000;
const REQUEST_MS = 3_000;
/** How long the end of a run waits for a collector, ms. */
const CLOSE_MS = 2_000;

/** Where a collector is, and by what it and we are known to each other. */
export interface Collector {
  /** Base URL of OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  /** PEM; null for the usual authorities, and for no certificate of our own. */
  readonly authorities: Buffer | null;
  readonly certificate: Buffer | null;
  readonly key: Buffer | null;
}

export interface SpanExportDeps {
  readonly clock: Clock;
  /** Finds the collector's addresses. */
  readonly lookup: LookupFunction;
}

/**
 * OTLP over HTTP, JSON. A collector that is down or slow costs spans, never the run, and nothing of it goes on after
 * `close`: the exporter's own limit is one of silence, so that an answer that comes byte by byte would keep this
 * process alive.
 * @throws Error where the address is none
 */
export function createSpanExport(
  deps: SpanExportDeps,
  collector: Collector,
  options: { readonly version: string },
): SpanExport {
  const url = new URL(`${collector.endpoint.replace(/\/+$/u, "")}/v1/traces`).href;
  const closing = new AbortController();
  let sent = 0;
  let arrived = 0;
  const exporter = new OTLPTraceExporter({
    url,
    timeoutMillis: REQUEST_MS,
    httpAgentOptions: (protocol) => createAgent(protocol, deps.lookup, collector, closing.signal),
  });
  const counting: SpanExporter = {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if ((result.code as number) === EXPORT_SUCCESS) arrived += spans.length;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
  const processor = new BatchSpanProcessor({
    exporter: counting,
    maxQueueSize: QUEUE,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: DELAY_MS,
    exportTimeoutMillis: REQUEST_MS,
  });
  const resource = resourceFromAttributes({
    "service.name": "regoose",
    "service.version": options.version,
  });
  return {
    send(span) {
      sent += 1;
      processor.onEnd(toReadable(span, resource, options.version));
    },
    async close() {
      const over = new AbortController();
      const limit = deps.clock.sleep(CLOSE_MS, over.signal).catch(() => undefined);
      await Promise.race([processor.shutdown().catch(() => undefined), limit]);
      over.abort(new Error("the export is over"));
      closing.abort(new Error("the export is over"));
      return sent - arrived;
    },
  };
}

/** Its connections end with `signal`, and no new one begins after that. */
async function createAgent(
  protocol: string,
  lookup: LookupFunction,
  { authorities, certificate, key }: Collector,
  signal: AbortSignal,
): Promise<Agent> {
  const shared = { keepAlive: true, lookup, signal };
  if (protocol === "http:") return new (await import("node:http")).Agent(shared);
  return new (await import("node:https")).Agent({
    ...shared,
    ...(authorities === null ? {} : { ca: authorities }),
    ...(certificate === null ? {} : { cert: certificate }),
    ...(key === null ? {} : { key }),
  });
}

function toReadable(
  span: StoredSpan,
  resource: ReadableSpan["resource"],
  version: string,
): ReadableSpan {
  const end = span.end ?? span.start;
  const { traceId, spanId, parentId } = span;
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return {
    name: span.name,
    kind: SpanKind.INTERNAL,
    spanContext: () => context,
    ...(parentId === null ? {} : { parentSpanContext: { ...context, spanId: parentId } }),
    startTime: toHrTime(span.start),
    endTime: toHrTime(end),
    duration: toHrTime(end - span.start),
    status: { code: STATUS[span.status] },
    attributes: span.attributes,
    links: [],
    events: span.events.map(({ name, at }) => ({ name, time: toHrTime(at) })),
    ended: true,
    resource,
    instrumentationScope: { name: "regoose", version },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const STATUS = {
  unset: SpanStatusCode.UNSET,
  ok: SpanStatusCode.OK,
  error: SpanStatusCode.ERROR,
} as const;

function toHrTime(durationMs: number): HrTime {
  const seconds = Math.trunc(durationMs / 1000);
  return [seconds, Math.round((durationMs - seconds * 1000) * 1e6)];
}
