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

interface CounterOptions {
  readonly files: readonly string[];
  readonly goalFiles: readonly string[];
  readonly onLayout: (layout: CounterLayout) => void;
}

/**
 * Installs `__coverage__` such that each file's counters become views of one array at the moment
 * the file registers: resetting is a fill, looking for news is one scan.
 */
export function installCounters(options: CounterOptions): Counters {
  const counters = new CounterArray(options);
  Object.defineProperty(globalThis, COVERAGE_GLOBAL, {
    value: new Proxy<Record<string, unknown>>(Object.create(null) as Record<string, unknown>, {
      set(target, path, data: unknown) {
        if (typeof path === "string" && isRecord(data) && !(path in target)) {
          counters.register(path, data as unknown as IstanbulData);
        }
        return Reflect.set(target, path, data);
      },
    }),
    writable: false,
    configurable: false,
  });
  return counters;
}

class CounterArray implements Counters {
  readonly layouts: CounterLayout[] = [];
  readonly #options: CounterOptions;
  readonly #slots = new Uint32Array(CAPACITY);
  /** Slot → counter number; −1 for counters that are no goal. */
  readonly #numbers: number[] = [];
  readonly #slotOf = new Map<number, number>();
  readonly #fileNumbers: ReadonlyMap<string, number>;
  readonly #goals: ReadonlySet<string>;
  #used = 0;

  constructor(options: CounterOptions) {
    this.#options = options;
    this.#fileNumbers = new Map(options.files.map((file, index) => [file, index]));
    this.#goals = new Set(options.goalFiles);
  }

  register(path: string, data: IstanbulData): void {
    const statements = sizeOf(data.s);
    const functions = sizeOf(data.f);
    const arms = isRecord(data.b) ? Object.values(data.b).map(lengthOf) : [];
    const size = statements + functions + arms.reduce((sum, count) => sum + count, 0);
    if (this.#used + size > CAPACITY || size >= COUNTERS_PER_FILE) return;
    const file = this.#fileNumbers.get(path);
    const isGoal = file !== undefined && (this.#goals.size === 0 || this.#goals.has(path));
    const start = this.#used;
    this.#used += size;
    let at = start;
    const take = (count: number): Uint32Array => this.#slots.subarray(at, (at += count));
    data.s = take(statements);
    data.f = take(functions);
    data.b = arms.map(take);
    this.#number(isGoal ? file : null, start);
    const layout = { file: path, statements, functions, branches: arms, start, size, isGoal };
    this.layouts.push(layout);
    if (file !== undefined) this.#options.onLayout(layout);
  }

  #number(file: number | null, start: number): void {
    for (let slot = start; slot < this.#used; slot += 1) {
      if (file === null) {
        this.#numbers.push(-1);
        continue;
      }
      const number = file * COUNTERS_PER_FILE + (slot - start);
      this.#numbers.push(number);
      this.#slotOf.set(number, slot);
    }
  }

  reset(): void {
    this.#slots.fill(0, 0, this.#used);
  }

  takeFresh(known: Set<number>): number[] {
    const fresh: number[] = [];
    for (let slot = 0; slot < this.#used; slot += 1) {
      const hits = this.#slots[slot] ?? 0;
      if (hits === 0) continue;
      const number = this.#numbers[slot] ?? -1;
      if (number < 0) continue;
      const feature = number * BUCKETS + toBucket(hits);
      if (known.has(feature)) continue;
      known.add(feature);
      fresh.push(feature);
    }
    return fresh;
  }

  shows(features: readonly number[]): boolean {
    return features.every((feature) => {
      const hits = this.#hitsOf(Math.trunc(feature / BUCKETS));
      return hits > 0 && toBucket(hits) >= feature % BUCKETS;
    });
  }

  hits(counters: readonly number[]): boolean {
    return counters.every((number) => this.#hitsOf(number) > 0);
  }

  #hitsOf(number: number): number {
    const slot = this.#slotOf.get(number);
    return slot === undefined ? 0 : (this.#slots[slot] ?? 0);
  }

  listHit(): number[] {
    const hit: number[] = [];
    for (let slot = 0; slot < this.#used; slot += 1) {
      const number = this.#numbers[slot] ?? -1;
      if (this.#slots[slot] !== 0 && number >= 0) hit.push(number);
    }
    return hit;
  }

  listOpenBranches(hit: ReadonlySet<number>): Map<number, readonly number[]> {
    const open = new Map<number, readonly number[]>();
    for (const layout of this.layouts) {
      if (!layout.isGoal) continue;
      let at = layout.start + layout.statements + layout.functions;
      for (const count of layout.branches) {
        const first = at;
        at += count;
        const arms = Array.from({ length: count }, (_, arm) => this.#numbers[first + arm] ?? -1);
        const missing = arms.filter((arm) => !hit.has(arm));
        if (missing.length === 0 || missing.length === arms.length) continue;
        for (const arm of arms) if (hit.has(arm)) open.set(arm, missing);
      }
    }
    return open;
  }
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function sizeOf(value: unknown): number {
  return isRecord(value) ? Object.keys(value).length : 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
