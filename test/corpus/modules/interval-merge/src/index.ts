/** Start and end; the end does not belong to it. */
export type Interval = readonly [start: number, end: number];

/**
 * Ascending intervals without common points that cover the same.
 *
 * @throws RangeError when a start is greater than its end
 */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals
    .map(([start, end]): [number, number] => {
      if (start > end) throw new RangeError(`[${start}, ${end}] ends before it starts`);
      return [start, end];
    })
    .filter(([start, end]) => start !== end)
    .sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** Whether one of the intervals contains the point. */
export function containsPoint(intervals: readonly Interval[], point: number): boolean {
  return intervals.some(([start, end]) => start <= point && point < end);
}

/** What none of the intervals covers of `within`, ascending. */
export function findGaps(intervals: readonly Interval[], within: Interval): Interval[] {
  const gaps: Interval[] = [];
  let [from] = within;
  const [, until] = within;
  for (const [start, end] of mergeIntervals(intervals)) {
    if (end <= from) continue;
    if (start >= until) break;
    if (start > from) gaps.push([from, start]);
    from = end;
  }
  if (from < until) gaps.push([from, until]);
  return gaps;
}

/** How much the intervals cover together. */
export function totalLength(intervals: readonly Interval[]): number {
  return mergeIntervals(intervals).reduce((sum, [start, end]) => sum + end - start, 0);
}
