import type { NodePath } from "@babel/traverse";
import type { Program } from "@babel/types";

import { COVERAGE_GLOBAL } from "../../contract/search-runtime.ts";
import type { FileCoverage } from "../../contract/coverage.ts";
import type { InitialCoverage } from "../../ports/mutant-engine.ts";
import type { InstrumentLibraries } from "./babel.ts";
import type { Pass } from "./generate-code.ts";

/** The instrumenting part of `istanbul-lib-instrument`, whose published types predate Babel 7. */
export interface IstanbulVisitor {
  enter(path: NodePath<Program>): void;
  exit(path: NodePath<Program>): { readonly fileCoverage: FileCoverage } | undefined;
}

/** Holds what the counter pass found once its file was transformed. */
export interface CounterResult {
  coverage: InitialCoverage | null;
}

/**
 * A pass that inserts istanbul's own counters, exactly as nyc does, under `path` as key.
 * `result.coverage` stays null for a file that asks to be ignored.
 */
export function createCounterPass(
  { istanbul, types }: InstrumentLibraries,
  path: string,
  result: CounterResult,
): Pass {
  const createVisitor = istanbul.programVisitor as unknown as (
    types: InstrumentLibraries["types"],
    path: string,
    options: {
      coverageVariable: string;
      coverageGlobalScope: string;
      coverageGlobalScopeFunc: boolean;
    },
  ) => IstanbulVisitor;
  const visitor = createVisitor(types, path, {
    coverageVariable: COVERAGE_GLOBAL,
    coverageGlobalScope: "globalThis",
    coverageGlobalScopeFunc: false,
  });
  return {
    enter: (program) => {
      visitor.enter(program);
    },
    exit: (program) => {
      const output = visitor.exit(program);
      const hash = readHash(program.node);
      // The data is a live object of the visitor: a plain copy of it is what leaves here.
      if (output !== undefined && hash !== null) {
        result.coverage = { hash, data: structuredClone({ ...output.fileCoverage }) };
      }
    },
  };
}

/** The hash that istanbul's header compares, read off the header it just inserted. */
function readHash(program: Program): string | null {
  const header = program.body[0];
  if (header?.type !== "FunctionDeclaration") return null;
  for (const statement of header.body.body) {
    if (statement.type !== "VariableDeclaration") continue;
    const [declarator] = statement.declarations;
    if (declarator?.id.type !== "Identifier" || declarator.id.name !== "hash") continue;
    return declarator.init?.type === "StringLiteral" ? declarator.init.value : null;
  }
  return null;
}
