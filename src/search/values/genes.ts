import type { FunctionTemplate, ValueGene } from "../../contract/program.ts";

/** A number as a gene; what JSON cannot hold becomes text. */
export function numberGene(value: number): ValueGene {
  if (Number.isNaN(value)) return { kind: "number", value: "NaN" };
  if (value === Infinity) return { kind: "number", value: "Infinity" };
  if (value === -Infinity) return { kind: "number", value: "-Infinity" };
  return { kind: "number", value: Object.is(value, -0) ? "-0" : value };
}

/** The number that a number gene stands for. */
export function toNumber(gene: Extract<ValueGene, { kind: "number" }>): number {
  return typeof gene.value === "number" ? gene.value : Number(gene.value);
}

/** A string as a gene. */
export function stringGene(value: string): ValueGene {
  return { kind: "string", value };
}

/** A boolean as a gene. */
export function booleanGene(value: boolean): ValueGene {
  return { kind: "boolean", value };
}

/** An array as a gene. */
export function arrayGene(items: readonly ValueGene[]): ValueGene {
  return { kind: "array", items };
}

/** A plain object as a gene; the first of two equal keys wins. */
export function objectGene(entries: readonly (readonly [string, ValueGene])[]): ValueGene {
  const seen = new Set<string>();
  const kept = entries.filter(([key]) => !seen.has(key) && seen.add(key).size > 0);
  return { kind: "object", entries: kept };
}

/** A callback as a gene. */
export function functionGene(template: FunctionTemplate): ValueGene {
  return { kind: "function", template };
}

/** Bytes of a text as a gene. */
export function bytesGene(
  text: string,
  type: Extract<ValueGene, { kind: "bytes" }>["type"],
): ValueGene {
  return { kind: "bytes", type, base64: Buffer.from(text, "utf8").toString("base64") };
}

export const UNDEFINED: ValueGene = { kind: "undefined" };
export const NULL: ValueGene = { kind: "null" };
