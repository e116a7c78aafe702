import type { CallableHint, ParameterHint, TypeHint } from "../../contract/api-model.ts";
import type { ExportPath, ValueGene } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";
import type { LiteralPool } from "./pool.ts";

/** Where an argument is going to stand. */
export interface ValueContext {
  readonly callable: CallableHint | null;
  /** Results of earlier statements that the value may refer to, with the class of what was seen. */
  readonly refs: readonly { readonly statement: number; readonly className: string }[];
  readonly argumentIndex: number;
}

/** What the makers of values share. */
export interface ValueKit {
  readonly random: Random;
  readonly pool: LiteralPool;
  readonly instancePaths: readonly ExportPath[];
  /** Property names read or written in the sources, most frequent first. */
  readonly propertyNames: readonly string[];
  forType(type: TypeHint, depth: number): ValueGene;
  /** A value that suits the name of a parameter or property, or null when the name says nothing. */
  forName(name: string, depth: number): ValueGene | null;
  /** A callback for a declared function type, or a general one. */
  callback(
    params: readonly ParameterHint[] | null,
    returns: TypeHint | null,
    depth: number,
  ): ValueGene;
  any(depth: number): ValueGene;
}

/** Past this depth collections are empty and objects hold primitives. */
export const MAX_DEPTH = 4;

/** Picks an index by weight; weights are small whole numbers. */
export function pickWeighted(random: Random, weights: readonly number[]): number {
  let at = random.int(weights.reduce((sum, weight) => sum + weight, 0));
  for (let index = 0; index < weights.length; index += 1) {
    at -= weights[index] ?? 0;
    if (at < 0) return index;
  }
  return weights.length - 1;
}
