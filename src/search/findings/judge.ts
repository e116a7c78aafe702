import type { ApiModel, CallableHint, ModuleModel, TypeHint } from "../../contract/api-model.ts";
import type { FindingKind } from "../../contract/candidate.ts";
import type { Statement, TestProgram, ValueGene } from "../../contract/program.ts";
import type { Recording, Snapshot } from "../../contract/snapshot.ts";
import { matchSignatures } from "./allowed.ts";
import { conforms, contradicts } from "./conforms.ts";
import { scoreThrown, toErrorShape } from "./engine-errors.ts";
import { printCall, printSnapshot } from "./print-code.ts";
import { resolveCallable, resolveValue } from "./resolve-callable.ts";
import { describeType } from "./type-text.ts";
import { weaknessFactor } from "./weakness.ts";

/** A program that shows a suspected bug, before it was reproduced. */
export interface SuspectedFinding {
  readonly kind: FindingKind;
  /** `file:line` of the callable where known, else `module#Export.path`. */
  readonly where: string;
  /** `module#Export.path`: what the suite must not assert. */
  readonly exportName: string;
  readonly summary: string;
  readonly observed: string;
  readonly expected: string;
  /** 0 to 1; higher is more likely a real bug. */
  readonly score: number;
  readonly program: TestProgram;
  readonly recording: Recording;
  /** The statement that shows it. */
  readonly statement: number;
  /** What a test asserts of that statement. */
  readonly promise: FindingPromise;
  /** Equal for two sightings of one bug. */
  readonly key: string;
}

/** What the declaration promises and the code breaks. */
export type FindingPromise =
  | { readonly kind: "does-not-throw" }
  /** The (awaited) result is of the type. */
  | { readonly kind: "is-of-type"; readonly type: TypeHint }
  | { readonly kind: "ends" }
  /** The result equals that of an earlier, equal statement. */
  | { readonly kind: "equals-statement"; readonly statement: number };

export interface Recorded {
  readonly program: TestProgram;
  readonly recording: Recording;
}

/** Below this a suspicion is not worth a reader's time. */
const MIN_SCORE = 0.3;

/**
 * Suspected bugs among what programs did: engine errors on arguments that the declared types allow,
 * and results that contradict the declared return type. Best first, one for each bug, each with the
 * smallest program that shows it. Pure.
 */
export function judgeRecordings(
  model: ApiModel,
  recorded: readonly Recorded[],
): readonly SuspectedFinding[] {
  const best = new Map<string, SuspectedFinding>();
  for (const { program, recording } of recorded) {
    const module = model.modules.find((candidate) => candidate.file === program.module);
    if (module === undefined) continue;
    for (const finding of judgeProgram(module, program, recording)) {
      const known = best.get(finding.key);
      if (known === undefined || isBetter(finding, known)) best.set(finding.key, finding);
    }
  }
  return rankFindings([...best.values()]);
}

/** Best first; equal ones by place and text, so that the order never depends on the input's. */
export function rankFindings(findings: readonly SuspectedFinding[]): readonly SuspectedFinding[] {
  return [...findings].sort(
    (a, b) => b.score - a.score || compareText(a.where, b.where) || compareText(a.key, b.key),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isBetter(a: SuspectedFinding, b: SuspectedFinding): boolean {
  const [left, right] = [Math.floor(a.score * 5), Math.floor(b.score * 5)];
  if (left !== right) return left > right;
  const byCost = programCost(a.program) - programCost(b.program);
  return byCost === 0 ? JSON.stringify(a.program) < JSON.stringify(b.program) : byCost < 0;
}

function programCost(program: TestProgram): number {
  return program.statements.length * 40 + JSON.stringify(program.statements).length;
}

/** Each further statement leaves more room for another explanation. */
const STEP_FACTOR = 0.95;

function judgeProgram(
  model: ModuleModel,
  program: TestProgram,
  recording: Recording,
): readonly SuspectedFinding[] {
  const findings: SuspectedFinding[] = [];
  let factor = 1;
  for (const [index, statement] of program.statements.entries()) {
    const sighting: Sighting = { model, program, recording, statement, index, factor };
    const judged = judgeStatement(sighting);
    if (judged.finding !== null) findings.push(judged.finding);
    // What follows a call outside its declaration, or a call that already went wrong, proves nothing.
    if (!judged.isClean || judged.finding !== null) break;
    factor *= STEP_FACTOR;
  }
  return findings;
}

interface Sighting {
  readonly model: ModuleModel;
  readonly program: TestProgram;
  readonly recording: Recording;
  readonly statement: Statement;
  readonly index: number;
  readonly factor: number;
}

function judgeStatement(sighting: Sighting): {
  readonly finding: SuspectedFinding | null;
  /** True while later statements may still be judged. */
  readonly isClean: boolean;
} {
  const { model, program, recording, statement, index } = sighting;
  if (statement.kind === "get" || statement.kind === "iterate" || statement.kind === "wait-event") {
    return { finding: null, isClean: true };
  }
  const hint = resolveCallable(model, program, recording, statement);
  const outcome = recording.outcomes[index];
  if (hint?.isTyped !== true || !("args" in statement) || outcome === undefined) {
    return { finding: null, isClean: false };
  }
  const args = declaredArgs(statement, hint);
  const { verdict, returns } = matchSignatures(hint, args, (ref) => resolveValue(recording, ref));
  if (verdict !== "yes") return { finding: null, isClean: false };
  const strength = args.reduce(
    (least, arg) => Math.min(least, weaknessFactor(arg)),
    sighting.factor,
  );
  const finding =
    outcome.kind === "threw"
      ? judgeThrown(sighting, hint, strength)
      : outcome.kind === "returned" && statement.kind !== "new"
        ? judgeReturned(sighting, hint, returns, strength)
        : null;
  return { finding, isClean: outcome.kind === "returned" };
}

/** The arguments as declared: a Node-style callback stands for the last, function-typed parameter. */
function declaredArgs(
  statement: Extract<Statement, { readonly args: readonly ValueGene[] }>,
  hint: CallableHint,
): readonly ValueGene[] {
  if (statement.kind !== "call-with-callback") return statement.args;
  const callback = hint.signatures[0]?.params[statement.args.length]?.type;
  const returns: ValueGene = { kind: "undefined" };
  return callback?.kind === "function"
    ? [...statement.args, { kind: "function", template: { kind: "spy", returns } }]
    : statement.args;
}

function judgeThrown(
  sighting: Sighting,
  hint: CallableHint,
  strength: number,
): SuspectedFinding | null {
  const outcome = sighting.recording.outcomes[sighting.index];
  if (outcome?.kind !== "threw") return null;
  const score = scoreThrown(outcome.error, hint, sighting.model) * strength;
  if (score < MIN_SCORE) return null;
  const { name, message } = outcome.error;
  const verb = outcome.isPromise ? "rejects with" : "throws";
  return toFinding(sighting, hint, {
    kind: "undeclared-exception",
    summary: `${printCall(sighting.program, sighting.index)} ${verb} ${name}: ${message}`,
    observed: `${verb} ${name}: ${message}`,
    expected: `${describeReturns(hint)}; the declared types allow these arguments and no ${name} is documented`,
    score,
    promise: { kind: "does-not-throw" },
    shape: toErrorShape(outcome.error),
  });
}

function judgeReturned(
  sighting: Sighting,
  hint: CallableHint,
  returns: readonly TypeHint[],
  strength: number,
): SuspectedFinding | null {
  const value = resolveValue(sighting.recording, sighting.index);
  if (value === null || sighting.statement.kind === "call-with-callback") return null;
  const awaits = "awaits" in sighting.statement && sighting.statement.awaits;
  const types = returns.map((type) => (awaits ? awaited(type) : type));
  if (types.length === 0 || !types.every((type) => contradicts(value, type))) return null;
  const [first] = types;
  const type: TypeHint =
    types.length === 1 && first !== undefined ? first : { kind: "union", of: types };
  const score = scoreContradiction(value, type) * strength;
  if (score < MIN_SCORE) return null;
  const seen = printSnapshot(value);
  return toFinding(sighting, hint, {
    kind: "type-contradiction",
    summary: `${printCall(sighting.program, sighting.index)} ${awaits ? "resolves to" : "returns"} ${seen} where ${describeType(type)} is declared`,
    observed: seen,
    expected: `a value of type ${describeType(type)}`,
    score,
    promise: { kind: "is-of-type", type },
    shape: `${value.kind} for ${describeType(type)}`,
  });
}

function awaited(type: TypeHint): TypeHint {
  if (type.kind === "promise") return awaited(type.of);
  return type.kind === "union" ? { kind: "union", of: type.of.map(awaited) } : type;
}

function scoreContradiction(value: Snapshot, type: TypeHint): number {
  // A truthy stand-in for `true` is sloppy, and callers rarely notice.
  if (type.kind === "boolean") return 0.5;
  // Without strict null checks, declarations leave null out by habit.
  if (value.kind === "null") return 0.55;
  if (value.kind === "undefined") return 0.75;
  const isDeep =
    value.kind === "array" ||
    value.kind === "object" ||
    value.kind === "map" ||
    value.kind === "set";
  // The outer kind fits: it is a part that does not.
  if (isDeep && conforms(value, outline(type)) !== "no") return 0.5;
  return 0.8;
}

/** The type with nothing said about its parts. */
function outline(type: TypeHint): TypeHint {
  const any: TypeHint = { kind: "any" };
  switch (type.kind) {
    case "array":
      return { kind: "array", of: any };
    case "tuple":
      return { kind: "tuple", items: [] };
    case "set":
      return { kind: "set", of: any };
    case "map":
      return { kind: "map", key: any, value: any };
    case "object":
      return { kind: "object", properties: [], index: null };
    case "union":
      return { kind: "union", of: type.of.map(outline) };
    default:
      return type;
  }
}

function describeReturns(hint: CallableHint): string {
  const types = [...new Set(hint.signatures.map((signature) => describeType(signature.returns)))];
  return hint.kind === "constructor" ? "returns an instance" : `returns ${types.join(" or ")}`;
}

function toFinding(
  sighting: Sighting,
  hint: CallableHint,
  parts: Pick<
    SuspectedFinding,
    "kind" | "summary" | "observed" | "expected" | "score" | "promise"
  > & {
    readonly shape: string;
  },
): SuspectedFinding {
  const { shape, ...rest } = parts;
  const exportName = `${sighting.program.module}#${hint.path.join(".")}`;
  const where = hint.where === null ? exportName : `${hint.where.file}:${hint.where.line}`;
  return {
    ...rest,
    score: Math.round(rest.score * 1000) / 1000,
    where,
    exportName,
    ...upTo(sighting),
    statement: sighting.index,
    key: `${parts.kind} ${exportName} ${shape}`,
  };
}

/** Nothing after the statement matters to what it did. */
function upTo({ program, recording, index }: Sighting): Recorded {
  return {
    program: { ...program, statements: program.statements.slice(0, index + 1) },
    recording: { ...recording, outcomes: recording.outcomes.slice(0, index + 1) },
  };
}
