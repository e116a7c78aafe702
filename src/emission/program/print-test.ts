import type { TestProgram } from "../../contract/program.ts";
import type { Recording } from "../../contract/snapshot.ts";
import { HARD_LINE, renderFlat, type Doc } from "../layout.ts";
import type { NameScope } from "../naming/names.ts";
import { toStringDoc } from "../values/literals.ts";
import { block } from "../values/print-value.ts";
import type { Assertion, AssertionPlan, Line } from "./assertion.ts";
import { printCheck, printFileChecks, printThrow } from "./print-assertion.ts";
import { planVariables, type VariablePlan } from "./plan-variables.ts";
import {
  isAwaited,
  printExpression,
  printTakeLoop,
  type StatementScope,
} from "./print-statement.ts";
import type { TestSurroundings } from "./surroundings.ts";

export interface PrintedBody {
  readonly body: Doc;
  readonly isAsync: boolean;
}

const LONGEST_ASSERTED_CALL = 52;

/** The body of one test: arrange, act, assert. */
export function printTestBody(
  program: TestProgram,
  recording: Recording,
  plan: AssertionPlan,
  around: TestSurroundings,
): PrintedBody {
  const names = around.createNames();
  const variables = planVariables(program, recording, plan, names, {
    sizeOf: (index) => sizeOf(program, index, around),
  });
  const step: Step = { program, recording, plan, variables, around, names, lines: [] };
  for (let index = 0; index < plan.reached; index += 1) printStep(index, step);
  if (plan.arrivesLate) {
    around.need("setImmediate");
    if (program.usesFixture) around.need("settle");
    const wait = program.usesFixture
      ? "await settle();"
      : "await setImmediate(); // lets what is pending arrive";
    push(step, "act", wait);
  }
  for (const assertion of plan.final) pushCheck(step, assertion);
  for (const doc of printFileChecks(plan.files, around)) push(step, "assert", doc);
  const isAsync =
    plan.arrivesLate ||
    program.statements.slice(0, plan.reached).some((statement, index) => {
      const isSyncThrow = plan.thrown?.statement === index && !plan.thrown.isPromise;
      return isAwaited(statement) && !isSyncThrow;
    });
  return { body: block([layOut(step.lines)]), isAsync };
}

interface Step {
  readonly program: TestProgram;
  readonly recording: Recording;
  readonly plan: AssertionPlan;
  readonly variables: VariablePlan;
  readonly around: TestSurroundings;
  readonly names: NameScope;
  readonly lines: Line[];
}

/** One statement with what is asserted right after it. */
function printStep(index: number, step: Step): void {
  const { program, plan, variables, around } = step;
  const statement = program.statements[index];
  const place = variables.places[index];
  if (statement === undefined || place === undefined || place.kind === "inlined") return;
  declareSpies(index, step);
  const scope = createScope(index, step);
  if (plan.thrown?.statement === index) {
    step.lines.push(...printThrow(statement, plan.thrown, scope, around, step.names));
    return;
  }
  const kind = index === plan.reached - 1 ? "act" : "arrange";
  const assertions = plan.after.get(index) ?? [];
  if (statement.kind === "iterate" && isCut(step.recording, index, statement.limit)) {
    const name = place.kind === "variable" ? variables.nameOf(index) : step.names.take("items");
    for (const doc of printTakeLoop(statement, scope, name)) push(step, kind, doc);
  } else {
    const expression = printExpression(statement, scope);
    const awaited: Doc = isAwaited(statement) ? ["await ", expression] : expression;
    const sole = assertions[0];
    if (sole !== undefined && canAssertDirectly(sole, index, awaited, step)) {
      const needsParentheses = isAwaited(statement) && sole.subject.path.length > 0;
      pushCheck(step, sole, needsParentheses ? ["(", awaited, ")"] : awaited);
      return;
    }
    if (place.kind === "variable")
      push(step, kind, [`const ${variables.nameOf(index)} = `, awaited, ";"]);
    else if (statement.kind !== "get") push(step, kind, [awaited, ";"]);
  }
  for (const assertion of assertions) pushCheck(step, assertion);
}

/** Whether the call can stand inside its only assertion, which is its only use. */
function canAssertDirectly(
  assertion: Assertion,
  index: number,
  expression: Doc,
  step: Step,
): boolean {
  if (assertion.subject.of !== "statement" || step.variables.uses.get(index) !== 1) return false;
  const statement = step.program.statements[index];
  if (statement?.kind === "set" || statement?.kind === "call-with-callback") return false;
  const text = renderFlat(expression);
  return text !== null && text.length <= LONGEST_ASSERTED_CALL;
}

/** Arrays that record the calls of spies in this statement. */
function declareSpies(index: number, step: Step): void {
  step.recording.spies.forEach((spy, at) => {
    const name = step.variables.spyNames[at];
    if (spy.statement !== index || name === null || name === undefined) return;
    const type = step.around.isTypeScript ? ": unknown[][]" : "";
    push(step, "arrange", `const ${name}${type} = [];`);
  });
}

function createScope(index: number, step: Step): StatementScope {
  const { around, program, variables, names } = step;
  return {
    need: around.need,
    exportOf: around.exportOf,
    isTypeScript: around.isTypeScript,
    fitArgument: (printed, argument) => around.fitArgument(printed, index, argument),
    refOf: (statement) => nameOf(statement, step),
    callsOf(argument) {
      const at = step.recording.spies.findIndex(
        (spy) => spy.statement === index && spy.argument === argument,
      );
      return variables.spyNames[at] ?? null;
    },
    rejectionOf(message) {
      const name = names.take("rejection");
      push(step, "arrange", [
        `const ${name} = Promise.reject(new Error(`,
        toStringDoc(message),
        "));",
      ]);
      push(step, "arrange", `${name}.catch(() => {}); // handled even where nobody awaits it`);
      return name;
    },
  };
  function nameOf(statement: number, at: Step): Doc {
    const place = variables.places[statement];
    if (place?.kind === "variable") return variables.nameOf(statement);
    const inlined = program.statements[statement];
    if (inlined === undefined) return "undefined";
    return printExpression(inlined, createScope(statement, at));
  }
}

/** The length of a statement's own text, with short names for what it refers to. */
function sizeOf(program: TestProgram, index: number, around: TestSurroundings): number {
  const statement = program.statements[index];
  if (statement === undefined) return 0;
  const text = renderFlat(
    printExpression(statement, {
      need: () => undefined,
      exportOf: around.exportOf,
      isTypeScript: around.isTypeScript,
      fitArgument: (printed, argument) => around.fitArgument(printed, index, argument),
      refOf: () => "",
      callsOf: () => null,
      rejectionOf: () => "rejection",
    }),
  );
  return text?.length ?? Number.POSITIVE_INFINITY;
}

function pushCheck(step: Step, assertion: Assertion, inlined?: Doc): void {
  const nameOf = (statement: number): Doc => {
    const place = step.variables.places[statement];
    return place?.kind === "variable" ? step.variables.nameOf(statement) : "undefined";
  };
  const { subject } = assertion;
  const base =
    inlined ?? (subject.of === "spy" ? nameOfCalls(subject.index, step) : nameOf(subject.index));
  push(step, "assert", [printCheck(assertion, base, step.around, nameOf), ";"]);
}

/** A recording holds the first ten calls, so that a longer one is compared by its head. */
function nameOfCalls(index: number, step: Step): Doc {
  const name = step.variables.spyNames[index] ?? "calls";
  const isCut = (step.recording.spies[index]?.calls.length ?? 0) >= MOST_RECORDED_CALLS;
  return isCut ? `${name}.slice(0, ${MOST_RECORDED_CALLS})` : name;
}

const MOST_RECORDED_CALLS = 10;

function isCut(recording: Recording, index: number, limit: number): boolean {
  const outcome = recording.outcomes[index];
  const value = outcome?.kind === "returned" ? outcome.value : null;
  return value?.kind !== "array" || value.length >= limit;
}

function push(step: Step, kind: Line["kind"], doc: Doc): void {
  step.lines.push({ kind, doc });
}

/** Lines with a blank one between arranging or acting and asserting, and before the act of a long arrangement. */
function layOut(lines: readonly Line[]): Doc {
  const arranged = lines.filter((line) => line.kind === "arrange").length;
  return lines.map((line, index): Doc => {
    const previous = lines[index - 1];
    if (previous === undefined) return line.doc;
    const isBoundary = (previous.kind === "assert") !== (line.kind === "assert");
    const isBeforeAct = previous.kind === "arrange" && line.kind === "act" && arranged > 2;
    return [HARD_LINE, isBoundary || isBeforeAct ? HARD_LINE : "", line.doc];
  });
}
