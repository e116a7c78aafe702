import type { CallableHint, ParameterHint, TypeHint } from "../../contract/api-model.ts";
import type { ValueGene } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";

/** What a value is wanted for. */
export interface ValueWish {
  readonly callable: CallableHint | null;
  /** Earlier results that may be passed. */
  readonly refs: readonly { readonly statement: number; readonly className: string }[];
  readonly argumentIndex: number;
}

/** The part of `values/` that the search leans on. */
export interface ValueTools {
  forParameter(hint: ParameterHint | null, wish: ValueWish): ValueGene;
  forType(type: TypeHint, depth: number): ValueGene;
  any(): ValueGene;
  /** Takes an operand of a comparison into the pool. */
  observe(value: string | number): void;
  mutate(random: Random, gene: ValueGene): ValueGene;
  /** Simpler values to try in its place, simplest first. */
  simplify(gene: ValueGene): readonly ValueGene[];
}
