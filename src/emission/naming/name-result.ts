import type { ExportPath, Statement, TestProgram } from "../../contract/program.ts";
import type { Recording } from "../../contract/snapshot.ts";
import { isTaken, toCamelCase } from "./names.ts";

/** A name for what a result is: its class, the property it was read from, or what was made. */
export function nameResult(program: TestProgram, recording: Recording, index: number): string {
  const statement = program.statements[index];
  const outcome = recording.outcomes[index];
  const value = outcome?.kind === "returned" ? outcome.value : null;
  if (statement === undefined || value === null) return "result";
  if (value.kind === "same" && value.statement !== index) return "result";
  if (value.kind === "object" && isSpokenClass(value.className)) {
    return usable(toCamelCase(value.className)) ?? "instance";
  }
  if (value.kind === "error") return "error";
  const byStatement = usable(nameOfStatement(statement));
  if (byStatement !== null) return byStatement;
  if (value.kind === "opaque" && isSpokenClass(value.className)) {
    return usable(toCamelCase(value.className)) ?? "result";
  }
  if (isIterated(program, index)) return "sequence";
  if (value.kind === "function") return usable(nameOfFunction(statement)) ?? "callback";
  return "result";
}

function nameOfStatement(statement: Statement): string | null {
  switch (statement.kind) {
    case "new":
      return nameOfPath(statement.callee);
    case "call":
      return nameOfMaker(statement.callee.at(-1) ?? "");
    case "method":
      return nameOfMaker(statement.name);
    case "get":
      return toCamelCase(statement.name, "result");
    case "iterate":
      return "items";
    case "call-with-callback":
      return "received";
    case "wait-event":
      return "emitted";
    case "set":
    case "call-value":
      return null;
  }
}

/** `createStore` → `store`, `getName` → `name`; null for other verbs. */
function nameOfMaker(name: string): string | null {
  const made = /^(?:create|make|build|get|new|from|open|load|parse|read|to)([A-Z]\w*)$/.exec(name);
  return made?.[1] === undefined ? null : toCamelCase(made[1], "result");
}

/** A function that a call gave is named like the call: `const counter = counterFor(1)`. */
function nameOfFunction(statement: Statement): string | null {
  if (statement.kind === "method") return toCamelCase(statement.name, "callback");
  if (statement.kind !== "call") return null;
  const last = statement.callee.at(-1);
  return last === undefined || last === "default" ? null : toCamelCase(last, "callback");
}

function nameOfPath(path: ExportPath): string | null {
  const last = path.at(-1);
  return last === undefined || last === "default" ? null : toCamelCase(last, "instance");
}

function isIterated(program: TestProgram, index: number): boolean {
  return program.statements.some((other) => other.kind === "iterate" && other.receiver === index);
}

function usable(name: string | null): string | null {
  return name === null || isTaken(name) ? null : name;
}

function isSpokenClass(className: string): boolean {
  return /^[A-Za-z]\w{2,}$/.test(className) && className !== "Object" && className !== "null";
}
