import { COVERAGE_GLOBAL } from "../../contract/search-runtime.ts";
import { COUNTERS_PER_FILE, toBucket, BUCKETS } from "../protocol.ts";

/** Where the counters of one instrumented file lie in the common array. */
export interface CounterLayout {
  readonly file: string;
  readonly statements: number;
  readonly functions: number;
  readonly branches: readonly number[];
  /** First slot. */
  readonly start: number;
  readonly size: number;
  readonly isGoal: boolean;
}

/** All istanbul counters of this process in one typed array. */
export interface Counters {
  readonly layouts: readonly CounterLayout[];
  /** Sets every counter to 0. */
  reset(): void;
  /** Features (counter × 8 + bucket) of goal files that are not in `known`; adds them. */
  takeFresh(known: Set<number>): number[];
  /** Whether the counters show each of these features now (in this bucket or a higher one). */
  shows(features: readonly number[]): boolean;
  /** Whether each of these counters is not 0 now. */
  hits(counters: readonly number[]): boolean;
  /** Numbers of every goal counter that is not 0. */
  listHit(): number[];
  /** Numbers of the sibling arms of partly taken branches, given what was ever hit. */
  listOpenBranches(hit: ReadonlySet<number>): Map<number, readonly number[]>;
}

interface IstanbulData {
  path?: unknown;
  s: unknown;
  f: unknown;
  b: unknown;
}

const CAPACITY = 1 << 21;

/**
 * Installs `__coverage__` such that each file's counters become views of one array at the moment
 * the file registers: resetting is a fill, looking for news is one scan.
 */
export function installCounters(input: {
  readonly files: readonly string[];
  readonly goalFiles: readonly string[];
  readonly onLayout: (layout: CounterLayout) => void;
}): Counters {
  const slots = new Uint32Array(CAPACITY);
  const layouts: CounterLayout[] = [];
  const fileNumbers = new Map(input.files.map((file, index) => [file, index]));
  const goals = new Set(input.goalFiles);
  let used = 0;
  /** Slot → counter number; −1 for counters that are no goal. */
  const numbers = new Float64Array(CAPACITY).fill(-1);
  const slotOf = new Map<number, number>();

  const register = (path: string, data: IstanbulData): void => {
    const statements = sizeOf(data.s);
    const functions = sizeOf(data.f);
    const arms = isRecord(data.b)
      ? Object.values(data.b).map((list) => (Array.isArray(list) ? list.length : 0))
      : [];
    const size = statements + functions + arms.reduce((sum, count) => sum + count, 0);
    if (used + size > CAPACITY || size >= COUNTERS_PER_FILE) return;
    const file = fileNumbers.get(path);
    const isGoal = file !== undefined && (goals.size === 0 || goals.has(path));
    const start = used;
    used += size;
    data.s = slots.subarray(start, start + statements);
    data.f = slots.subarray(start + statements, start + statements + functions);
    let at = start + statements + functions;
    data.b = arms.map((count) => slots.subarray(at, (at += count)));
    if (isGoal) {
      for (let slot = start; slot < used; slot += 1) {
        const number = file * COUNTERS_PER_FILE + (slot - start);
        numbers[slot] = number;
        slotOf.set(number, slot);
      }
    }
    const layout = { file: path, statements, functions, branches: arms, start, size, isGoal };
    layouts.push(layout);
    if (file !== undefined) input.onLayout(layout);
  };

  Object.defineProperty(globalThis, COVERAGE_GLOBAL, {
    value: new Proxy<Record<string, unknown>>(Object.create(null) as Record<string, unknown>, {
      set(target, path, data: unknown) {
        if (typeof path === "string" && isRecord(data) && !(path in target)) {
          register(path, data as unknown as IstanbulData);
        }
        return Reflect.set(target, path, data);
      },
    }),
    writable: false,
    configurable: false,
  });

  return {
    layouts,
    reset() {
      slots.fill(0, 0, used);
    },
    takeFresh(known) {
      const fresh: number[] = [];
      for (let slot = 0; slot < used; slot += 1) {
        const hits = slots[slot] ?? 0;
        if (hits === 0) continue;
        const number = numbers[slot] ?? -1;
        if (number < 0) continue;
        const feature = number * BUCKETS + toBucket(hits);
        if (known.has(feature)) continue;
        known.add(feature);
        fresh.push(feature);
      }
      return fresh;
    },
    shows(features) {
      return features.every((feature) => {
        const number = Math.trunc(feature / BUCKETS);
        const slot = slotOf.get(number);
        const hits = slot === undefined ? 0 : (slots[slot] ?? 0);
        return hits > 0 && toBucket(hits) >= feature % BUCKETS;
      });
    },
    hits: (counters) =>
      counters.every((number) => {
        const slot = slotOf.get(number);
        return slot !== undefined && slots[slot] !== 0;
      }),
    listHit() {
      const hit: number[] = [];
      for (let slot = 0; slot < used; slot += 1) {
        const number = numbers[slot] ?? -1;
        if (slots[slot] !== 0 && number >= 0) hit.push(number);
      }
      return hit;
    },
    listOpenBranches(hit) {
      const open = new Map<number, readonly number[]>();
      for (const layout of layouts) {
        if (!layout.isGoal) continue;
        let at = layout.start + layout.statements + layout.functions;
        for (const count of layout.branches) {
          const arms = Array.from({ length: count }, (_, arm) => numbers[at + arm] ?? -1);
          at += count;
          const missing = arms.filter((arm) => !hit.has(arm));
          if (missing.length === 0 || missing.length === arms.length) continue;
          for (const arm of arms) if (hit.has(arm)) open.set(arm, missing);
        }
      }
      return open;
    },
  };
}

function sizeOf(value: unknown): number {
  return isRecord(value) ? Object.keys(value).length : 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
