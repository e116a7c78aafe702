import type { LabelsOf, MetricOf } from "../contract/metrics.ts";
import type { SpanAttributes } from "../contract/trace.ts";

/** Who logs; each has a level of its own. */
export const LOG_COMPONENTS = [
  "run",
  "engine",
  "sandbox",
  "search",
  "gate",
  "runner",
  "telemetry",
  "server",
  "config",
  "models",
] as const;

export type LogComponent = (typeof LOG_COMPONENTS)[number];

/** Facts beside a message; never secrets, though the sink removes those that it knows. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes lines of one component. Never blocks, never throws; a line of a level that is off costs nothing. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A span that is going on. */
export interface Span {
  /** W3C Trace Context header for whoever works on its behalf, or null where nothing is traced. */
  readonly traceparent: string | null;
  set(attributes: SpanAttributes): void;
  event(name: string): void;
  /** Makes it a failed one, with what is known of what was thrown; a text names the kind of failure. */
  fail(failure: unknown): void;
}

/** A span that its holder ends. */
export interface OpenSpan extends Span {
  /** Ends it once; later calls do nothing. */
  end(): void;
}

/**
 * What a run says about itself. Spans nest by asynchronous context: whatever is begun within `work` lies below the
 * span. Log lines carry the run, the Action, the attempt and the span that they were written in.
 */
export interface Telemetry {
  logger(component: LogComponent): Logger;
  /**
   * Runs `work` in a span, which ends with it, as an error where it throws. The attributes `regoose.action` and
   * `regoose.attempt` pass on to the log lines within.
   */
  span<T>(name: string, attributes: SpanAttributes, work: (span: Span) => Promise<T>): Promise<T>;
  /** Begins a span below the present one, for what outlives the call. */
  start(name: string, attributes: SpanAttributes): OpenSpan;
  count<N extends MetricOf<"counter">>(metric: N, labels: LabelsOf<N>, by?: number): void;
  observe<N extends MetricOf<"histogram">>(metric: N, labels: LabelsOf<N>, value: number): void;
  /** Adds to a gauge; a negative number takes away. */
  shift<N extends MetricOf<"gauge">>(metric: N, labels: LabelsOf<N>, by: number): void;
}

const nothing = (): void => undefined;

const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const NO_SPAN: OpenSpan = {
  traceparent: null,
  set: nothing,
  event: nothing,
  fail: nothing,
  end: nothing,
};

/** Says nothing at no cost. */
export const NO_TELEMETRY: Telemetry = {
  logger: () => SILENT,
  span: (_name, _attributes, work) => work(NO_SPAN),
  start: () => NO_SPAN,
  count: nothing,
  observe: nothing,
  shift: nothing,
};
