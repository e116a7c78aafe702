import type { PluginObj } from "@babel/core";
import type { Program } from "@babel/types";

import { ISOLATED_BABEL, type Babel } from "./parse.ts";
import type { ReadSource } from "./source-reader.ts";

/** Runs the plugins over the tree of `source`, which is used up, and prints it with comments kept. */
export function generateCode(
  babel: Babel,
  source: ReadSource,
  plugins: readonly PluginObj[],
): string {
  const result = babel.transformFromAstSync(source.ast, source.content, {
    ...ISOLATED_BABEL,
    filename: source.path,
    cloneInputAst: false,
    compact: false,
    comments: true,
    sourceMaps: false,
    plugins: [...plugins, HEADER_COMMENTS].map((plugin) => () => plugin),
  });
  if (typeof result?.code !== "string") throw new Error("Babel printed nothing");
  return result.code;
}

/** Runs last: the other plugins have put their headers in front of the file's first comment by then. */
const HEADER_COMMENTS: PluginObj = {
  visitor: {
    Program: {
      exit: (program) => {
        keepCommentsFirst(program.node);
      },
    },
  },
};

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
