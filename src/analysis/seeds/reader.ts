import type { Recorder } from "./abstract.ts";
import { readCall, readNew } from "./calls.ts";
import { evaluate } from "./expressions.ts";
import { inlineFunction } from "./inline.ts";
import type { Reader, Surroundings } from "./reader-core.ts";
import { bindPattern, runStatements } from "./statements.ts";

const MAX_STEPS = 60_000;

/** Puts the parts of static reading together: expressions, statements, calls and functions need each other. */
export function createReader(recorder: Recorder, surroundings: Surroundings, file: string): Reader {
  const reader: Reader = {
    recorder,
    surroundings,
    file,
    steps: MAX_STEPS,
    depth: 0,
    elements: new Map(),
    bareCall: null,
    evaluate: (node, scope) => evaluate(reader, node, scope),
    run: (statements, scope) => runStatements(reader, statements, scope),
    inline: (callable, args) => inlineFunction(reader, callable, args),
    call: (node, scope) => readCall(reader, node, scope),
    construct: (node, scope) => readNew(reader, node, scope),
    bind: (pattern, value, scope, mode) => {
      bindPattern(reader, pattern, value, scope, mode);
    },
  };
  return reader;
}
