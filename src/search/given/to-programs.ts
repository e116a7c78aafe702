import type { ApiModel, ModuleModel } from "../../contract/api-model.ts";
import type { ExportPath, Statement, TestProgram, ValueGene } from "../../contract/program.ts";
import {
  proposedInputSchema,
  type InputStep,
  type InputValue,
  type ProposedInput,
} from "../../contract/proposed-inputs.ts";
import { isWellFormed } from "../engine/program-tools.ts";
import { programSchema } from "../program-schema.ts";

/** Proposed inputs as programs; what cannot be one is dropped, with the reason in words. */
export interface GivenPrograms {
  readonly programs: readonly TestProgram[];
  readonly dropped: readonly string[];
}

/** `{"$result": 0}` is the result of step 0. */
const RESULT = "$result";
/** Names through which one leaves the value at hand. */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Reads inputs that somebody proposed, a model above all, as programs of the search. Nothing is believed: each has to
 * have the shape, name exports that the API model knows, and refer to earlier steps only.
 */
export function toPrograms(
  inputs: readonly unknown[],
  api: ApiModel,
  module: string,
): GivenPrograms {
  const model = api.modules.find(({ file }) => file === module);
  const programs = new Map<string, TestProgram>();
  const dropped: string[] = [];
  for (const input of inputs) {
    const read = proposedInputSchema.safeParse(input);
    if (!read.success) dropped.push("it is no list of steps with JSON values");
    else if (model === undefined) dropped.push(`nothing is known about ${module}`);
    else {
      const made = toProgram(read.data, model);
      if (typeof made === "string") dropped.push(made);
      else programs.set(JSON.stringify(made), made);
    }
  }
  return { programs: [...programs.values()], dropped };
}

/** The program, or why there is none. */
function toProgram({ steps }: ProposedInput, model: ModuleModel): TestProgram | string {
  const statements: Statement[] = [];
  for (const step of steps) {
    const made = toStatement(step, model);
    if (typeof made === "string") return made;
    statements.push(made);
  }
  const parsed = programSchema.safeParse({ module: model.file, statements, usesFixture: false });
  if (!parsed.success) return "a value is too long or nested too deep";
  return isWellFormed(parsed.data) ? parsed.data : "it refers to a step that comes later";
}

function toStatement(step: InputStep, model: ModuleModel): Statement | string {
  if ("call" in step || "construct" in step) {
    const isCall = "call" in step;
    const name = isCall ? step.call : step.construct;
    const callee = findExport(name, model);
    if (callee === null) return `the module exports no ${name}`;
    const args = step.args.map(toGene);
    return isCall ? { kind: "call", callee, args, awaits: false } : { kind: "new", callee, args };
  }
  const name = "method" in step ? step.method : step.read;
  if (FORBIDDEN.has(name)) return `${name} is not asked for`;
  return "method" in step
    ? { kind: "method", receiver: step.on, name, args: step.args.map(toGene), awaits: false }
    : { kind: "get", receiver: step.on, name };
}

/**
 * The path of an export by its name. Whether it is called or constructed is not compared: a class of old style is a
 * function, and what cannot be called says so when it runs.
 */
function findExport(name: string, { callables }: ModuleModel): ExportPath | null {
  const wanted = name.split(".");
  if (wanted.some((part) => part === "" || FORBIDDEN.has(part))) return null;
  const paths = callables.map(({ path }) => path).filter((path) => !path.includes("prototype"));
  const exact = paths.find((path) => path.join(".") === name);
  if (exact !== undefined) return exact;
  // Where a module is one function, it goes by whatever name its documentation gives it.
  const [only, ...others] = new Set(paths.map((path) => path.join(".")));
  return only === "default" && others.length === 0 && wanted.length === 1 ? ["default"] : null;
}

function toGene(value: InputValue): ValueGene {
  if (value === null) return { kind: "null" };
  switch (typeof value) {
    case "string":
      return { kind: "string", value };
    case "boolean":
      return { kind: "boolean", value };
    case "number":
      return { kind: "number", value: Object.is(value, -0) ? "-0" : value };
    default:
      return isList(value) ? { kind: "array", items: value.map(toGene) } : toObjectGene(value);
  }
}

const isList = (value: InputValue): value is readonly InputValue[] => Array.isArray(value);

function toObjectGene(value: { readonly [name: string]: InputValue }): ValueGene {
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === RESULT && typeof first[1] === "number")
    return { kind: "ref", statement: first[1] };
  return { kind: "object", entries: entries.map(([name, inner]) => [name, toGene(inner)]) };
}
