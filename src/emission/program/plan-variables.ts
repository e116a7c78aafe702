import type { Statement, TestProgram } from "../../contract/program.ts";
import type { Recording } from "../../contract/snapshot.ts";
import { nameResult } from "../naming/name-result.ts";
import type { NameScope } from "../naming/names.ts";
import type { Assertion, AssertionPlan } from "./assertion.ts";
import { isAwaited } from "./print-statement.ts";
import { argumentsOf, mentionsOf, receiverOf } from "./references.ts";

/** Where each statement's result lives in the printed test. */
export type Place =
  | { readonly kind: "variable" }
  /** Written inside the expression of the statement that uses it. */
  | { readonly kind: "inlined" }
  /** Nothing refers to it. */
  | { readonly kind: "unused" };

export interface VariablePlan {
  readonly places: readonly Place[];
  /** The name of a result's variable; taken at the first call, so that unwritten ones cost none. */
  readonly nameOf: (statement: number) => string;
  /** How often the test mentions each result. */
  readonly uses: ReadonlyMap<number, number>;
  /** Name of the call record of `Recording.spies[i]`; null where nothing is asserted of it. */
  readonly spyNames: readonly (string | null)[];
}

/**
 * Decides which results get a variable: those that are used more than once or that would make an
 * expression hard to read. `sizeOf` answers the length of a statement's own text.
 */
export function planVariables(
  program: TestProgram,
  recording: Recording,
  plan: AssertionPlan,
  names: NameScope,
  options: { readonly sizeOf: (statement: number) => number },
): VariablePlan {
  const uses = countUses(program, plan);
  const inlined = chooseInlined(program, plan, uses, options.sizeOf);
  const places = program.statements.slice(0, plan.reached).map((_statement, index): Place => {
    if (inlined.has(index)) return { kind: "inlined" };
    if ((uses.get(index) ?? 0) === 0) return { kind: "unused" };
    return { kind: "variable" };
  });
  const taken = new Map<number, string>();
  const nameOf = (index: number): string => {
    const known = taken.get(index);
    if (known !== undefined) return known;
    const wanted = nameResult(program, recording, index);
    const isLast = index === plan.reached - 1;
    const name = names.take(isLast && !names.isFree(wanted) ? "result" : wanted);
    taken.set(index, name);
    return name;
  };
  const asserted = new Set(plan.final.filter(isOfSpy).map(({ subject }) => subject.index));
  const spyNames = recording.spies.map((_spy, index) =>
    asserted.has(index) ? names.take("calls") : null,
  );
  return { places, nameOf, uses, spyNames };
}

/** How often the printed test mentions each result. */
function countUses(program: TestProgram, plan: AssertionPlan): Map<number, number> {
  const uses = new Map<number, number>();
  const use = (statement: number, times = 1): void => {
    uses.set(statement, (uses.get(statement) ?? 0) + times);
  };
  for (const statement of program.statements.slice(0, plan.reached)) {
    for (const mention of mentionsOf(statement)) use(mention);
  }
  for (const { subject, check } of [...[...plan.after.values()].flat(), ...plan.final]) {
    if (subject.of === "statement") use(subject.index);
    if (check.kind === "same") use(check.statement);
  }
  return uses;
}

const LONGEST_INLINED = 36;
const LONGEST_EXPRESSION = 64;

/** Results used exactly once, by the statement right after them, in the order of evaluation. */
function chooseInlined(
  program: TestProgram,
  plan: AssertionPlan,
  uses: ReadonlyMap<number, number>,
  sizeOf: (statement: number) => number,
): Set<number> {
  const inlined = new Set<number>();
  const sizes = new Map<number, number>();
  const firstOf = new Map<number, number>();
  for (let index = 0; index < plan.reached; index += 1) {
    const statement = program.statements[index];
    if (statement === undefined) break;
    let size = sizeOf(index);
    let previous = index - 1;
    if (plan.thrown?.statement !== index && !hasLazyMentions(statement)) {
      for (const mention of directMentions(statement).toReversed()) {
        const total = size + (sizes.get(mention) ?? 0);
        const isInlinable =
          mention === previous &&
          uses.get(mention) === 1 &&
          isSimple(program.statements[mention]) &&
          (sizes.get(mention) ?? 0) <= LONGEST_INLINED &&
          total <= LONGEST_EXPRESSION;
        if (!isInlinable) continue;
        inlined.add(mention);
        size = total;
        previous = (firstOf.get(mention) ?? mention) - 1;
      }
    }
    firstOf.set(index, previous + 1);
    sizes.set(index, size);
  }
  return inlined;
}

/** Results mentioned where they are evaluated at once: the receiver, then plain arguments. */
function directMentions(statement: Statement): number[] {
  const receiver = receiverOf(statement);
  const direct = argumentsOf(statement).flatMap((gene) =>
    gene.kind === "ref" ? [gene.statement] : [],
  );
  return receiver === null ? direct : [receiver, ...direct];
}

/** Whether a result is mentioned inside a structure or function, where the order is less plain to see. */
function hasLazyMentions(statement: Statement): boolean {
  return mentionsOf(statement).length !== directMentions(statement).length;
}

function isSimple(statement: Statement | undefined): boolean {
  if (statement === undefined || isAwaited(statement)) return false;
  const isCall = ["new", "call", "method", "get", "call-value"].includes(statement.kind);
  const isPlain = argumentsOf(statement).every(
    (gene) =>
      gene.kind !== "rejected-promise" &&
      !(gene.kind === "function" && gene.template.kind === "spy"),
  );
  return isCall && isPlain;
}

function isOfSpy(assertion: Assertion): boolean {
  return assertion.subject.of === "spy";
}
