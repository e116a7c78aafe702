import type { ProofCard } from "../contract/proof-card.ts";
import { toTestKey } from "../contract/test-run.ts";

/** Where a file of the suite stands in the project. */
export function toProjectPath(input: { readonly outDir: string }, path: string): string {
  return `${input.outDir.replace(/\/+$/, "")}/${path}`;
}

/** The key under which runner reports name the test of a card. */
export function toCardKey(input: { readonly outDir: string }, card: ProofCard): string {
  return toTestKey({ file: toProjectPath(input, card.file), fullTitle: card.fullTitle });
}
