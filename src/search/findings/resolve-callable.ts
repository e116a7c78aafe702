import type { CallableHint, ModuleModel, TypeHint } from "../../contract/api-model.ts";
import type { ExportPath, Statement, TestProgram } from "../../contract/program.ts";
import type { Recording, Snapshot } from "../../contract/snapshot.ts";

/** What analysis knows of the callable that a statement calls, or null when that is not certain. */
export function resolveCallable(
  model: ModuleModel,
  program: TestProgram,
  recording: Recording,
  statement: Statement,
): CallableHint | null {
  switch (statement.kind) {
    case "call":
      return findCallable(model, statement.callee, "function");
    case "new":
      return findCallable(model, statement.callee, "constructor");
    case "method":
      return findMethod(model, program, recording, statement.receiver, statement.name);
    case "call-with-callback":
      return "receiver" in statement.callee
        ? findMethod(model, program, recording, statement.callee.receiver, statement.callee.name)
        : findCallable(model, statement.callee, "function");
    default:
      return null;
  }
}

/** The value that a statement bound, seen through `same`; null when it bound none. */
export function resolveValue(recording: Recording, statement: number): Snapshot | null {
  const outcome = recording.outcomes[statement];
  if (outcome?.kind !== "returned") return null;
  const { value } = outcome;
  return value.kind === "same" && value.statement < statement
    ? resolveValue(recording, value.statement)
    : value;
}

function findCallable(
  model: ModuleModel,
  path: ExportPath,
  kind: "function" | "constructor",
): CallableHint | null {
  const found = model.callables.filter(
    (hint) =>
      isSamePath(hint.path, path) && (hint.kind === "constructor") === (kind === "constructor"),
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}

function findMethod(
  model: ModuleModel,
  program: TestProgram,
  recording: Recording,
  receiver: number,
  name: string,
): CallableHint | null {
  const path = classPathOf(model, program, recording, receiver);
  if (path !== null)
    return pickOnly(model, (hint) => isSamePath(hint.path, [...path, "prototype", name]));
  const value = resolveValue(recording, receiver);
  if (value?.kind !== "object" || value.className === "Object") return null;
  const ending = [value.className, "prototype", name];
  return pickOnly(model, (hint) => isSamePath(hint.path.slice(-3), ending));
}

/** The export path of the class that a statement made an instance of, by construction or declaration. */
function classPathOf(
  model: ModuleModel,
  program: TestProgram,
  recording: Recording,
  index: number,
): ExportPath | null {
  const statement = program.statements[index];
  if (statement === undefined) return null;
  if (statement.kind === "new") return statement.callee;
  if (statement.kind !== "call" && statement.kind !== "method") return null;
  const hint = resolveCallable(model, program, recording, statement);
  const paths = hint?.signatures.map((signature) => instancePath(signature.returns)) ?? [];
  const [first] = paths;
  return first != null && paths.every((path) => path !== null && isSamePath(path, first))
    ? first
    : null;
}

function instancePath(type: TypeHint): ExportPath | null {
  return type.kind === "instance"
    ? type.path
    : type.kind === "promise"
      ? instancePath(type.of)
      : null;
}

function pickOnly(
  model: ModuleModel,
  accepts: (hint: CallableHint) => boolean,
): CallableHint | null {
  const found = model.callables.filter(accepts);
  return found.length === 1 ? (found[0] ?? null) : null;
}

function isSamePath(a: ExportPath, b: ExportPath): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}
