import type { Snapshot } from "../../contract/snapshot.ts";
import { isLongFloat } from "../values/literals.ts";
import {
  hasPlaceMark,
  isPrimitive,
  judge,
  PROJECT_MARK,
  type Traits,
} from "../values/print-expected.ts";
import type { Assertion, Check, Subject, Via } from "./assertion.ts";
import { isBuiltinError, isEngineWording, toStableText } from "./describe-error.ts";

/** What the file's surroundings allow an assertion to say. */
export interface Judgement {
  /** Expression of a class in scope by its name (`RangeError`, `Complex`), or null. */
  readonly classOf: (className: string) => string | null;
  /** Deep equality takes a tolerance inside (`expect.closeTo`). */
  readonly hasNestedTolerance: boolean;
  /** Deep equality can ignore classes (`toEqual`). */
  readonly canIgnoreClasses: boolean;
}

/** Most assertions on one value; more would hide what the test is about. */
const MOST_PARTS = 6;
/** Largest literal, in leaves, that one deep equality compares. */
const LARGEST_LITERAL = 80;
const DEEPEST_PART = 3;
/** What Node keeps in its own objects; it says nothing about the code under test. */
const PLATFORM_FIELDS: ReadonlySet<string> = new Set([
  "_events",
  "_eventsCount",
  "_maxListeners",
  "_readableState",
  "_writableState",
  "domain",
]);

/** The fewest assertions that say all that is certain and worth saying about a value. */
export function decide(subject: Subject, value: Snapshot, judgement: Judgement): Assertion[] {
  const found = decideWithin(subject, value, judgement, DEEPEST_PART);
  return found.slice(0, MOST_PARTS);
}

function decideWithin(
  subject: Subject,
  value: Snapshot,
  judgement: Judgement,
  depth: number,
): Assertion[] {
  const say = (check: Check): Assertion[] => [{ subject, check }];
  switch (value.kind) {
    case "undefined":
    case "null":
    case "boolean":
    case "bigint":
      return say({ kind: "equal", value });
    case "number":
      return isLongFloat(value.value)
        ? say({ kind: "close", value: Number(value.value) })
        : say({ kind: "equal", value });
    case "string":
      return decideText(subject, value);
    case "symbol":
      return partOf(subject, "description", toText(value.description));
    case "regexp":
      return say({ kind: "text", text: `/${value.source}/${value.flags}` });
    case "date":
      return value.epochMs === "NaN"
        ? say({ kind: "invalid-date" })
        : say({ kind: "deep", value, via: "itself" });
    case "function":
      return say({ kind: "type", type: "function" });
    case "same":
      return subject.path.length === 0 &&
        subject.index === value.statement &&
        subject.of === "statement"
        ? []
        : say({ kind: "same", statement: value.statement });
    case "error":
      return decideError(subject, value, judgement);
    case "opaque": {
      const className = isTelling(value.className) ? judgement.classOf(value.className) : null;
      return className === null ? [] : say({ kind: "instance", className });
    }
    default:
      return decideStructure(subject, value, judgement, depth);
  }
}

function decideText(subject: Subject, value: Extract<Snapshot, { kind: "string" }>): Assertion[] {
  const head = value.value.slice(0, 60);
  if (value.value.includes(PROJECT_MARK)) {
    const [before = "", ...rest] = value.value.split(PROJECT_MARK);
    const tail = rest.at(-1) ?? "";
    const isWhole = value.value.length === value.length && tail.length >= 3;
    if (isWhole) return [{ subject, check: { kind: "ends-with", text: tail } }];
    return before.length >= 3 && !hasPlaceMark(before)
      ? [{ subject, check: { kind: "starts-with", text: before } }]
      : [];
  }
  if (value.value.length === value.length) return [{ subject, check: { kind: "equal", value } }];
  if (hasPlaceMark(head)) return [];
  const starts: Assertion = { subject, check: { kind: "starts-with", text: head } };
  // A mark is shorter or longer than the folder it stands for, and so is the whole text.
  return hasPlaceMark(value.value)
    ? [starts]
    : [...partOf(subject, "length", toNumber(value.length)), starts];
}

type Structure = Extract<
  Snapshot,
  { kind: "array" | "object" | "map" | "set" | "bytes" | "typed-array" }
>;

function decideStructure(
  subject: Subject,
  value: Structure,
  judgement: Judgement,
  depth: number,
): Assertion[] {
  const traits = judge(value);
  const via =
    traits.hasHoles || weigh(value) > LARGEST_LITERAL ? null : chooseVia(value, traits, judgement);
  const isBare = value.kind === "object" && value.entries.length === 0 && traits.isInstance;
  if (via !== null && !isBare) return [{ subject, check: { kind: "deep", value, via } }];
  const parts = depth === 0 ? [] : decideParts(subject, value, judgement, depth - 1);
  if (parts.length > 0) return parts;
  const className = value.kind === "object" ? judgement.classOf(value.className) : null;
  if (className !== null) return [{ subject, check: { kind: "instance", className } }];
  return via === null ? [] : [{ subject, check: { kind: "deep", value, via } }];
}

/** How deep equality can hold for sure, or null when only parts can be compared. */
function chooseVia(value: Structure, traits: Traits, judgement: Judgement): Via | null {
  if (traits.hasFloats && !traits.isTree) return null;
  if (traits.hasFloats && !judgement.hasNestedTolerance) {
    const isSmall = value.kind === "object" && value.entries.length <= 3;
    return isSmall ? null : "rounded";
  }
  if (traits.hasInnerInstances) {
    if (!traits.isTree) return null;
    return judgement.canIgnoreClasses && !hasUndefined(value) ? "itself" : "plain";
  }
  if (!traits.isInstance) return "itself";
  return judgement.canIgnoreClasses && value.kind === "object" && !hasUndefined(value)
    ? "itself"
    : "spread";
}

/** Assertions on length, size, items or properties, where the whole cannot be compared. */
function decideParts(
  subject: Subject,
  value: Structure,
  judgement: Judgement,
  depth: number,
): Assertion[] {
  const part = (name: string | number, inner: Snapshot): Assertion[] =>
    decideWithin({ ...subject, path: [...subject.path, name] }, inner, judgement, depth);
  switch (value.kind) {
    case "object": {
      const shown = value.entries.filter(([name]) => !PLATFORM_FIELDS.has(name));
      const functions = shown.filter(([, inner]) => inner.kind === "function");
      const others = shown
        .filter(([, inner]) => inner.kind !== "function")
        .sort(([a], [b]) => Number(a.startsWith("_")) - Number(b.startsWith("_")));
      const simple = others.filter(([, inner]) => isPrimitive(inner));
      const complex = others.filter(([, inner]) => !isPrimitive(inner));
      const found = [...simple, ...complex].flatMap(([name, inner]) => part(name, inner));
      return found.length > 0
        ? found
        : functions.slice(0, 3).flatMap(([name, inner]) => part(name, inner));
    }
    case "array": {
      const items = value.items.slice(0, 4).flatMap((item, index) => part(index, item));
      return [...partOf(subject, "length", toNumber(value.length)), ...items];
    }
    case "typed-array": {
      const items = value.items
        .slice(0, 4)
        .flatMap((item, index) => (typeof item === "number" ? part(index, toNumber(item)) : []));
      return [...partOf(subject, "length", toNumber(value.length)), ...items];
    }
    case "bytes":
      return partOf(
        subject,
        value.type === "ArrayBuffer" ? "byteLength" : "length",
        toNumber(value.length),
      );
    case "map":
    case "set":
      return partOf(subject, "size", toNumber(value.size));
  }
}

function decideError(
  subject: Subject,
  value: Extract<Snapshot, { kind: "error" }>,
  judgement: Judgement,
): Assertion[] {
  const text = isEngineWording(value) ? null : toStableText(value.message);
  const message: Assertion[] =
    text === null
      ? []
      : text.kind === "whole"
        ? partOf(subject, "message", toText(text.text))
        : [
            {
              subject: { ...subject, path: [...subject.path, "message"] },
              check: { kind: "matches", text: text.text },
            },
          ];
  const className = isBuiltinError(value.name) ? value.name : judgement.classOf(value.name);
  const isPlainError = className === "Error" && message.length > 0;
  if (isPlainError) return message;
  return className === null
    ? [...partOf(subject, "name", toText(value.name)), ...message]
    : [{ subject, check: { kind: "instance", className } }, ...message];
}

function partOf(subject: Subject, name: string, value: Snapshot): Assertion[] {
  return [
    { subject: { ...subject, path: [...subject.path, name] }, check: { kind: "equal", value } },
  ];
}

function toNumber(value: number): Snapshot {
  return { kind: "number", value };
}

function toText(value: string): Snapshot {
  return { kind: "string", value, length: value.length };
}

/** Whether being of this class says more than being an object. */
function isTelling(className: string): boolean {
  return className !== "Object" && className !== "Array" && className !== "";
}

function hasUndefined(value: Snapshot): boolean {
  switch (value.kind) {
    case "undefined":
      return true;
    case "array":
    case "set":
      return value.items.some(hasUndefined);
    case "object":
      return value.entries.some(([, inner]) => hasUndefined(inner));
    case "map":
      return value.entries.flat().some(hasUndefined);
    default:
      return false;
  }
}

/** Leaves of a literal, long text counting more. */
function weigh(value: Snapshot): number {
  const sum = (parts: readonly Snapshot[]): number =>
    parts.reduce((total, part) => total + weigh(part), 1);
  switch (value.kind) {
    case "array":
    case "set":
      return sum(value.items);
    case "object":
      return sum(value.entries.map(([, inner]) => inner));
    case "map":
      return sum(value.entries.flat());
    case "string":
      return 1 + value.length / 40;
    case "bytes":
      return 1 + value.length / 16;
    case "typed-array":
      return 1 + value.items.length;
    default:
      return 1;
  }
}
