import type { NodePath as Path } from "@babel/traverse";
import type { File, Program } from "@babel/types";

import type { InstrumentLibraries } from "./babel.ts";

/** One step over the tree of a file. All enter in order, then all exit in order. */
export interface Pass {
  enter(program: Path<Program>): void;
  /** Puts headers in front; runs once no pass reads the tree any more. */
  exit(program: Path<Program>): void;
}

/**
 * Runs the passes over a tree, which is used up, and prints it with comments kept. Babel's own pipeline
 * is left out: it looks for configuration and source maps beside the file, and doubles the time.
 */
export function generateCode(
  libraries: InstrumentLibraries,
  ast: File,
  passes: readonly Pass[],
): string {
  const program = openProgram(libraries, ast);
  for (const pass of passes) pass.enter(program);
  for (const pass of passes) pass.exit(program);
  keepCommentsFirst(ast.program);
  return libraries.generate(ast, { compact: false, comments: true, sourceMaps: false }).code;
}

function openProgram({ NodePath, Hub }: InstrumentLibraries, ast: File): Path<Program> {
  const path = NodePath.get({
    hub: new Hub(),
    parentPath: null,
    parent: ast,
    container: ast,
    key: "program",
  });
  path.setContext();
  return path;
}

/** `// @ts-nocheck`, `@jest-environment` and `@jsx` count only at the top of a file. */
function keepCommentsFirst(program: Program): void {
  const [first] = program.body;
  const commented = program.body.find((node) => (node.leadingComments?.length ?? 0) > 0);
  if (first === undefined || commented === undefined || commented === first) return;
  const start = program.body.findIndex((node) => node.loc !== null && node.loc !== undefined);
  if (start !== -1 && program.body.indexOf(commented) > start) return;
  first.leadingComments = commented.leadingComments ?? null;
  commented.leadingComments = null;
}
