import { z } from "zod";

/** Name of a run's spans in its folder. */
export const TRACE_FILE = "trace.ndjson";

/** Most of what one span may carry; the rest is left out. */
export const SPAN_BOUNDS: {
  readonly nameLength: number;
  readonly textLength: number;
  readonly attributes: number;
  readonly events: number;
} = { nameLength: 120, textLength: 400, attributes: 32, events: 40 };

export type SpanValue = string | number | boolean;
export type SpanAttributes = Readonly<Record<string, SpanValue>>;

/** A moment within a span. */
export interface SpanEvent {
  readonly name: string;
  /** ms since the Unix epoch, with fractions. */
  readonly at: number;
}

/**
 * One line of `trace.ndjson`. A span stands there once it has ended, and before that, with `end` null, as soon as
 * something below it is written: no line is without its parent, wherever the file is cut.
 */
export interface StoredSpan {
  /** 32 hex digits, the same for every process of a run. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Null for the root only. */
  readonly parentId: string | null;
  readonly name: string;
  /** ms since the Unix epoch, with fractions. */
  readonly start: number;
  readonly end: number | null;
  readonly status: "unset" | "ok" | "error";
  readonly attributes: SpanAttributes;
  readonly events: readonly SpanEvent[];
}

/** A span with what it is made of, oldest first. */
export interface SpanNode extends StoredSpan {
  readonly end: number;
  /** It was never seen to end: its process was killed. */
  readonly isCut: boolean;
  readonly children: readonly SpanNode[];
}

const traceId = z.string().regex(/^[0-9a-f]{32}$/u);
const spanId = z.string().regex(/^[0-9a-f]{16}$/u);
const text = z.string().max(SPAN_BOUNDS.textLength + 1);
const instant = z.number().min(0).max(8.64e15);

/** What a line must look like: the file lies in a project that anyone may have sent. */
export const storedSpanSchema: z.ZodType<StoredSpan> = z.strictObject({
  traceId,
  spanId,
  parentId: spanId.nullable(),
  name: z
    .string()
    .min(1)
    .max(SPAN_BOUNDS.nameLength + 1),
  start: instant,
  end: instant.nullable(),
  status: z.enum(["unset", "ok", "error"]),
  attributes: z.record(z.string().max(100), z.union([text, z.number(), z.boolean()])),
  events: z.array(z.strictObject({ name: text, at: instant })).max(SPAN_BOUNDS.events),
});
