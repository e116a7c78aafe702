import type { Statement, TestProgram } from "../../contract/program.ts";
import type { Recording, Snapshot } from "../../contract/snapshot.ts";
import { isLongFloat } from "../values/literals.ts";
import { isPrimitive } from "../values/print-expected.ts";
import type { Assertion, AssertionPlan } from "./assertion.ts";
import { decide, type Judgement } from "./decide.ts";
import { mentionsOf } from "./references.ts";

const MOST_AFTER_STATEMENTS = 12;

/**
 * Chooses what a test asserts: the last result, cheap results on the way, results that nothing uses,
 * what changed, what callbacks received and what became of files. Answers null when nothing certain
 * can be said.
 */
export function chooseAssertions(
  program: TestProgram,
  recording: Recording,
  judgement: Judgement,
): AssertionPlan | null {
  const reached = countReached(recording, program.statements.length);
  if (reached === 0) return null;
  const last = reached - 1;
  const outcome = recording.outcomes[last];
  const thrown =
    outcome?.kind === "threw"
      ? { statement: last, error: outcome.error, isPromise: outcome.isPromise }
      : null;
  const final = [
    ...changes(recording, reached, judgement),
    ...calls(recording, reached, judgement),
  ];
  const files = program.usesFixture ? recording.files : {};
  const hasEffects = final.length > 0 || Object.keys(files).length > 0;
  const after = new Map<number, readonly Assertion[]>();
  for (let index = 0; index < reached; index += 1) {
    if (index === last ? thrown !== null : after.size >= MOST_AFTER_STATEMENTS) continue;
    const value = valueOf(recording, index);
    if (value === null || program.statements[index]?.kind === "set") continue;
    const isWanted =
      index === last
        ? !(value.kind === "undefined" && hasEffects)
        : isWorthAsserting(program.statements, index, value, reached);
    const assertions = isWanted ? decide(toSubject(index), value, judgement) : [];
    if (assertions.length > 0) after.set(index, assertions);
  }
  const arrivesLate = hasEffects && recording.arrivesLate === true;
  const plan: AssertionPlan = { reached, after, final, thrown, arrivesLate, files };
  const isEmpty = after.size === 0 && !hasEffects && thrown === null;
  return isEmpty ? fallback(plan, program, recording, judgement) : plan;
}

/** When nothing else can be asserted: the latest earlier result about which something is certain. */
function fallback(
  plan: AssertionPlan,
  program: TestProgram,
  recording: Recording,
  judgement: Judgement,
): AssertionPlan | null {
  for (let index = plan.reached - 1; index >= 0; index -= 1) {
    const value = valueOf(recording, index);
    if (value === null || value.kind === "same" || program.statements[index]?.kind === "set")
      continue;
    const assertions = decide(toSubject(index), value, judgement);
    if (assertions.length > 0) return { ...plan, after: new Map([[index, assertions]]) };
  }
  return null;
}

/** Statements up to the first one that threw or was skipped; the throwing one counts. */
function countReached(recording: Recording, statements: number): number {
  const end = recording.outcomes.findIndex((outcome) => outcome.kind !== "returned");
  if (end < 0) return Math.min(statements, recording.outcomes.length);
  return recording.outcomes[end]?.kind === "threw" ? end + 1 : end;
}

function isWorthAsserting(
  statements: readonly Statement[],
  index: number,
  value: Snapshot,
  reached: number,
): boolean {
  if (value.kind === "undefined") return false;
  if (isPrimitive(value)) return !isLong(value);
  if (value.kind === "same" || value.kind === "opaque" || value.kind === "function") return false;
  const later = statements.slice(index + 1, reached);
  return !later.some((statement) => mentionsOf(statement).includes(index));
}

function isLong(value: Snapshot): boolean {
  return (
    (value.kind === "string" && value.length > 60) ||
    (value.kind === "number" && isLongFloat(value.value))
  );
}

/** What earlier results look like at the end, where they changed. */
function changes(recording: Recording, reached: number, judgement: Judgement): Assertion[] {
  const latest = new Map<number, Snapshot>();
  for (const { statement, after } of recording.mutations) {
    if (statement < reached && valueOf(recording, statement) !== null) latest.set(statement, after);
  }
  return [...latest].flatMap(([statement, after]) =>
    decide(toSubject(statement), after, judgement),
  );
}

/** What spies received. */
function calls(recording: Recording, reached: number, judgement: Judgement): Assertion[] {
  return recording.spies.flatMap((spy, index) => {
    if (spy.statement >= reached) return [];
    const items = spy.calls.map((given): Snapshot => ({
      kind: "array",
      items: given,
      length: given.length,
    }));
    const value: Snapshot = { kind: "array", items, length: items.length };
    return decide({ of: "spy", index, path: [] }, value, judgement);
  });
}

function valueOf(recording: Recording, index: number): Snapshot | null {
  const outcome = recording.outcomes[index];
  return outcome?.kind === "returned" ? outcome.value : null;
}

function toSubject(index: number): Assertion["subject"] {
  return { of: "statement", index, path: [] };
}
