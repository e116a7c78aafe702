import { createRequire } from "node:module";

import type * as Core from "@babel/core";
import type { GeneratorOptions } from "@babel/generator";
import type * as Parser from "@babel/parser";
import type { Hub, NodePath } from "@babel/traverse";
import type { File } from "@babel/types";
import type * as Istanbul from "istanbul-lib-instrument";

/** The parts of Babel 7 and istanbul that the builds share. None of them reads a configuration file. */
export interface InstrumentLibraries {
  readonly parse: typeof Parser.parse;
  readonly generate: (ast: File, options: GeneratorOptions) => { readonly code: string };
  readonly traverse: typeof Core.traverse;
  readonly types: typeof Core.types;
  readonly template: typeof Core.template;
  readonly NodePath: typeof NodePath;
  readonly Hub: typeof Hub;
  readonly istanbul: typeof Istanbul;
}

const require = createRequire(import.meta.url);

/** Loads them on first use, which takes a few hundred milliseconds; later calls are free. */
export function loadInstrumentLibraries(): InstrumentLibraries {
  // `require`, because these are CommonJS and `import()` of them gives different shapes by loader.
  const core = require("@babel/core") as typeof Core;
  const parser = require("@babel/parser") as typeof Parser;
  const generator = require("@babel/generator") as { default: InstrumentLibraries["generate"] };
  const traversal = require("@babel/traverse") as Pick<InstrumentLibraries, "NodePath" | "Hub">;
  const istanbul = require("istanbul-lib-instrument") as typeof Istanbul;
  return {
    parse: parser.parse,
    generate: generator.default,
    traverse: core.traverse,
    types: core.types,
    template: core.template,
    NodePath: traversal.NodePath,
    Hub: traversal.Hub,
    istanbul,
  };
}
