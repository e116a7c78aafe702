/** One step from an old text to a new one, a line each. */
export interface LineStep {
  readonly kind: "same" | "old" | "new";
  readonly line: string;
}

/** Beyond so many differing lines the middle counts as replaced whole: still a right diff, only a coarser one. */
const MOST_STEPS = 1_000;

/**
 * The shortest way from one list of lines to another (E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986,
 * section 3: the greedy algorithm).
 */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
): readonly LineStep[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail += 1;
  }
  const middle = diffMiddle(
    before.slice(head, before.length - tail),
    after.slice(head, after.length - tail),
  );
  const toSame = (line: string): LineStep => ({ kind: "same", line });
  return [
    ...before.slice(0, head).map(toSame),
    ...middle,
    ...before.slice(before.length - tail).map(toSame),
  ];
}

function diffMiddle(before: readonly string[], after: readonly string[]): readonly LineStep[] {
  const trace = findTrace(before, after);
  if (trace === null) {
    return [
      ...before.map((line): LineStep => ({ kind: "old", line })),
      ...after.map((line): LineStep => ({ kind: "new", line })),
    ];
  }
  return walkBack(trace, before, after);
}

/** Furthest x on each diagonal k from -d - 1 to d + 1, with k at index k + d + 1. */
type Furthest = Int32Array;

/** What was reached before each number of differences d. */
type Trace = readonly Furthest[];

const at = (furthest: Furthest, k: number): number => furthest[k + (furthest.length - 1) / 2] ?? 0;

function findTrace(before: readonly string[], after: readonly string[]): Trace | null {
  const trace: Furthest[] = [];
  let furthest: Furthest = new Int32Array(3);
  const most = Math.min(MOST_STEPS, before.length + after.length);
  for (let d = 0; d <= most; d += 1) {
    trace.push(furthest);
    const next = new Int32Array(2 * d + 5);
    next.set(furthest, 1);
    for (let k = -d; k <= d; k += 2) {
      let x = startOf(furthest, k, d);
      let y = x - k;
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x += 1;
        y += 1;
      }
      next[k + d + 2] = x;
      if (x >= before.length && y >= after.length) return trace;
    }
    furthest = next;
  }
  return null;
}

/** Whether diagonal k is best reached by taking a new line from k + 1, or by dropping an old one from k - 1. */
function isFromAbove(furthest: Furthest, k: number, d: number): boolean {
  return k === -d || (k !== d && at(furthest, k - 1) < at(furthest, k + 1));
}

function startOf(furthest: Furthest, k: number, d: number): number {
  return isFromAbove(furthest, k, d) ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
}

function walkBack(
  trace: Trace,
  before: readonly string[],
  after: readonly string[],
): readonly LineStep[] {
  const steps: LineStep[] = [];
  let x = before.length;
  let y = after.length;
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const furthest = trace[d] ?? new Int32Array(3);
    const k = x - y;
    const isNew = isFromAbove(furthest, k, d);
    const fromX = at(furthest, isNew ? k + 1 : k - 1);
    const fromY = fromX - (isNew ? k + 1 : k - 1);
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      steps.push({ kind: "same", line: before[x - 1] ?? "" });
      x -= 1;
      y -= 1;
    }
    if (d === 0) break;
    if (isNew) steps.push({ kind: "new", line: after[fromY] ?? "" });
    else steps.push({ kind: "old", line: before[fromX] ?? "" });
    x = fromX;
    y = fromY;
  }
  return steps.reverse();
}
