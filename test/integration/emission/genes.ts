import type {
  FunctionTemplate,
  Statement,
  TestProgram,
  ValueGene,
} from "../../../src/contract/program.ts";

/** The gene of a plain JavaScript value. */
export function gene(value: unknown): ValueGene {
  if (isGene(value)) return value;
  if (value === undefined) return { kind: "undefined" };
  if (value === null) return { kind: "null" };
  if (typeof value === "boolean") return { kind: "boolean", value };
  if (typeof value === "number") return { kind: "number", value: toNumber(value) };
  if (typeof value === "string") return { kind: "string", value };
  if (typeof value === "bigint") return { kind: "bigint", value: value.toString() };
  if (Array.isArray(value)) return { kind: "array", items: value.map(gene) };
  const entries = Object.entries(value).map(([key, inner]): readonly [string, ValueGene] => [
    key,
    gene(inner),
  ]);
  return { kind: "object", entries };
}

export const ref = (statement: number): ValueGene => ({ kind: "ref", statement });
export const fn = (template: FunctionTemplate): ValueGene => ({ kind: "function", template });
export const spy = (returns?: unknown): ValueGene => fn({ kind: "spy", returns: gene(returns) });

export function call(path: string, ...args: unknown[]): Statement {
  return { kind: "call", callee: path.split("."), args: args.map(gene), awaits: false };
}

export function callAsync(path: string, ...args: unknown[]): Statement {
  return { kind: "call", callee: path.split("."), args: args.map(gene), awaits: true };
}

export function construct(path: string, ...args: unknown[]): Statement {
  return { kind: "new", callee: path.split("."), args: args.map(gene) };
}

export function method(receiver: number, name: string, ...args: unknown[]): Statement {
  return { kind: "method", receiver, name, args: args.map(gene), awaits: false };
}

export function get(receiver: number, name: string): Statement {
  return { kind: "get", receiver, name };
}

export function program(module: string, ...statements: Statement[]): TestProgram {
  return { module, statements, usesFixture: false };
}

export function onFiles(module: string, ...statements: Statement[]): TestProgram {
  return { module, statements, usesFixture: true };
}

function isGene(value: unknown): value is ValueGene {
  return typeof value === "object" && value !== null && "kind" in value;
}

function toNumber(value: number): number | "NaN" | "Infinity" | "-Infinity" | "-0" {
  if (Number.isNaN(value)) return "NaN";
  if (Object.is(value, -0)) return "-0";
  if (Number.isFinite(value)) return value;
  return value > 0 ? "Infinity" : "-Infinity";
}
