import type { Snapshot } from "../../contract/snapshot.ts";
import type { Doc } from "../layout.ts";
import type { Via } from "../program/assertion.ts";
import type { ErrorExpectation } from "../program/describe-error.ts";

/** Things from outside the target that a printed file imports or declares once. */
export type Need =
  | "assert"
  | "expect"
  | "fs"
  | "os"
  | "path"
  | "once"
  | "setImmediate"
  /** The helper that copies fields, see `helpers.ts`. */
  | "plain"
  | "rounded"
  | "settle"
  | "sample-folder";

/** An expected error and the expression of its class, where one is in scope. */
export interface ExpectedError extends ErrorExpectation {
  readonly className: string | null;
}

/**
 * How one assertion library says things. Every method answers a statement without its semicolon and
 * notes what the file must import.
 */
export interface AssertionDialect {
  readonly hasNestedTolerance: boolean;
  readonly canIgnoreClasses: boolean;
  /** Strict equality as `Object.is` has it. */
  equal(actual: Doc, expected: Snapshot | Doc): Doc;
  close(actual: Doc, value: number): Doc;
  deepEqual(actual: Doc, expected: Snapshot, via: Via): Doc;
  /** The text contains `piece`. */
  matches(actual: Doc, piece: string): Doc;
  instance(actual: Doc, className: string): Doc;
  type(actual: Doc, type: string): Doc;
  isTrue(condition: Doc): Doc;
  /** `action` is a function expression. */
  throws(action: Doc, error: ExpectedError): Doc;
  /** `promise` is an expression; the answer starts with `await`. */
  rejects(promise: Doc, error: ExpectedError): Doc;
}

/** A literal regular expression that finds `text`. */
export function toPattern(text: string): string {
  const escaped = text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll(/[^\x20-\x7e]/g, ".");
  return `/${escaped}/`;
}

/** Whether only the class of the error is expected, and it is in scope. */
export function isClassOnly(error: ExpectedError): error is ExpectedError & { className: string } {
  return error.className !== null && error.message === null && error.code === null;
}
