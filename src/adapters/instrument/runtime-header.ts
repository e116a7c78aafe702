import type { Expression, Statement } from "@babel/types";

import { SEARCH_RUNTIME_GLOBAL } from "../../contract/search-runtime.ts";
import { shortHash } from "../../kernel/hash.ts";
import type { InstrumentLibraries } from "./babel.ts";

/** How one instrumented file reaches the {@link SearchRuntime}: a variable, and a function that fills it. */
export interface RuntimeHandle {
  readonly variable: string;
  readonly initializer: string;
}

/** Names that do not collide between files loaded into one global scope. */
export function toRuntimeHandle(path: string): RuntimeHandle {
  const suffix = shortHash(path, 10);
  return { variable: `rgs_${suffix}`, initializer: `rgs_init_${suffix}` };
}

/**
 * The expression that reads the runtime. A function of this file may run before its top level (cyclic
 * imports hoist it), so the variable is filled on first use rather than by an initialiser.
 */
export function toRuntime({ types: t }: InstrumentLibraries, handle: RuntimeHandle): Expression {
  return t.logicalExpression(
    "||",
    t.identifier(handle.variable),
    t.callExpression(t.identifier(handle.initializer), []),
  );
}

/** The statements that stand at the top of an instrumented file; both are hoisted. */
export function toRuntimeHeader(
  { template }: InstrumentLibraries,
  handle: RuntimeHandle,
): Statement[] {
  const build = template.statements(
    `var VARIABLE;
    function INITIALIZER() {
      return VARIABLE = globalThis.GLOBAL || (globalThis.GLOBAL = {
        fuel: 0x3fffffff,
        isLogging: false,
        outOfFuel: function () { this.fuel = 0x3fffffff; },
        isOutOfFuel: function () { return false; },
        compare: function () {}
      });
    }`,
  );
  return build({
    VARIABLE: handle.variable,
    INITIALIZER: handle.initializer,
    GLOBAL: SEARCH_RUNTIME_GLOBAL,
  });
}
