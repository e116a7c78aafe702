import type { TestProgram, ValueGene } from "../../contract/program.ts";
import { argsOf, toCallKey } from "../engine/program-tools.ts";

/** Texts shorter than this stand in any program. */
const TELLING_TEXT = 3;
/** Whole numbers up to this do too. */
const PLAIN_NUMBER = 10;

/**
 * Whether a program came of one that was given: it makes a call with the same values, or uses a text or number of it
 * that nobody comes upon by chance, whole or cut short.
 */
export function isMadeFrom(program: TestProgram, given: readonly TestProgram[]): boolean {
  const calls = new Set(given.flatMap(listCalls));
  if (listCalls(program).some((call) => calls.has(call))) return true;
  const told = given.flatMap(listTelling);
  return listTelling(program).some((value) => told.some((one) => isPart(value, one)));
}

function listCalls(program: TestProgram): readonly string[] {
  return program.statements
    .filter((statement) => argsOf(statement).length > 0)
    .map((statement) => toCallKey(program, statement));
}

function isPart(value: string | number, told: string | number): boolean {
  if (typeof value === "string" && typeof told === "string")
    return told.includes(value) || value.includes(told);
  return value === told;
}

function listTelling({ statements }: TestProgram): readonly (string | number)[] {
  return statements.flatMap((statement) => argsOf(statement).flatMap(listOf));
}

function listOf(gene: ValueGene): readonly (string | number)[] {
  switch (gene.kind) {
    case "string":
      return gene.value.length >= TELLING_TEXT ? [gene.value] : [];
    case "number":
      return typeof gene.value === "number" && isTelling(gene.value) ? [gene.value] : [];
    case "array":
      return gene.items.flatMap(listOf);
    case "object":
      return gene.entries.flatMap(([, value]) => listOf(value));
    default:
      return [];
  }
}

const isTelling = (value: number): boolean =>
  !Number.isInteger(value) || Math.abs(value) > PLAIN_NUMBER;
