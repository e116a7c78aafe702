import type { ApiModel } from "../../contract/api-model.ts";
import type { TestProgram } from "../../contract/program.ts";
import type { Recording } from "../../contract/snapshot.ts";
import type { SuspectedFinding } from "./judge.ts";
import { printCall, printSnapshot } from "./print-code.ts";
import { resolveCallable, resolveValue } from "./resolve-callable.ts";

const EMPTY_RECORDING: Recording = { outcomes: [], mutations: [], spies: [], files: {} };

/**
 * A call that was stopped by the watchdog or ran out of fuel at the raised limit. The last
 * statement is the one that hangs.
 *
 * @param afterMs how long it was given; null where its process died before
 */
export function toHangFinding(
  model: ApiModel,
  program: TestProgram,
  afterMs: number | null,
): SuspectedFinding {
  const statement = program.statements.length - 1;
  const call = printCall(program, statement);
  return {
    kind: "hang",
    ...locate(model, program, EMPTY_RECORDING, statement),
    summary: `${call} does not return`,
    observed:
      afterMs === null
        ? "it went on until its process ran out of memory"
        : `still running after ${Math.round(afterMs / 100) / 10} s`,
    expected: "the call returns or throws",
    score: 0.7,
    program,
    recording: EMPTY_RECORDING,
    statement,
    promise: { kind: "ends" },
    key: `hang ${exportNameOf(model, program, EMPTY_RECORDING, statement)}`,
  };
}

/**
 * Two equal calls of one program that answered differently, with nothing between them that ought
 * to matter.
 *
 * @param first statement whose answer the second should repeat
 */
export function toLeakFinding(
  model: ApiModel,
  program: TestProgram,
  recording: Recording,
  pair: { readonly first: number; readonly second: number },
): SuspectedFinding {
  const describe = (statement: number): string => {
    const value = resolveValue(recording, statement);
    return value === null ? "an error" : printSnapshot(value);
  };
  return {
    kind: "leaking-state",
    ...locate(model, program, recording, pair.second),
    summary: `${printCall(program, pair.second)} answers ${describe(pair.second)} after it answered ${describe(pair.first)}`,
    observed: describe(pair.second),
    expected: describe(pair.first),
    score: 0.5,
    program,
    recording,
    statement: pair.second,
    promise: { kind: "equals-statement", statement: pair.first },
    key: `leaking-state ${exportNameOf(model, program, recording, pair.second)}`,
  };
}

function locate(
  model: ApiModel,
  program: TestProgram,
  recording: Recording,
  statement: number,
): { readonly where: string; readonly exportName: string } {
  const hint = hintOf(model, program, recording, statement);
  const exportName = exportNameOf(model, program, recording, statement);
  return {
    where: hint?.where == null ? exportName : `${hint.where.file}:${hint.where.line}`,
    exportName,
  };
}

function hintOf(
  model: ApiModel,
  program: TestProgram,
  recording: Recording,
  index: number,
): ReturnType<typeof resolveCallable> {
  const module = model.modules.find((candidate) => candidate.file === program.module);
  const statement = program.statements[index];
  if (module === undefined || statement === undefined) return null;
  return resolveCallable(module, program, recording, statement);
}

function exportNameOf(
  model: ApiModel,
  program: TestProgram,
  recording: Recording,
  index: number,
): string {
  const hint = hintOf(model, program, recording, index);
  if (hint !== null) return `${program.module}#${hint.path.join(".")}`;
  const statement = program.statements[index];
  if (statement?.kind === "call" || statement?.kind === "new") {
    return `${program.module}#${statement.callee.join(".")}`;
  }
  return statement?.kind === "method" ? `${program.module}#.${statement.name}` : program.module;
}
