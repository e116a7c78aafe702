import { readFile } from "node:fs/promises";
import type { LookupFunction } from "node:net";
import { join } from "node:path";

import { TRACE_FILE, type StoredSpan } from "../contract/trace.ts";
import type { Clock } from "../kernel/clock.ts";
import { DisposeStack } from "../kernel/dispose.ts";
import { toMessage } from "../kernel/errors.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { toRunIds } from "./ids.ts";
import { openLineFile, type LineFile } from "./line-file.ts";
import { parseLogLevels } from "./logs/levels.ts";
import { createLogs } from "./logs/logs.ts";
import { watchProcess } from "./metrics/process-gauges.ts";
import { createMetrics, type Metrics } from "./metrics/registry.ts";
import { createRedactor, type Redact } from "./redact.ts";
import type { SpanExport } from "./tracing/otlp.ts";
import { createTracer, type SpanSink, type Tracer } from "./tracing/tracer.ts";

export const LOG_FILE = "log.ndjson";
export const METRICS_FILE = "metrics.prom";

export interface TelemetryDeps {
  readonly clock: Clock;
  /** Takes lines for people's eyes that were asked for on stderr, each with its end. */
  readonly writeStderr: (text: string) => void;
  /** Keeps a named file of the run; null where the run is not kept. */
  readonly keepFile: ((name: string, content: string) => Promise<void>) | null;
  /** Finds the addresses of a collector that has a name. */
  readonly lookup: LookupFunction;
}

/** A collector of traces, as the environment names it (OpenTelemetry specification, OTLP exporter). */
export interface CollectorOptions {
  /** Base URL, OTLP over HTTP. */
  readonly endpoint: string;
  /** Files in PEM; null for none. */
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

export interface TelemetryOptions {
  readonly version: string;
  readonly runId: string;
  /** Absolute folder of the run; null where it has none. */
  readonly folder: string | null;
  /** `info,search=debug`. */
  readonly levels: string;
  readonly toStderr: boolean;
  /** Null for none. */
  readonly collector: CollectorOptions | null;
  /** Values to take out of everything that is written. */
  readonly secrets: readonly string[];
}

/** Telemetry that is going on. Disposing ends all spans, writes the metrics and waits, briefly, for the rest. */
export interface LiveTelemetry extends Telemetry, AsyncDisposable {
  /** Changes levels while running. @returns sentences on parts that are not understood */
  setLevels(text: string): readonly string[];
  /** Takes a value that came up while running out of all that is written from now on. */
  registerSecret(secret: string): void;
}

/** Most that one process adds to its log, and to its trace. */
const FILE_BYTES = 32 * 1024 * 1024;

/** Logs, traces and metrics of one process of a run. Whatever happens to them, the run goes on. */
export async function openTelemetry(
  deps: TelemetryDeps,
  options: TelemetryOptions,
): Promise<LiveTelemetry> {
  const { clock } = deps;
  const owned = new DisposeStack();
  const redactor = createRedactor(options.secrets);
  const { redact } = redactor;
  const metrics = createMetrics();
  const gauges = owned.use(watchProcess());
  const sinks = await openSinks({ ...deps, redact, metrics }, options, owned);
  const tracer = createTracer(
    { clock, sink: sinks.spans, redact, onDropped: sinks.onSpanDropped },
    {
      ...toRunIds(options.runId),
      rootName: "run",
      rootAttributes: { "regoose.run_id": options.runId },
    },
  );
  const { levels, problems } = parseLogLevels(options.levels);
  const logs = createLogs(
    { clock, redact, correlation: () => tracer.correlation(), write: sinks.writeLog },
    { levels, base: { run_id: options.runId, agent_id: "local", pid: process.pid } },
  );
  for (const problem of [...problems, ...sinks.problems]) logs.of("telemetry").warn(problem);
  return {
    logger: (component) => logs.of(component),
    ...toMeasures(tracer, metrics),
    registerSecret: (secret) => {
      redactor.register(secret);
    },
    setLevels(text) {
      const parsed = parseLogLevels(text);
      logs.setLevels(parsed.levels);
      return parsed.problems;
    },
    async [Symbol.asyncDispose]() {
      tracer.close();
      await sinks.closeExport();
      gauges.record(metrics);
      await keepMetrics(deps, metrics);
      await owned[Symbol.asyncDispose]().catch(() => undefined);
    },
  };
}

interface Sinks {
  readonly writeLog: (line: string) => void;
  readonly spans: SpanSink;
  readonly onSpanDropped: () => void;
  /** What is missing from the start, a sentence each. */
  readonly problems: readonly string[];
  closeExport(): Promise<void>;
}

/** Files, stderr and collector; what they have no room for is counted. */
async function openSinks(
  deps: TelemetryDeps & { readonly redact: Redact; readonly metrics: Metrics },
  options: TelemetryOptions,
  owned: DisposeStack,
): Promise<Sinks> {
  const { redact, metrics } = deps;
  const drop = (signal: "log" | "span" | "otlp", count = 1): void => {
    metrics.count("regoose_telemetry_dropped_total", { signal }, count);
  };
  const openFile = (name: string): LineFile | null =>
    options.folder === null
      ? null
      : owned.use(openLineFile(deps, join(options.folder, name), { maxBytes: FILE_BYTES }));
  const logFile = openFile(LOG_FILE);
  const traceFile = openFile(TRACE_FILE);
  const { exporter, problems } = await openExport(deps, options);
  const store = (span: StoredSpan): void => {
    if (traceFile?.write(redact(JSON.stringify(span))) === false) drop("span");
  };
  return {
    writeLog(line) {
      if (logFile?.write(line) === false) drop("log");
      if (options.toStderr) deps.writeStderr(`${line}\n`);
    },
    spans: {
      open(span) {
        store(span);
        void traceFile?.flush();
      },
      ended(span) {
        store(span);
        exporter?.send(span);
      },
    },
    onSpanDropped: () => {
      drop("span");
    },
    problems,
    async closeExport() {
      drop("otlp", (await exporter?.close()) ?? 0);
    },
  };
}

function toMeasures(
  tracer: Tracer,
  metrics: Metrics,
): Pick<Telemetry, "span" | "start" | "count" | "observe" | "shift"> {
  return {
    span: (name, attributes, work) => tracer.span(name, attributes, work),
    start: (name, attributes) => tracer.start(name, attributes),
    count(metric, labels, by = 1) {
      metrics.count(metric, labels, by);
    },
    observe(metric, labels, value) {
      metrics.observe(metric, labels, value, tracer.correlation());
    },
    shift(metric, labels, by) {
      metrics.shift(metric, labels, by);
    },
  };
}

interface OpenedExport {
  readonly exporter: SpanExport | null;
  readonly problems: readonly string[];
}

/**
 * The exporter costs a tenth of a second to load, so only who has a collector pays for it. One that cannot be had
 * loses every span, which is counted.
 */
async function openExport(
  deps: TelemetryDeps,
  { collector, version }: TelemetryOptions,
): Promise<OpenedExport> {
  if (collector === null) return { exporter: null, problems: [] };
  try {
    const { createSpanExport } = await import("./tracing/otlp.ts");
    const { authorities, certificate, key } = collector;
    const files = {
      authorities: await readPem(authorities),
      certificate: await readPem(certificate),
      key: await readPem(key),
    };
    const exporter = createSpanExport(deps, { ...collector, ...files }, { version });
    return { exporter, problems: [] };
  } catch (failure) {
    const why = `no spans are sent to ${collector.endpoint}: ${toMessage(failure)}`;
    return { exporter: createLosingExport(), problems: [why] };
  }
}

async function readPem(path: string | null): Promise<Buffer | null> {
  return path === null ? null : await readFile(path);
}

function createLosingExport(): SpanExport {
  let lost = 0;
  return {
    send() {
      lost += 1;
    },
    close: () => Promise.resolve(lost),
  };
}

async function keepMetrics({ keepFile }: TelemetryDeps, metrics: Metrics): Promise<void> {
  try {
    await keepFile?.(METRICS_FILE, await metrics.print());
  } catch {
    // A disk without room costs the metrics, not the answer of the run.
  }
}
