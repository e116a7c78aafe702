import type { Snapshot } from "../../contract/snapshot.ts";
import { callArguments, list, type Doc } from "../layout.ts";
import { toStringDoc, toStringLiteral } from "../values/literals.ts";
import { printExpected, toDigits, toShortFloat } from "../values/print-expected.ts";
import {
  isClassOnly,
  toPattern,
  type AssertionDialect,
  type ExpectedError,
  type Need,
} from "./dialect.ts";

/** `node:assert/strict`, as node:test and most Mocha projects use it. */
export function createNodeAssert(need: (what: Need) => void): AssertionDialect {
  const say = (method: string, args: readonly Doc[]): Doc => {
    need("assert");
    return [method === "" ? "assert" : `assert.${method}`, callArguments(args)];
  };
  const isTrue = (condition: Doc): Doc => say("ok", [condition]);
  return {
    hasNestedTolerance: false,
    canIgnoreClasses: false,
    equal: (actual, expected) =>
      say("equal", [actual, isSnapshot(expected) ? printExpected(expected) : expected]),
    close: (actual, value) => isTrue(toTolerance(actual, value)),
    deepEqual: (actual, expected, via) =>
      say("deepEqual", [
        actual,
        printExpected(expected, via === "rounded" ? toTenDigits : toShortFloat),
      ]),
    matches: (actual, piece) => say("match", [actual, toPattern(piece)]),
    instance: (actual, className) => isTrue([actual, ` instanceof ${className}`]),
    type: (actual, type) => say("equal", [["typeof ", actual], toStringLiteral(type)]),
    isTrue,
    throws: (action, error) => say("throws", [action, toMatcher(error)]),
    rejects: (promise, error) => ["await ", say("rejects", [promise, toMatcher(error)])],
  };
}

/** `Math.abs(x - 0.1) < 1e-9`, relative to the size of the number. */
export function toTolerance(actual: Doc, value: number): Doc {
  const distance: Doc =
    value < 0 ? [actual, " + ", toShortFloat(-value)] : [actual, " - ", toShortFloat(value)];
  return ["Math.abs(", distance, `) < ${Number(`1e${-toDigits(value)}`)}`];
}

/** The number as the `rounded` helper leaves it. */
export function toTenDigits(value: number): string {
  return String(Number(value.toPrecision(10)));
}

export function isSnapshot(value: Snapshot | Doc): value is Snapshot {
  if (typeof value !== "object" || !("kind" in value)) return false;
  return !["group", "indent", "fill", "if-broken", "line"].includes(value.kind);
}

function toMatcher(error: ExpectedError): Doc {
  if (isClassOnly(error)) return error.className;
  const fields: Doc[] = [`name: ${toStringLiteral(error.name)}`];
  if (error.code !== null) fields.push(`code: ${toStringLiteral(error.code)}`);
  if (error.message !== null) {
    const { kind, text } = error.message;
    fields.push(["message: ", kind === "whole" ? toStringDoc(text) : toPattern(text)]);
  }
  return list("{", fields, "}", " ");
}
