import { AsyncLocalStorage } from "node:async_hooks";

import {
  SPAN_BOUNDS,
  type SpanAttributes,
  type SpanEvent,
  type SpanValue,
  type StoredSpan,
} from "../../contract/trace.ts";
import type { Clock } from "../../kernel/clock.ts";
import { RegooseError } from "../../kernel/errors.ts";
import type { OpenSpan, Span } from "../../ports/telemetry.ts";
import { createSpanId, toTraceparent } from "../ids.ts";
import type { Redact } from "../redact.ts";

/** Where lines of spans go. */
export interface SpanSink {
  /** A span that is open, because something below it is about to be written. */
  open(span: StoredSpan): void;
  ended(span: StoredSpan): void;
}

/** What log lines say about where they were written. */
export interface Correlation {
  readonly traceId: string;
  readonly spanId: string;
  readonly action: string | null;
  readonly attempt: number | null;
}

export interface Tracer {
  span<T>(name: string, attributes: SpanAttributes, work: (span: Span) => Promise<T>): Promise<T>;
  start(name: string, attributes: SpanAttributes): OpenSpan;
  correlation(): Correlation;
  /** Ends whatever is open, the root last. */
  close(): void;
}

export interface TracerDeps {
  readonly clock: Clock;
  readonly sink: SpanSink;
  readonly redact: Redact;
  /** Told of each span that there was no room for. */
  readonly onDropped: () => void;
}

export interface TracerOptions {
  readonly traceId: string;
  readonly rootId: string;
  readonly rootName: string;
  readonly rootAttributes: SpanAttributes;
  /** @defaultValue 4000 */
  readonly maxSpans?: number;
}

/** A run has some hundreds; a cap keeps the file of a strange one at some megabytes. */
const MAX_SPANS = 4_000;

/** Spans of one process of a run, below a root that all its processes share. */
export function createTracer(deps: TracerDeps, options: TracerOptions): Tracer {
  return new RunTracer(deps, options);
}

interface LiveSpan {
  readonly id: string;
  readonly parent: LiveSpan | null;
  readonly name: string;
  readonly start: number;
  readonly attributes: Record<string, SpanValue>;
  readonly events: SpanEvent[];
  status: StoredSpan["status"];
  /** A line of it is out, so that lines may name it as their parent. */
  isWritten: boolean;
  isEnded: boolean;
}

interface Scope {
  readonly span: LiveSpan;
  readonly action: string | null;
  readonly attempt: number | null;
}

class RunTracer implements Tracer {
  readonly #deps: TracerDeps;
  readonly #options: TracerOptions;
  readonly #storage = new AsyncLocalStorage<Scope>();
  readonly #live = new Set<LiveSpan>();
  readonly #originMs: number;
  readonly #root: Scope;
  #started = 0;
  #dropped = 0;

  constructor(deps: TracerDeps, options: TracerOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#originMs = deps.clock.now() - deps.clock.monotonic();
    const span = this.#create(options.rootId, null, options.rootName, options.rootAttributes);
    this.#root = { span, action: null, attempt: null };
    this.#writeOpen(span);
  }

  async span<T>(
    name: string,
    attributes: SpanAttributes,
    work: (span: Span) => Promise<T>,
  ): Promise<T> {
    const { scope, open } = this.#begin(name, attributes);
    // What lies below Actions must find its way up even after a `kill -9`.
    if (attributes["regoose.action"] !== undefined) this.#writeOpen(scope.span);
    return this.#storage.run(scope, async () => {
      try {
        return await work(open);
      } catch (failure) {
        open.fail(failure);
        throw failure;
      } finally {
        open.end();
      }
    });
  }

  start(name: string, attributes: SpanAttributes): OpenSpan {
    return this.#begin(name, attributes).open;
  }

  correlation(): Correlation {
    const { span, action, attempt } = this.#storage.getStore() ?? this.#root;
    return { traceId: this.#options.traceId, spanId: span.id, action, attempt };
  }

  close(): void {
    for (const span of [...this.#live].reverse()) {
      if (span === this.#root.span) continue;
      span.attributes["regoose.cut"] = true;
      span.status = "error";
      this.#end(span);
    }
    const root = this.#root.span;
    if (this.#dropped > 0) root.attributes["regoose.spans_dropped"] = this.#dropped;
    this.#end(root);
  }

  #begin(name: string, attributes: SpanAttributes): { scope: Scope; open: OpenSpan } {
    const outer = this.#storage.getStore() ?? this.#root;
    const action = attributes["regoose.action"];
    const attempt = attributes["regoose.attempt"];
    const isStructural = action !== undefined || outer === this.#root;
    const own = {
      action: typeof action === "string" ? action : outer.action,
      attempt: typeof attempt === "number" ? attempt : outer.attempt,
    };
    if (this.#started >= (this.#options.maxSpans ?? MAX_SPANS) && !isStructural) {
      this.#dropped += 1;
      this.#deps.onDropped();
      // What is below it hangs on what is above it.
      return { scope: { span: outer.span, ...own }, open: this.#toOpen(outer.span, true) };
    }
    const span = this.#create(createSpanId(), outer.span, name, attributes);
    return { scope: { span, ...own }, open: this.#toOpen(span, false) };
  }

  #create(id: string, parent: LiveSpan | null, name: string, attributes: SpanAttributes): LiveSpan {
    this.#started += 1;
    const span: LiveSpan = {
      id,
      parent,
      name: clip(name, SPAN_BOUNDS.nameLength),
      start: this.#now(),
      attributes: {},
      events: [],
      status: "ok",
      isWritten: false,
      isEnded: false,
    };
    this.#set(span, attributes);
    this.#live.add(span);
    return span;
  }

  #toOpen(span: LiveSpan, isDropped: boolean): OpenSpan {
    return {
      traceparent: toTraceparent(this.#options.traceId, span.id),
      set: (attributes) => {
        if (!isDropped) this.#set(span, attributes);
      },
      event: (name) => {
        if (isDropped || span.isEnded || span.events.length >= SPAN_BOUNDS.events) return;
        span.events.push({ name: this.#toText(name), at: this.#now() });
      },
      fail: (failure) => {
        if (isDropped || span.isEnded) return;
        span.status = "error";
        this.#set(span, describeFailure(failure));
      },
      end: () => {
        if (!isDropped) this.#end(span);
      },
    };
  }

  #set(span: LiveSpan, attributes: SpanAttributes): void {
    for (const [key, value] of Object.entries(attributes)) {
      const isNew = !Object.hasOwn(span.attributes, key);
      if (isNew && Object.keys(span.attributes).length >= SPAN_BOUNDS.attributes) continue;
      span.attributes[clip(key, 100)] = typeof value === "string" ? this.#toText(value) : value;
    }
  }

  /** Redacted first: half a secret is no longer recognised. */
  #toText(text: string): string {
    return clip(this.#deps.redact(text), SPAN_BOUNDS.textLength);
  }

  #end(span: LiveSpan): void {
    if (span.isEnded) return;
    span.isEnded = true;
    this.#live.delete(span);
    // A run is as good as what was done last.
    if (span.parent === this.#root.span) this.#root.span.status = span.status;
    if (span.parent !== null) this.#writeOpen(span.parent);
    span.isWritten = true;
    this.#deps.sink.ended(this.#toStored(span, span.status, Math.max(span.start, this.#now())));
  }

  /** Writes a line of an open span, and before it of all above it, each once. */
  #writeOpen(span: LiveSpan): void {
    if (span.isWritten) return;
    if (span.parent !== null) this.#writeOpen(span.parent);
    span.isWritten = true;
    this.#deps.sink.open(this.#toStored(span, "unset", null));
  }

  #toStored(span: LiveSpan, status: StoredSpan["status"], end: number | null): StoredSpan {
    return {
      traceId: this.#options.traceId,
      spanId: span.id,
      parentId: span.parent?.id ?? null,
      name: span.name,
      start: span.start,
      end,
      status,
      attributes: { ...span.attributes },
      events: [...span.events],
    };
  }

  #now(): number {
    return Math.round((this.#originMs + this.#deps.clock.monotonic()) * 1000) / 1000;
  }
}

function describeFailure(failure: unknown): SpanAttributes {
  if (failure instanceof RegooseError) {
    return { "error.type": failure.code, "error.message": failure.message };
  }
  if (failure instanceof Error) {
    return { "error.type": failure.name, "error.message": failure.message };
  }
  return { "error.type": typeof failure === "string" ? failure : typeof failure };
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
