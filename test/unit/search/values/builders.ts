import type {
  CallableHint,
  ModuleModel,
  ParameterHint,
  TypeHint,
} from "../../../../src/contract/api-model.ts";
import { createRandom } from "../../../../src/kernel/random.ts";
import type { ValueContext } from "../../../../src/search/values/kit.ts";
import { createValueSource, type ValueSource } from "../../../../src/search/values/value-source.ts";

/** A module about which nothing is known but what is given. */
export function aModel(parts: Partial<ModuleModel> = {}): ModuleModel {
  return {
    file: "index.js",
    system: "commonjs",
    callables: [],
    seeds: [],
    pool: [],
    regexes: [],
    propertyNames: [],
    ...parts,
  };
}

export function aSource(seed: number | string = 1, parts: Partial<ModuleModel> = {}): ValueSource {
  return createValueSource({
    random: createRandom(seed),
    model: aModel(parts),
    instancePaths: [["Complex"]],
  });
}

export function aCallable(parts: Partial<CallableHint> = {}): CallableHint {
  return {
    path: ["f"],
    kind: "function",
    signatures: [],
    isTyped: false,
    literals: [],
    where: null,
    summary: null,
    documentedThrows: [],
    ...parts,
  };
}

export function aParam(name: string, type: TypeHint = { kind: "unknown" }): ParameterHint {
  return { name, type, optional: false, rest: false };
}

export function aContext(parts: Partial<ValueContext> = {}): ValueContext {
  return { callable: null, refs: [], argumentIndex: 0, ...parts };
}
