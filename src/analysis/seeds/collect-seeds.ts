import type { File } from "@babel/types";
import type { Statement, TestProgram, ValueGene } from "../../contract/program.ts";
import { parseSnippet } from "../syntax/parse.ts";
import { createRecorder, createScope, type Recorder, type Scope } from "./abstract.ts";
import { toFixturePaths } from "./fixture-paths.ts";
import { createReader } from "./reader.ts";
import { sliceRange, sliceStatements } from "./slices.ts";
import type { Snippet } from "./snippets.ts";
import { runStatements } from "./statements.ts";
import { createSurroundings, type SurroundingsInput } from "./surroundings.ts";

export interface SeedInput extends SurroundingsInput {
  readonly snippets: readonly Snippet[];
}

export interface Seeds {
  /** Documentation first, then examples in comments, then existing tests; without repeats. */
  readonly programs: readonly TestProgram[];
  /** Constant arguments that the snippets pass, in order of appearance. */
  readonly values: readonly ValueGene[];
}

const MAX_SEEDS = 400;
const MAX_VALUES = 200;
const MAX_STATEMENTS = 1_500;
const RANK: Readonly<Record<Snippet["kind"], number>> = {
  document: 0,
  comment: 1,
  inline: 2,
  test: 3,
};

/** Reads every snippet into call sequences of one entry module. Nothing is executed. */
export function collectSeeds(input: SeedInput): Seeds {
  const programs = new Map<string, TestProgram>();
  const values = new Map<string, ValueGene>();
  const ranked = [...input.snippets].sort((a, b) => RANK[a.kind] - RANK[b.kind]);
  for (const snippet of ranked) {
    if (programs.size >= MAX_SEEDS) break;
    for (const statements of readSnippet(input, snippet)) {
      for (const gene of constantsOf(statements)) values.set(JSON.stringify(gene), gene);
      for (const program of toPrograms(input, statements)) {
        if (programs.size < MAX_SEEDS) programs.set(JSON.stringify(program.statements), program);
      }
    }
  }
  return { programs: [...programs.values()], values: [...values.values()].slice(0, MAX_VALUES) };
}

/** Statement lists of one snippet, shortest meaningful pieces first. */
function readSnippet(input: SeedInput, snippet: Snippet): readonly (readonly Statement[])[] {
  const surroundings = createSurroundings(input);
  const recorder = createRecorder(MAX_STATEMENTS);
  const scope = createScope(null);
  const read = (file: File, inner: Scope): void => {
    runStatements(createReader(recorder, surroundings, snippet.file), file.program.body, inner);
  };
  const wholes: (readonly Statement[])[] = [];
  switch (snippet.kind) {
    case "test":
      read(snippet.ast, scope);
      break;
    case "document":
      for (const block of snippet.blocks) {
        const start = recorder.statements.length;
        readText(block, (file) => {
          read(file, scope);
        });
        noteWhole(recorder, start, wholes);
      }
      break;
    case "comment":
    case "inline":
      for (const text of snippet.kind === "comment" ? snippet.blocks : snippet.texts) {
        const start = recorder.statements.length;
        readText(text, (file) => {
          read(file, createScope(null));
        });
        noteWhole(recorder, start, wholes);
      }
  }
  return [...sliceStatements(recorder.statements), ...wholes];
}

/** A block as a whole keeps calls that change the module's state together with what follows. */
function noteWhole(recorder: Recorder, start: number, wholes: (readonly Statement[])[]): void {
  const end = recorder.statements.length;
  if (end - start < 2) return;
  const whole = sliceRange(recorder.statements, start, end);
  if (whole !== null) wholes.push(whole);
}

/** Parses a block whole; where prose or output stands between the lines, by paragraph and by line. */
function readText(text: string, read: (file: File) => void): void {
  // Long lines are data, not prose; cleaning them could take quadratic time.
  const isProse = text.split("\n").every((line) => line.length < 1_000);
  const cleaned = isProse ? cleanProse(text) : text;
  const whole = parseSnippet(cleaned);
  if (whole.kind === "parsed") {
    read(whole.file);
    return;
  }
  for (const paragraph of cleaned.split(/\n\s*\n/)) {
    const parsed = parseSnippet(paragraph);
    if (parsed.kind === "parsed") {
      read(parsed.file);
      continue;
    }
    for (const line of paragraph.split("\n")) {
      const single = parseSnippet(line);
      if (single.kind === "parsed") read(single.file);
    }
  }
}

/** Takes off prompts, and the results that prose puts behind arrows. */
function cleanProse(text: string): string {
  return text
    .replace(/^[ \t]*[>$][ \t]/gm, "")
    .replace(/^(.*?)[ \t]*(?:=>|->|→)[ \t]*[^{(\s].*$/gm, keepArrow);
}

/** Cuts `f(1) => 2` of prose, but keeps real arrow functions. */
function keepArrow(line: string, call: string): string {
  return /\)\s*;?\s*(?:\/\/)?\s*$/.test(call) &&
    /^[^=]*\w\(/.test(call) &&
    !/[=(,]\s*(?:async\s*)?\([^()]*\)$/.test(call)
    ? call
    : line;
}

function toPrograms(input: SeedInput, statements: readonly Statement[]): readonly TestProgram[] {
  if (!statements.some(isTelling)) return [];
  const module = input.entry.file;
  if (!input.usesFiles) return [{ module, statements, usesFixture: false }];
  return [{ module, statements: toFixturePaths(statements), usesFixture: true }];
}

function isTelling(statement: Statement): boolean {
  return statement.kind !== "get" && statement.kind !== "set";
}

function constantsOf(statements: readonly Statement[]): readonly ValueGene[] {
  return statements.flatMap((statement) => {
    const genes =
      "args" in statement ? statement.args : statement.kind === "set" ? [statement.value] : [];
    return genes.filter((gene) => isConstant(gene));
  });
}

/** Free of references, exports and functions, and not a bare absence. */
function isConstant(gene: ValueGene): boolean {
  switch (gene.kind) {
    case "ref":
    case "export":
    case "function":
    case "undefined":
    case "null":
      return false;
    case "array":
    case "set":
    case "iterable":
      return gene.items.every(isPart);
    case "object":
      return gene.entries.every(([, value]) => isPart(value));
    case "map":
      return gene.entries.every(([key, value]) => isPart(key) && isPart(value));
    case "promise":
      return isPart(gene.value);
    default:
      return true;
  }
}

function isPart(gene: ValueGene): boolean {
  return gene.kind === "undefined" || gene.kind === "null" || isConstant(gene);
}
