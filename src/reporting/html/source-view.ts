import type { FileCoverage } from "../../contract/coverage.ts";
import type { SourceRange } from "../../contract/mutant.ts";
import { toLineHits } from "../facts.ts";
import { paint, toTokens, type Span } from "./highlight.ts";
import { html, raw, type Markup } from "./markup.ts";

/** Sources longer than this are not shown; nobody reads a bundle in a report. */
const MAX_LINES = 6_000;
const MAX_CHARS = 600_000;

/** A source file with its lines marked as run, missed or partly run. */
export function renderSource(source: string, coverage: FileCoverage | null): Markup {
  const starts = lineStarts(source);
  if (starts.length > MAX_LINES || source.length > MAX_CHARS) {
    return html`<p class="empty">This file is too long to show (${starts.length} lines).</p>`;
  }
  const tokens = toTokens(source);
  const marks = coverage === null ? NO_MARKS : toMarks(source, starts, coverage);
  const hits = coverage === null ? new Map<number, number>() : toLineHits(coverage);
  let nextToken = 0;
  const rows = starts.map((start, index) => {
    const end = (starts[index + 1] ?? source.length + 1) - 1;
    while ((tokens[nextToken]?.end ?? Infinity) <= start) nextToken += 1;
    const near: Span[] = [];
    for (let at = nextToken; (tokens[at]?.start ?? Infinity) < end; at += 1)
      near.push(tokens[at] as Span);
    const line = index + 1;
    const code = paint(source, start, end, [
      near,
      marks.missed.get(line) ?? [],
      marks.branches.get(line) ?? [],
    ]);
    const notes = marks.notes.get(line) ?? [];
    const isPart = notes.length > 0 || marks.branches.has(line);
    // A line that starts no statement of its own belongs to what it stands in.
    const count = hits.get(line);
    const isMissed = count === undefined ? marks.missed.has(line) : count === 0;
    const state = isMissed ? "miss" : count === undefined ? "" : isPart ? "part" : "hit";
    return renderLine(line, count, code, { notes, state });
  });
  return html`<table class="src">
    <tbody>
      ${raw(rows.join(""))}
    </tbody>
  </table>`;
}

function renderLine(
  line: number,
  hits: number | undefined,
  code: string,
  look: { readonly notes: readonly string[]; readonly state: string },
): string {
  const count = hits === undefined ? "" : hits === 0 ? "0" : `${hits}×`;
  const notes = look.notes.map((note) => html`<b class="note">${note}</b>`.markup).join("");
  return `<tr class="${look.state}"><td class="ln">${line}</td><td class="hc">${count}</td><td class="cd">${code}${notes}</td></tr>`;
}

interface Marks {
  readonly missed: ReadonlyMap<number, readonly Span[]>;
  readonly branches: ReadonlyMap<number, readonly Span[]>;
  /** Notes on implicit paths, by line. */
  readonly notes: ReadonlyMap<number, readonly string[]>;
}

const NO_MARKS: Marks = { missed: new Map(), branches: new Map(), notes: new Map() };

function toMarks(source: string, starts: readonly number[], coverage: FileCoverage): Marks {
  const missed = Object.entries(coverage.statementMap)
    .filter(([id]) => coverage.s[id] === 0)
    .map(([, range]) => range);
  const branches: SourceRange[] = [];
  const notes = new Map<number, string[]>();
  for (const [id, branch] of Object.entries(coverage.branchMap)) {
    const arms = coverage.b[id] ?? [];
    const isReached = arms.some((hits) => hits > 0);
    for (const [arm, hits] of arms.entries()) {
      const range = branch.locations[arm];
      if (hits > 0 || !isReached) continue;
      // Both arms of an `if` start where it starts, and a missing `else` has no place of its own.
      if (branch.type === "if")
        push(notes, branch.loc.start.line, arm === 0 ? "never true" : "never false");
      else if (range !== undefined) branches.push(range);
    }
  }
  return {
    missed: toLineSpans(
      source,
      starts,
      merge(missed.map((range) => toOffsets(starts, source, range))),
      "un",
    ),
    branches: toLineSpans(
      source,
      starts,
      merge(branches.map((range) => toOffsets(starts, source, range))),
      "br",
    ),
    notes,
  };
}

function push(notes: Map<number, string[]>, line: number, note: string): void {
  const known = notes.get(line);
  if (known === undefined) notes.set(line, [note]);
  else if (!known.includes(note)) known.push(note);
}

type Offsets = readonly [start: number, end: number];

function toOffsets(starts: readonly number[], source: string, range: SourceRange): Offsets {
  const start = (starts[range.start.line - 1] ?? 0) + range.start.column;
  const end = (starts[range.end.line - 1] ?? 0) + range.end.column;
  return [Math.min(start, source.length), Math.min(Math.max(start, end), source.length)];
}

/** Overlapping ranges become one. */
function merge(ranges: readonly Offsets[]): readonly Offsets[] {
  const merged: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

function toLineSpans(
  source: string,
  starts: readonly number[],
  ranges: readonly Offsets[],
  style: string,
): ReadonlyMap<number, readonly Span[]> {
  const lines = new Map<number, Span[]>();
  let line = 0;
  for (const [start, end] of ranges) {
    while (line + 1 < starts.length && (starts[line + 1] ?? 0) <= start) line += 1;
    for (let at = line; at < starts.length && (starts[at] ?? 0) < end; at += 1) {
      const lineEnd = (starts[at + 1] ?? source.length + 1) - 1;
      // Indentation is not marked: only code was or was not run.
      const from = Math.max(start, (starts[at] ?? 0) + indentOf(source, starts[at] ?? 0, lineEnd));
      const to = Math.min(end, lineEnd);
      if (to > from)
        lines.set(at + 1, [...(lines.get(at + 1) ?? []), { start: from, end: to, style }]);
    }
  }
  return lines;
}

function indentOf(source: string, start: number, end: number): number {
  let at = start;
  while (at < end && (source[at] === " " || source[at] === "\t")) at += 1;
  return at - start;
}

function lineStarts(source: string): readonly number[] {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1))
    starts.push(at + 1);
  // A file that ends with a line break has no further line.
  if (starts.length > 1 && starts.at(-1) === source.length) starts.pop();
  return starts;
}
