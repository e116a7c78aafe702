import type { CounterId } from "../contract/coverage.ts";
import type { Mutant } from "../contract/mutant.ts";
import { isPatch } from "../contract/patch-mutant.ts";
import type { ProofCard, ProofFile, ProofMutant } from "../contract/proof-card.ts";
import { sha256, shortHash } from "../kernel/hash.ts";
import type { AdmitInput } from "../ports/gate.ts";
import { isBranch } from "./evidence.ts";
import { toIds } from "./mutants/to-ids.ts";
import type { KillMatrix } from "./mutants/run-pairs.ts";
import type { Proof } from "./prove.ts";
import type { SuiteTest } from "./suite.ts";

/**
 * The proof file of a proven suite. Every field is read off the runs of the written files; nothing in
 * it tells when, where or by whom the runs were made.
 */
export function toProofFile(
  input: Pick<
    AdmitInput,
    | "runner"
    | "language"
    | "sandboxLevel"
    | "sources"
    | "outDir"
    | "seed"
    | "engine"
    | "mutantBuild"
    | "patches"
  >,
  proof: Proof | null,
): ProofFile {
  const cards = proof === null ? [] : toCards(input, proof);
  const named = new Set(cards.flatMap((card) => card.kills));
  return {
    schema: 1,
    runner: input.runner,
    ...(input.language === undefined ? {} : { language: input.language }),
    sandboxLevel: input.sandboxLevel,
    sources: sortKeys(input.sources),
    files: sortKeys(
      Object.fromEntries(
        Object.entries(proof?.suite.files ?? {}).map(([path, content]) => [
          toSuiteRelative(input.outDir, path),
          sha256(content),
        ]),
      ),
    ),
    mutants: [...input.mutantBuild.mutants, ...(input.patches ?? []).map(({ mutant }) => mutant)]
      .filter((mutant) => named.has(mutant.id))
      .map(toProofMutant)
      .sort((a, b) => compare(a.id, b.id)),
    cards,
  };
}

function toCards(
  input: Pick<AdmitInput, "outDir" | "seed" | "engine" | "mutantBuild" | "patches">,
  proof: Proof,
): readonly ProofCard[] {
  const idOf = toIds(input);
  const movers = countMovers(proof.counters);
  const all = [...input.mutantBuild.mutants, ...(input.patches ?? []).map(({ mutant }) => mutant)];
  const patches = new Set(all.filter(isPatch).map(({ id }) => id));
  return proof.suite.tests.map((test) => ({
    id: shortHash(test.printed.source),
    file: toSuiteRelative(input.outDir, test.printed.file),
    fullTitle: test.printed.fullTitle,
    origin: test.candidate.origin,
    ...toKills(toOwnKills(proof.matrix, test, idOf), patches),
    onlyCovers: (proof.counters.get(test.key) ?? [])
      .filter((counter) => isBranch(counter) && movers.get(counter) === 1)
      .sort(compare),
    reruns: proof.reruns,
    seed: input.seed,
    engine: test.candidate.engine ?? input.engine,
  }));
}

function toKills(
  kills: readonly string[],
  patches: ReadonlySet<string>,
): Pick<ProofCard, "kills" | "mutants"> {
  const arePatches = kills.length > 0 && kills.every((id) => patches.has(id));
  return arePatches ? { kills, mutants: "patch" } : { kills };
}

/** Kills by the test's own assertion: the only ones that a card may claim. */
function toOwnKills(
  matrix: KillMatrix,
  test: SuiteTest,
  idOf: ReadonlyMap<string, string>,
): readonly string[] {
  const row = [...(matrix.outcomes.get(test.key) ?? [])];
  return row
    .flatMap(([switchId, outcome]) => (outcome.isAssertion ? (idOf.get(switchId) ?? []) : []))
    .sort(compare);
}

function countMovers(
  counters: ReadonlyMap<string, readonly CounterId[]>,
): ReadonlyMap<CounterId, number> {
  const movers = new Map<CounterId, number>();
  for (const list of counters.values()) {
    for (const counter of new Set(list)) movers.set(counter, (movers.get(counter) ?? 0) + 1);
  }
  return movers;
}

function toProofMutant(mutant: Mutant): ProofMutant {
  const { id, file, mutator, range, replacement } = mutant;
  return { id, file, mutator, range, replacement };
}

/** A project-relative path, seen from the suite's folder; unchanged when it lies elsewhere. */
export function toSuiteRelative(outDir: string, path: string): string {
  const prefix = `${outDir.replace(/\/+$/, "")}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

function sortKeys<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)));
}

/** By code units, so that no locale has a say. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
