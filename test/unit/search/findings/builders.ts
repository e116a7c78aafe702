import type {
  ApiModel,
  CallableHint,
  ParameterHint,
  TypeHint,
} from "../../../../src/contract/api-model.ts";
import type { Statement, TestProgram, ValueGene } from "../../../../src/contract/program.ts";
import type { Recording, Snapshot, StatementOutcome } from "../../../../src/contract/snapshot.ts";
import { aCallable, aModel } from "../values/builders.ts";

export const NUMBER: TypeHint = { kind: "number" };
export const STRING: TypeHint = { kind: "string" };
export const BOOLEAN: TypeHint = { kind: "boolean" };
export const ANY: TypeHint = { kind: "any" };

export const num = (value: number): ValueGene => ({ kind: "number", value });
export const str = (value: string): ValueGene => ({ kind: "string", value });
export const arr = (...items: ValueGene[]): ValueGene => ({ kind: "array", items });
export const obj = (entries: Record<string, ValueGene>): ValueGene => ({
  kind: "object",
  entries: Object.entries(entries),
});

export const sNum = (value: number): Snapshot => ({ kind: "number", value });
export const sStr = (value: string): Snapshot => ({ kind: "string", value, length: value.length });
export const sArr = (...items: Snapshot[]): Snapshot => ({
  kind: "array",
  items,
  length: items.length,
});
export const sObj = (
  entries: Record<string, Snapshot>,
  className = "Object",
  isPartial = false,
): Snapshot => ({
  kind: "object",
  className,
  entries: Object.entries(entries),
  isPartial,
});

export function param(
  name: string,
  type: TypeHint,
  parts: Partial<ParameterHint> = {},
): ParameterHint {
  return { name, type, optional: false, rest: false, ...parts };
}

export function func(params: readonly ParameterHint[], returns: TypeHint): TypeHint {
  return { kind: "function", params, returns };
}

/** A typed function `f(params): returns`. */
export function typed(
  path: readonly string[],
  params: readonly ParameterHint[],
  returns: TypeHint,
  parts: Partial<CallableHint> = {},
): CallableHint {
  return aCallable({
    path,
    isTyped: true,
    signatures: [{ params, returns }],
    where: { file: "index.js", line: 7 },
    ...parts,
  });
}

export function anApi(
  callables: readonly CallableHint[],
  pool: readonly ValueGene[] = [],
): ApiModel {
  return { modules: [aModel({ callables, pool })] };
}

export function call(name: string, args: readonly ValueGene[] = [], awaits = false): Statement {
  return { kind: "call", callee: [name], args, awaits };
}

export function aProgram(...statements: Statement[]): TestProgram {
  return { module: "index.js", statements, usesFixture: false };
}

export function returned(value: Snapshot): StatementOutcome {
  return { kind: "returned", value };
}

export function threw(
  name: string,
  message: string,
  parts: { code?: string; isPromise?: boolean; isError?: boolean } = {},
): StatementOutcome {
  return {
    kind: "threw",
    error: { name, message, code: parts.code ?? null, isError: parts.isError ?? true },
    isPromise: parts.isPromise ?? false,
  };
}

export function aRecording(...outcomes: StatementOutcome[]): Recording {
  return { outcomes, mutations: [], spies: [], files: {} };
}
