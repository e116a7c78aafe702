import type { SpanNode } from "../../contract/trace.ts";
import { cutTo, toPlain } from "./plain.ts";
import type { TerminalColors } from "./terminal.ts";

export interface WaterfallOptions {
  /** Width of the terminal; used between 60 and 200. */
  readonly columns: number;
  readonly colors: Pick<TerminalColors, "dim" | "red" | "cyan">;
}

/** More equal siblings than this are drawn as their first ones and a count. */
const SHOWN_SIBLINGS = 12;

/**
 * Draws a trace: one line a span, its name, how long it took, and when, on one scale for all. Names come from a
 * file that anyone may have written, so control characters are taken out of them.
 */
export function renderWaterfall(trace: SpanNode, options: WaterfallOptions): string {
  const width = Math.max(60, Math.min(200, options.columns));
  const nameWidth = Math.floor(width * 0.42);
  const chart: Chart = {
    start: trace.start,
    spanMs: Math.max(1, trace.end - trace.start),
    nameWidth,
    barWidth: width - nameWidth - TIME_WIDTH - 2,
    colors: options.colors,
  };
  return drawSpan(chart, trace, 0)
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

const TIME_WIDTH = 10;

interface Chart {
  readonly start: number;
  readonly spanMs: number;
  readonly nameWidth: number;
  readonly barWidth: number;
  readonly colors: WaterfallOptions["colors"];
}

function drawSpan(chart: Chart, span: SpanNode, depth: number): readonly string[] {
  const { colors, nameWidth } = chart;
  const name = cutTo(`${"  ".repeat(Math.min(depth, 12))}${toLabel(span)}`, nameWidth);
  const time = `${span.isCut ? ">" : ""}${formatMs(span.end - span.start)}`.padStart(TIME_WIDTH);
  const bar = drawBar(chart, span);
  const isBad = span.status === "error";
  const line = `${isBad ? colors.red(name.padEnd(nameWidth)) : name.padEnd(nameWidth)} ${time} ${
    isBad ? colors.red(bar) : colors.cyan(bar)
  }`;
  const shown = span.children.slice(0, SHOWN_SIBLINGS);
  const hidden = span.children.slice(SHOWN_SIBLINGS);
  return [
    line,
    ...shown.flatMap((child) => drawSpan(chart, child, depth + 1)),
    ...(hidden.length === 0
      ? []
      : [colors.dim(`${"  ".repeat(depth + 1)}… ${hidden.length} more below ${toLabel(span)}`)]),
  ];
}

/** What tells spans of one name apart. */
const TELLING = ["search.job", "runner.mode", "process.pid", "error.type"] as const;

function toLabel({ name, attributes }: SpanNode): string {
  const facts = TELLING.flatMap((key) => {
    const value = attributes[key];
    return value === undefined ? [] : [key === "process.pid" ? `pid ${value}` : String(value)];
  });
  const attempt = Number(attributes["regoose.attempt"] ?? 1);
  const again = attempt > 1 ? [`attempt ${attempt}`] : [];
  return toPlain([name, ...again, ...facts].join(" · "));
}

function drawBar({ start, spanMs, barWidth }: Chart, span: SpanNode): string {
  const toCell = (at: number): number =>
    Math.min(barWidth, Math.max(0, Math.round(((at - start) / spanMs) * barWidth)));
  const from = Math.min(toCell(span.start), barWidth - 1);
  const length = Math.max(1, toCell(span.end) - from);
  return `${" ".repeat(from)}${"█".repeat(length)}`;
}

function formatMs(durationMs: number): string {
  if (durationMs < 10) return `${durationMs.toFixed(1)} ms`;
  return durationMs < 10_000
    ? `${Math.round(durationMs)} ms`
    : `${(durationMs / 1000).toFixed(1)} s`;
}
