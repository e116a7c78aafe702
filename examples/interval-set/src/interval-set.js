/**
 * A half-open interval: `start` belongs to it, `end` does not.
 *
 * @typedef {{ readonly start: number, readonly end: number }} Interval
 */

/**
 * An immutable set of numbers made of half-open intervals. Intervals are kept sorted; those that
 * touch or overlap are one.
 *
 * @example
 * const open = new IntervalSet().add(9, 12).add(13, 17);
 * open.remove(10, 11).toString(); // "[9, 10) [11, 12) [13, 17)"
 */
export class IntervalSet {
  /** @type {readonly Interval[]} */
  #intervals;

  /**
   * @param {Iterable<Interval>} [intervals] in any order; empty ones are dropped
   * @throws {RangeError} when an end lies before its start, or a bound is NaN
   */
  constructor(intervals = []) {
    this.#intervals = normalise([...intervals]);
  }

  /**
   * How many separate intervals there are.
   *
   * @returns {number}
   */
  get size() {
    return this.#intervals.length;
  }

  /**
   * The sum of the lengths of all intervals.
   *
   * @returns {number}
   */
  get length() {
    return this.#intervals.reduce((sum, { start, end }) => sum + (end - start), 0);
  }

  /**
   * @param {number} point
   * @returns {boolean}
   */
  has(point) {
    let low = 0;
    let high = this.#intervals.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { start, end } = this.#intervals[middle];
      if (point >= start && point < end) return true;
      if (point < start) high = middle - 1;
      else low = middle + 1;
    }
    return false;
  }

  /**
   * @param {number} start
   * @param {number} end
   * @returns {IntervalSet} a new set that also holds `[start, end)`
   * @throws {RangeError} when `end` lies before `start`, or a bound is NaN
   */
  add(start, end) {
    return new IntervalSet([...this.#intervals, { start, end }]);
  }

  /**
   * @param {number} start
   * @param {number} end
   * @returns {IntervalSet} a new set without the numbers of `[start, end)`
   * @throws {RangeError} when `end` lies before `start`, or a bound is NaN
   */
  remove(start, end) {
    check({ start, end });
    const kept = [];
    for (const interval of this.#intervals) {
      if (interval.end <= start || interval.start >= end) {
        kept.push(interval);
        continue;
      }
      if (interval.start < start) kept.push({ start: interval.start, end: start });
      if (interval.end > end) kept.push({ start: end, end: interval.end });
    }
    return new IntervalSet(kept);
  }

  /**
   * @param {IntervalSet} other
   * @returns {IntervalSet} the numbers of either set
   */
  union(other) {
    return new IntervalSet([...this, ...other]);
  }

  /**
   * @param {IntervalSet} other
   * @returns {IntervalSet} the numbers of both sets
   */
  intersect(other) {
    const theirs = [...other];
    const shared = [];
    let left = 0;
    let right = 0;
    while (left < this.#intervals.length && right < theirs.length) {
      const mine = this.#intervals[left];
      const its = theirs[right];
      const start = Math.max(mine.start, its.start);
      const end = Math.min(mine.end, its.end);
      if (start < end) shared.push({ start, end });
      if (mine.end < its.end) left += 1;
      else right += 1;
    }
    return new IntervalSet(shared);
  }

  /**
   * The intervals between the first and the last one.
   *
   * @returns {Generator<Interval>}
   */
  *gaps() {
    for (let index = 1; index < this.#intervals.length; index += 1) {
      yield { start: this.#intervals[index - 1].end, end: this.#intervals[index].start };
    }
  }

  /**
   * @param {IntervalSet} other
   * @returns {boolean}
   */
  equals(other) {
    return this.size === other.size && this.toString() === other.toString();
  }

  /** @returns {Iterator<Interval>} the intervals, smallest first */
  [Symbol.iterator]() {
    return this.#intervals[Symbol.iterator]();
  }

  /** @returns {string} such as `"[1, 2) [4, 8)"`, or `"∅"` */
  toString() {
    if (this.#intervals.length === 0) return "∅";
    return this.#intervals.map(({ start, end }) => `[${start}, ${end})`).join(" ");
  }

  /** @returns {[number, number][]} what `JSON.stringify` writes */
  toJSON() {
    return this.#intervals.map(({ start, end }) => [start, end]);
  }
}

function normalise(intervals) {
  for (const interval of intervals) check(interval);
  const sorted = intervals
    .filter(({ start, end }) => start < end)
    .sort((a, b) => (a.start === b.start ? 0 : a.start < b.start ? -1 : 1));
  const merged = [];
  for (const { start, end } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged.map((interval) => Object.freeze(interval));
}

function check({ start, end }) {
  if (Number.isNaN(start) || Number.isNaN(end)) throw new RangeError("a bound is not a number");
  if (end < start) throw new RangeError(`the end ${end} lies before the start ${start}`);
}
