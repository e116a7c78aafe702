import type { Snapshot } from "../../contract/snapshot.ts";
import { join, list, type Doc } from "../layout.ts";
import {
  isLongFloat,
  toBytesDoc,
  toDateLiteral,
  toNumberLiteral,
  toRegExpLiteral,
  toStringDoc,
} from "./literals.ts";
import { printArray, printEntries, printTypedArray } from "./print-value.ts";

/** What a literal of a snapshot would leave open or get wrong under strict deep equality. */
export interface Traits {
  /** Some part cannot be written as an expected value at all. */
  readonly hasHoles: boolean;
  /** Some object below the root has a class of its own or no prototype. */
  readonly hasInnerInstances: boolean;
  readonly isInstance: boolean;
  readonly hasFloats: boolean;
  /** Only primitives, arrays and objects: what a field-by-field copy keeps. */
  readonly isTree: boolean;
}

/** Judges whether and how deep equality can be asserted. */
export function judge(snapshot: Snapshot): Traits {
  const isInstance = isOwnClass(snapshot);
  const children = childrenOf(snapshot).map(judge);
  return {
    isInstance,
    hasHoles: isHole(snapshot) || children.some((child) => child.hasHoles),
    hasInnerInstances: children.some((child) => child.isInstance || child.hasInnerInstances),
    hasFloats:
      (snapshot.kind === "number" && isLongFloat(snapshot.value)) ||
      (snapshot.kind === "typed-array" &&
        snapshot.type === "Float64Array" &&
        snapshot.items.some(isLongFloat)) ||
      children.some((child) => child.hasFloats),
    isTree: isTreeNode(snapshot) && children.every((child) => child.isTree),
  };
}

/** Whether a value is compared by identity of its content: no reference, no class. */
export function isPrimitive(snapshot: Snapshot): boolean {
  switch (snapshot.kind) {
    case "undefined":
    case "null":
    case "boolean":
    case "number":
    case "bigint":
    case "string":
      return true;
    default:
      return false;
  }
}

/** The literal that is deeply equal to what was observed; floats are written by `printFloat`. */
export function printExpected(
  snapshot: Snapshot,
  printFloat: (value: number) => Doc = (value) => toNumberLiteral(value),
): Doc {
  const go = (inner: Snapshot): Doc => printExpected(inner, printFloat);
  switch (snapshot.kind) {
    case "undefined":
    case "null":
      return snapshot.kind;
    case "boolean":
      return String(snapshot.value);
    case "number":
      return isLongFloat(snapshot.value)
        ? printFloat(Number(snapshot.value))
        : toNumberLiteral(snapshot.value);
    case "bigint":
      return `${snapshot.value}n`;
    case "string":
      return toTextDoc(snapshot.value);
    case "regexp":
      return toRegExpLiteral(snapshot.source, snapshot.flags);
    case "date":
      return toDateLiteral(snapshot.epochMs);
    case "array": {
      const areNumbers =
        snapshot.items.length > 1 && snapshot.items.every((item) => item.kind === "number");
      return printArray(snapshot.items.map(go), areNumbers);
    }
    case "object":
      return printEntries(snapshot.entries.map(([key, value]) => [key, go(value)]));
    case "map": {
      const pairs = snapshot.entries.map(([key, value]) => list("[", [go(key), go(value)], "]"));
      return pairs.length === 0 ? "new Map()" : ["new Map(", list("[", pairs, "]"), ")"];
    }
    case "set":
      return snapshot.items.length === 0
        ? "new Set()"
        : ["new Set(", list("[", snapshot.items.map(go), "]"), ")"];
    case "bytes":
      return toBytesDoc(snapshot.type, snapshot.base64);
    case "typed-array":
      return printTypedArray(snapshot.type, snapshot.items);
    case "symbol":
    case "error":
    case "function":
    case "same":
    case "opaque":
      throw new TypeError(`a snapshot of kind ${snapshot.kind} has no literal`);
  }
}

/** How snapshots write the fixture folder and the project root, wherever they were. */
const FIXTURE_MARK = "<fixture>";
export const PROJECT_MARK = "<project>";

/** Whether a text depends on the place where it was recorded. */
export function hasPlaceMark(text: string): boolean {
  return text.includes(FIXTURE_MARK) || text.includes(PROJECT_MARK);
}

/** A text; the fixture folder in it is the current directory of the printed test. */
function toTextDoc(text: string): Doc {
  if (!text.includes(FIXTURE_MARK)) return toStringDoc(text);
  const pieces = text.split(FIXTURE_MARK).flatMap((piece, index): Doc[] => {
    const literal: Doc[] = piece === "" ? [] : [toStringDoc(piece)];
    return index === 0 ? literal : ["process.cwd()", ...literal];
  });
  return join(" + ", pieces);
}

/** Digits after the point that a tolerance keeps: about ten significant ones, never past 1e-12. */
export function toDigits(value: number): number {
  const magnitude = value === 0 ? -12 : Math.floor(Math.log10(Math.abs(value)));
  return Math.min(12, 9 - magnitude);
}

/** The float as a reader wants it: twelve significant digits, which is within every tolerance. */
export function toShortFloat(value: number): string {
  return toNumberLiteral(Number(value.toPrecision(12)));
}

function childrenOf(snapshot: Snapshot): readonly Snapshot[] {
  switch (snapshot.kind) {
    case "array":
    case "set":
      return snapshot.items;
    case "object":
      return snapshot.entries.map(([, value]) => value);
    case "map":
      return snapshot.entries.flat();
    default:
      return [];
  }
}

function isOwnClass(snapshot: Snapshot): boolean {
  if (snapshot.kind === "array") return snapshot.isPlain === false;
  return snapshot.kind === "object" && snapshot.className !== "Object";
}

function isHole(snapshot: Snapshot): boolean {
  switch (snapshot.kind) {
    case "symbol":
    case "error":
    case "function":
    case "same":
    case "opaque":
      return true;
    case "date":
      return snapshot.epochMs === "NaN";
    case "string":
      return snapshot.value.length !== snapshot.length || snapshot.value.includes(PROJECT_MARK);
    case "array":
    case "typed-array":
      return snapshot.items.length !== snapshot.length;
    case "object":
      return snapshot.isPartial || snapshot.entries.some(([key]) => hasPlaceMark(key));
    case "map":
      return snapshot.entries.length !== snapshot.size;
    case "set":
      return snapshot.items.length !== snapshot.size;
    case "bytes":
      return Buffer.from(snapshot.base64, "base64").length !== snapshot.length;
    case "regexp":
      return snapshot.source.length >= 400;
    default:
      return false;
  }
}

function isTreeNode(snapshot: Snapshot): boolean {
  return isPrimitive(snapshot) || snapshot.kind === "array" || snapshot.kind === "object";
}
