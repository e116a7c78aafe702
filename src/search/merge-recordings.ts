import type { Recording, Snapshot, StatementOutcome } from "../contract/snapshot.ts";

/**
 * What two recordings of one program agree on. Parts of a value that differ become opaque; null
 * when they differ in how statements end, or when nothing is left to assert.
 */
export function mergeRecordings(first: Recording, second: Recording): Recording | null {
  if (JSON.stringify(first) === JSON.stringify(second)) return first;
  const outcomes: StatementOutcome[] = [];
  for (const [index, left] of first.outcomes.entries()) {
    const right = second.outcomes[index];
    const merged = right === undefined ? null : mergeOutcome(left, right);
    if (merged === null) return null;
    outcomes.push(merged);
  }
  if (JSON.stringify(first.spies) !== JSON.stringify(second.spies)) return null;
  if (JSON.stringify(first.files) !== JSON.stringify(second.files)) return null;
  if (first.mutations.length !== second.mutations.length) return null;
  const mutations: { statement: number; after: Snapshot }[] = [];
  for (const [index, left] of first.mutations.entries()) {
    const right = second.mutations[index];
    if (right === undefined || right.statement !== left.statement) return null;
    const after = mergeSnapshot(left.after, right.after);
    if (after === null) return null;
    mutations.push({ statement: left.statement, after });
  }
  const merged: Recording = { ...first, outcomes, mutations };
  if (second.arrivesLate === true)
    return assertsSomething(merged) ? { ...merged, arrivesLate: true } : null;
  return assertsSomething(merged) ? merged : null;
}

function mergeOutcome(left: StatementOutcome, right: StatementOutcome): StatementOutcome | null {
  if (left.kind === "returned" && right.kind === "returned") {
    const value = mergeSnapshot(left.value, right.value);
    return value === null ? null : { kind: "returned", value };
  }
  if (left.kind === "skipped" && right.kind === "skipped") return left;
  if (left.kind === "threw" && right.kind === "threw") {
    return JSON.stringify(left) === JSON.stringify(right) ? left : null;
  }
  return null;
}

/** Null when the values have nothing in common that a test could hold on to. */
function mergeSnapshot(left: Snapshot, right: Snapshot): Snapshot | null {
  if (JSON.stringify(left) === JSON.stringify(right)) return left;
  if (left.kind === "object" && right.kind === "object" && left.className === right.className) {
    const entries: (readonly [string, Snapshot])[] = [];
    const others = new Map(right.entries);
    for (const [key, value] of left.entries) {
      const other = others.get(key);
      const merged = other === undefined ? null : mergeSnapshot(value, other);
      if (merged !== null) entries.push([key, merged]);
    }
    return { ...left, entries, isPartial: true };
  }
  if (left.kind === "array" && right.kind === "array" && left.length === right.length) {
    const items: Snapshot[] = [];
    for (const [index, item] of left.items.entries()) {
      const merged = mergeSnapshot(item, right.items[index] ?? item);
      if (merged === null) return { kind: "opaque", className: "Array" };
      items.push(merged);
    }
    return { ...left, items };
  }
  const className = classNameOf(left);
  return className !== null && className === classNameOf(right)
    ? { kind: "opaque", className }
    : null;
}

/** Class of an object; null for primitives, which have no class to assert. */
function classNameOf(snapshot: Snapshot): string | null {
  switch (snapshot.kind) {
    case "object":
    case "opaque":
      return snapshot.className;
    case "array":
      return "Array";
    case "map":
      return "Map";
    case "set":
      return "Set";
    case "date":
      return "Date";
    default:
      return null;
  }
}

function assertsSomething(recording: Recording): boolean {
  return (
    recording.mutations.length > 0 ||
    recording.spies.length > 0 ||
    Object.keys(recording.files).length > 0 ||
    recording.outcomes.some(
      (outcome) =>
        outcome.kind === "threw" ||
        (outcome.kind === "returned" && outcome.value.kind !== "opaque"),
    )
  );
}
