import type { ApiModel, CallableHint, TypeHint } from "../../contract/api-model.ts";
import type { ExportPath, TestProgram, ValueGene } from "../../contract/program.ts";
import type { Doc } from "../layout.ts";

/** Prints an argument so that it passes the type check even where the types forbid it. */
export type ArgumentFitter = (
  program: TestProgram,
  statement: number,
  argument: number,
  printed: Doc,
) => Doc;

/** JavaScript has nothing to fit. */
export const fitNothing: ArgumentFitter = (_program, _statement, _argument, printed) => printed;

/**
 * Writes `as never` after arguments that the declared parameter certainly excludes. Chosen over
 * `@ts-expect-error`, which would turn red when the types are loosened (docs/adr/0005).
 */
export function createArgumentFitter(
  api: ApiModel,
  pathOf: (program: TestProgram, statement: number) => ExportPath | null,
): ArgumentFitter {
  const hints = new Map<string, CallableHint>();
  for (const { file, callables } of api.modules) {
    for (const callable of callables) hints.set(`${file} ${callable.path.join(".")}`, callable);
  }
  return (program, statement, argument, printed) => {
    const path = pathOf(program, statement);
    const hint = path === null ? undefined : hints.get(`${program.module} ${path.join(".")}`);
    const made = program.statements[statement];
    const gene = made !== undefined && "args" in made ? made.args[argument] : undefined;
    if (hint?.isTyped !== true || gene === undefined) return printed;
    const accepts = hint.signatures.some(({ params }) => {
      const param = params[argument] ?? params.findLast(({ rest }) => rest);
      return (
        param === undefined ||
        (param.optional && gene.kind === "undefined") ||
        fits(gene, unwrapRest(param))
      );
    });
    if (accepts) return printed;
    // An arrow function ends with its body: behind one without brackets, `as` is part of it or an error.
    return gene.kind === "function" ? ["(", printed, ") as never"] : [printed, " as never"];
  };
}

/** Whether a value may have a type; unknown counts as yes. */
export function fits(gene: ValueGene, type: TypeHint): boolean {
  if (gene.kind === "ref" || gene.kind === "export") return true;
  switch (type.kind) {
    case "unknown":
    case "any":
      return true;
    case "union":
      return type.of.some((member) => fits(gene, member));
    case "literal":
      return (
        (gene.kind === "string" || gene.kind === "number" || gene.kind === "boolean") &&
        gene.value === type.value
      );
    case "integer":
      return gene.kind === "number";
    case "void":
      return gene.kind === "undefined";
    case "array":
      return gene.kind === "array" && gene.items.every((item) => fits(item, type.of));
    case "tuple":
      return gene.kind === "array" && gene.items.length === type.items.length;
    case "object":
      return fitsObject(gene, type);
    case "promise":
      return gene.kind === "promise" || gene.kind === "rejected-promise";
    case "iterable":
      return ["array", "set", "map", "iterable", "string", "typed-array"].includes(gene.kind);
    case "typed-array":
      return gene.kind === "typed-array" && gene.type === type.type;
    case "never":
    case "instance":
      return false;
    default:
      return gene.kind === type.kind;
  }
}

function fitsObject(gene: ValueGene, type: Extract<TypeHint, { kind: "object" }>): boolean {
  if (gene.kind !== "object")
    return type.properties.every(({ optional }) => optional) && gene.kind === "function";
  const given = new Map(gene.entries);
  const hasAll = type.properties.every(({ name, optional, type: of }) => {
    const value = given.get(name);
    return value === undefined
      ? optional
      : fits(value, of) || (optional && value.kind === "undefined");
  });
  const known = new Set(type.properties.map(({ name }) => name));
  return hasAll && (type.index !== null || [...given.keys()].every((name) => known.has(name)));
}

function unwrapRest(param: { readonly type: TypeHint; readonly rest: boolean }): TypeHint {
  return param.rest && param.type.kind === "array" ? param.type.of : param.type;
}
