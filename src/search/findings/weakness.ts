import type { ValueGene } from "../../contract/program.ts";
import { toNumber } from "../values/genes.ts";
import { childrenOf } from "../values/walk-value.ts";

/** Beyond this a count or size asks for more than a machine has. */
const HUGE = 2 ** 31;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * How much an argument weakens a case, 0 to 1: types allow NaN, infinities and invalid dates, yet
 * few authors promise to handle them.
 */
export function weaknessFactor(gene: ValueGene): number {
  const held = childrenOf(gene).reduce(
    (factor, child) => Math.min(factor, weaknessFactor(child)),
    1,
  );
  return Math.min(held, ownFactor(gene));
}

function ownFactor(gene: ValueGene): number {
  switch (gene.kind) {
    case "number": {
      const value = toNumber(gene);
      if (!Number.isFinite(value)) return 0.4;
      return Math.abs(value) >= HUGE ? 0.6 : 1;
    }
    case "date":
      return gene.epochMs === "NaN" ? 0.4 : 1;
    case "string":
      return LONE_SURROGATE.test(gene.value) ? 0.4 : gene.value.length > 300 ? 0.8 : 1;
    default:
      return 1;
  }
}
