import type { Statement, TestProgram, ValueGene } from "../../../src/contract/program.ts";
import type { Recording, Snapshot } from "../../../src/contract/snapshot.ts";

/** A number as a gene. */
export function num(value: number): ValueGene {
  return { kind: "number", value };
}

/** A call of an export. */
export function call(name: string, ...args: ValueGene[]): Statement {
  return { kind: "call", callee: [name], args, awaits: false };
}

/** A method call on an earlier result. */
export function method(receiver: number, name: string, ...args: ValueGene[]): Statement {
  return { kind: "method", receiver, name, args, awaits: false };
}

/** A program on `index.js`. */
export function aProgram(...statements: Statement[]): TestProgram {
  return { module: "index.js", usesFixture: false, statements };
}

/** A recording in which every statement returned the given value. */
export function aRecording(...values: Snapshot[]): Recording {
  return {
    outcomes: values.map((value) => ({ kind: "returned", value })),
    mutations: [],
    spies: [],
    files: {},
  };
}
