import type { Profiler } from "node:inspector";
import type { PositionPair } from "./position-pairs.ts";

/** How often each character of a text was reached. */
export type Hits = Float64Array;

/**
 * Spreads V8's nested ranges over the text they describe: the innermost range decides, as in
 * ast-v8-to-istanbul, which reads the count where a node starts.
 */
export function toHits(functions: readonly Profiler.FunctionCoverage[], length: number): Hits {
  const hits = new Float64Array(length);
  const ranges = functions
    .flatMap((one) => one.ranges)
    .sort(
      (left, right) =>
        right.endOffset - right.startOffset - (left.endOffset - left.startOffset) ||
        left.endOffset - right.endOffset,
    );
  for (const { startOffset, endOffset, count } of ranges) hits.fill(count, startOffset, endOffset);
  return hits;
}

/**
 * Carries hits of a compiled text over to its source, character by character from each place that the
 * source map names for as long as both texts agree, since a map names no place within `((`. What the
 * compiler made twice counts as its busier copy.
 */
export function toSourceHits(
  compiled: { readonly text: string; readonly hits: Hits },
  pairs: readonly PositionPair[],
  source: string,
): Hits {
  const hits = new Float64Array(source.length);
  for (let index = 0; index < pairs.length;) {
    const start = pairs[index]?.source ?? 0;
    let next = index + 1;
    while (pairs[next]?.source === start) next += 1;
    const end = pairs[next]?.source ?? source.length;
    for (const pair of pairs.slice(index, next)) {
      let offset = pair.compiled;
      for (let place = start; place < end; place += 1) {
        hits[place] = Math.max(hits[place] ?? 0, compiled.hits[offset] ?? 0);
        if (compiled.text[offset + 1] === source[place + 1]) offset += 1;
      }
    }
    index = next;
  }
  return hits;
}

/** Says hits in V8's terms again: one range for each stretch of equal counts. */
export function toFunctions(hits: Hits): Profiler.FunctionCoverage[] {
  const functions: Profiler.FunctionCoverage[] = [];
  for (let start = 0; start < hits.length;) {
    const count = hits[start] ?? 0;
    let end = start + 1;
    while (end < hits.length && hits[end] === count) end += 1;
    functions.push({
      functionName: "",
      isBlockCoverage: true,
      ranges: [{ startOffset: start, endOffset: end, count }],
    });
    start = end;
  }
  return functions;
}

/** Adds `more` to `sum` in place. */
export function addHits(sum: Hits, more: Hits): void {
  for (let index = 0; index < sum.length; index += 1)
    sum[index] = (sum[index] ?? 0) + (more[index] ?? 0);
}
