import { fitSlope } from "../leaks/slope.ts";

/** 99th percentile of a round through the router may be this much above that through the SDK, ms. */
export const GOAL_P99_MS = 10;
/** Heap that a call may leave behind, bytes, with the certainty of 95 %. */
export const GOAL_BYTES = 1_024;

/** What a way of asking came to beside the SDK alone. */
export interface Verdict {
  readonly figure: string;
  readonly isMet: boolean;
}

/** `differences`: of the 99th percentiles of each pair of rounds, ms. The median decides, as one round may meet anything. */
export function judgeP99(differences: readonly number[]): Verdict {
  const median = medianOf(differences);
  return {
    figure: `median difference of p99 ${median.toFixed(1)} ms (goal < ${String(GOAL_P99_MS)})`,
    isMet: median < GOAL_P99_MS,
  };
}

/** `heaps`: bytes in use after each pair, of `calls` calls. The first third warms up. */
export function judgeHeap(heaps: readonly number[], calls: number): Verdict {
  const { estimate, upper } = fitSlope(heaps.slice(Math.floor(heaps.length / 3)));
  const shown = (slope: number): string => (slope / calls).toFixed(0);
  return {
    figure: `heap grows by ${shown(estimate)} bytes a call, ${shown(upper)} at most (goal ≤ ${String(GOAL_BYTES)})`,
    isMet: upper / calls <= GOAL_BYTES,
  };
}

/** Of sorted values. */
export function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function medianOf(values: readonly number[]): number {
  return at(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
