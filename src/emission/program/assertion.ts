import type { Doc } from "../layout.ts";
import type { Snapshot, ThrownSnapshot } from "../../contract/snapshot.ts";

/** What an assertion looks at: a statement's result, a spy's calls, or a part of either. */
export interface Subject {
  readonly of: "statement" | "spy";
  /** Statement index, or index in `Recording.spies`. */
  readonly index: number;
  readonly path: readonly (string | number)[];
}

/** How deep equality is compared, so that classes and last bits of floats do not matter. */
export type Via =
  | "itself"
  /** `{ ...x }` or `[...x]`: own fields only. */
  | "spread"
  /** A field-by-field copy made by a helper in the file. */
  | "plain"
  /** Like `plain`, and every number rounded to ten digits. */
  | "rounded";

export type Check =
  | { readonly kind: "equal"; readonly value: Snapshot }
  | { readonly kind: "close"; readonly value: number }
  | { readonly kind: "deep"; readonly value: Snapshot; readonly via: Via }
  | { readonly kind: "starts-with" | "ends-with"; readonly text: string }
  | { readonly kind: "matches"; readonly text: string }
  /** `className` is an expression in scope: a global or an export. */
  | { readonly kind: "instance"; readonly className: string }
  | { readonly kind: "type"; readonly type: "function" | "object" }
  | { readonly kind: "invalid-date" }
  /** `String(x)` equals `text`. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "same"; readonly statement: number };

export interface Assertion {
  readonly subject: Subject;
  readonly check: Check;
}

/** A line of a test body; a change between asserting and the rest gives a blank line. */
export interface Line {
  readonly kind: "arrange" | "act" | "assert";
  readonly doc: Doc;
}

/** What is asserted of a test program, in the order of writing. */
export interface AssertionPlan {
  /** Statements that ran, the throwing one included; later ones are not printed. */
  readonly reached: number;
  /** Assertions that stand right after a statement. */
  readonly after: ReadonlyMap<number, readonly Assertion[]>;
  /** Assertions at the end. */
  readonly final: readonly Assertion[];
  /** The statement that throws; always the last reached one. */
  readonly thrown: {
    readonly statement: number;
    readonly error: ThrownSnapshot;
    readonly isPromise: boolean;
  } | null;
  /** Whether effects arrive only when the event loop turned once more. */
  readonly arrivesLate: boolean;
  /** Files of the fixture folder afterwards: path → content, null when removed. */
  readonly files: Readonly<Record<string, string | null>>;
}
