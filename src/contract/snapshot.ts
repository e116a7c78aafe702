/**
 * What a statement did, in a form that can be compared and printed as an assertion. The same
 * snapshot decides novelty, stability and kills, so that search and emission agree.
 */
export type Snapshot =
  | { readonly kind: "undefined" }
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly value: number | "NaN" | "Infinity" | "-Infinity" | "-0" }
  | { readonly kind: "bigint"; readonly value: string }
  /** Longer strings are cut: `value` is the head and `length` the full length. */
  | { readonly kind: "string"; readonly value: string; readonly length: number }
  | { readonly kind: "symbol"; readonly description: string }
  | { readonly kind: "regexp"; readonly source: string; readonly flags: string }
  | { readonly kind: "date"; readonly epochMs: number | "NaN" }
  | {
      readonly kind: "array";
      readonly items: readonly Snapshot[];
      readonly length: number;
      /** False when it has holes, own properties beside its items, or another prototype than Array's. */
      readonly isPlain?: boolean;
    }
  | {
      readonly kind: "object";
      /** Name of the constructor; `Object` for a plain one, `null` without a prototype. */
      readonly className: string;
      /** Own enumerable entries, in order. */
      readonly entries: readonly (readonly [string, Snapshot])[];
      /** True when entries were left out (too deep, too many, accessors). */
      readonly isPartial: boolean;
    }
  | {
      readonly kind: "map";
      readonly entries: readonly (readonly [Snapshot, Snapshot])[];
      readonly size: number;
    }
  | { readonly kind: "set"; readonly items: readonly Snapshot[]; readonly size: number }
  | {
      readonly kind: "bytes";
      readonly type: string;
      readonly base64: string;
      readonly length: number;
    }
  | {
      readonly kind: "typed-array";
      readonly type: string;
      readonly items: readonly (number | string)[];
      readonly length: number;
    }
  | { readonly kind: "error"; readonly name: string; readonly message: string }
  | { readonly kind: "function"; readonly name: string }
  /** The very object that an earlier statement bound (`assert.strictEqual(b, a)`). */
  | { readonly kind: "same"; readonly statement: number }
  /** Something that cannot be described deterministically; only its class may be asserted. */
  | { readonly kind: "opaque"; readonly className: string };

/** How one statement ended. */
export type StatementOutcome =
  | { readonly kind: "returned"; readonly value: Snapshot }
  /** `isPromise`: the rejection of an awaited promise rather than a synchronous throw. */
  | { readonly kind: "threw"; readonly error: ThrownSnapshot; readonly isPromise: boolean }
  /** Not reached because an earlier statement threw. */
  | { readonly kind: "skipped" };

export interface ThrownSnapshot {
  /** Name of the error class, or the type of a thrown non-error (`string`, `object`, …). */
  readonly name: string;
  readonly message: string;
  /** Node or library error code (`ENOENT`), where there is one. */
  readonly code: string | null;
  readonly isError: boolean;
}

/** What a whole program did in one fresh execution. */
export interface Recording {
  /** One per statement. */
  readonly outcomes: readonly StatementOutcome[];
  /** Receivers and arguments that a later look found changed: statement index → new snapshot. */
  readonly mutations: readonly { readonly statement: number; readonly after: Snapshot }[];
  /** Calls that spies received: statement index, argument position, arguments of each call. */
  readonly spies: readonly {
    readonly statement: number;
    readonly argument: number;
    readonly calls: readonly (readonly Snapshot[])[];
  }[];
  /** Files under the fixture folder that the program created or changed: path → content, null when removed. */
  readonly files: Readonly<Record<string, string | null>>;
  /**
   * True when changes or calls of spies arrived only after the last statement, so that a printed
   * test has to let the event loop turn before it looks.
   */
  readonly arrivesLate?: boolean;
}
