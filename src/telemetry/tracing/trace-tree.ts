import { storedSpanSchema, type SpanNode, type StoredSpan } from "../../contract/trace.ts";
import type { RunRecord } from "../../contract/run-record.ts";
import { toRunIds } from "../ids.ts";

/** Reads the lines of a trace; a line that is torn, damaged or strange is skipped. */
export function parseTrace(text: string): readonly StoredSpan[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      const parsed = storedSpanSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** Lines of one span become one, first seen first: the root has several where a run was resumed. */
export function mergeSpans(lines: readonly StoredSpan[]): readonly StoredSpan[] {
  const spans = new Map<string, StoredSpan>();
  for (const line of lines) {
    const known = spans.get(line.spanId);
    spans.set(line.spanId, known === undefined ? line : merge(known, line));
  }
  return [...spans.values()];
}

function merge(known: StoredSpan, line: StoredSpan): StoredSpan {
  const ends = [known.end, line.end].filter((end) => end !== null);
  return {
    ...known,
    start: Math.min(known.start, line.start),
    end: ends.length === 0 ? null : Math.max(...ends),
    status: line.status === "unset" ? known.status : line.status,
    attributes: { ...known.attributes, ...line.attributes },
    events: line.events.length >= known.events.length ? line.events : known.events,
  };
}

/** Deeper nesting than this is cut off; ours goes to seven. */
const MAX_DEPTH = 64;

/** The tree below the root; null where there is none. Spans that hang on nothing known are left out. */
export function buildTree(spans: readonly StoredSpan[]): SpanNode | null {
  const root = spans.find((span) => span.parentId === null);
  if (root === undefined) return null;
  const below = Map.groupBy(spans, (span) => span.parentId);
  const toNode = (span: StoredSpan, depth: number): SpanNode => {
    const children = (depth >= MAX_DEPTH ? [] : (below.get(span.spanId) ?? []))
      .map((child) => toNode(child, depth + 1))
      .sort((left, right) => left.start - right.start);
    const lastEnd = children.reduce((latest, child) => Math.max(latest, child.end), span.start);
    return { ...span, end: span.end ?? lastEnd, isCut: span.end === null, children };
  };
  return toNode(root, 0);
}

/**
 * What is wrong with a stored trace, one sentence each; an empty list says that it is one connected tree of the
 * run, in which every Action that ended has its span. `mayBeCut`: a process of the run was killed, so that spans
 * may lack their end and the last of them may be missing.
 */
export function checkTrace(
  runId: string,
  lines: readonly StoredSpan[],
  records: readonly RunRecord[],
  options: { readonly mayBeCut?: boolean } = {},
): readonly string[] {
  const isCut = options.mayBeCut === true;
  const ids = toRunIds(runId);
  const spans = mergeSpans(lines);
  const known = new Set(spans.map((span) => span.spanId));
  const roots = spans.filter((span) => span.parentId === null);
  const problems: string[] = [];
  if (roots.length !== 1) problems.push(`it has ${roots.length} roots`);
  for (const span of roots) {
    if (span.spanId !== ids.rootId) problems.push(`its root ${span.spanId} is of another run`);
  }
  for (const span of spans) {
    if (span.traceId !== ids.traceId) problems.push(`${span.name} is of another trace`);
    if (span.parentId !== null && !known.has(span.parentId))
      problems.push(`${span.name} hangs on ${span.parentId}, which is nowhere`);
    if (span.end === null && !isCut) problems.push(`${span.name} has no end`);
    if (span.end !== null && span.end < span.start)
      problems.push(`${span.name} ends before it starts`);
  }
  if (roots.length === 1 && countBelow(spans) !== spans.length) problems.push("it has a cycle");
  if (!isCut) problems.push(...listMissing(spans, records));
  return problems;
}

/** A process of the run ended without a word, or has not ended. */
export function mayBeCut(records: readonly RunRecord[]): boolean {
  const names = records.map(({ name }) => name);
  return names.includes("run-resume") || !names.includes("run-end");
}

function countBelow(spans: readonly StoredSpan[]): number {
  const tree = buildTree(spans);
  const count = (node: SpanNode): number =>
    node.children.reduce((sum, child) => sum + count(child), 1);
  return tree === null ? 0 : count(tree);
}

/** What a rerun took over ran in another run. */
function listMissing(
  spans: readonly StoredSpan[],
  records: readonly RunRecord[],
): readonly string[] {
  const seen = new Set(
    spans.map(({ attributes }) =>
      toAttempt(attributes["regoose.step"], attributes["regoose.attempt"]),
    ),
  );
  return records.flatMap(({ name, data }) => {
    if (name !== "action-end" && name !== "action-fail") return [];
    if (data["takenFrom"] !== undefined) return [];
    const attempt = toAttempt(data["step"], data["attempt"]);
    return seen.has(attempt) ? [] : [`there is no span for ${attempt}`];
  });
}

const toAttempt = (step: unknown, attempt: unknown): string =>
  `step ${String(step)}, attempt ${String(attempt)}`;
