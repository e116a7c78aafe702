import type { PluginObj } from "@babel/core";

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
    plugins: plugins.map((plugin) => () => plugin),
  });
  if (typeof result?.code !== "string") throw new Error("Babel printed nothing");
  return result.code;
}
