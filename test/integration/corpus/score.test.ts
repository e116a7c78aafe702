import { describe, expect, test } from "vitest";
import { type Fate, playModule } from "../../../bench/corpus/play-module.ts";
import { FALSE_LABELS, isRight, rate } from "../../../bench/corpus/rate.ts";
import { hasNamespace } from "../../e2e/support/cli.ts";
import { type CandidateLabel, type CorpusModule, loadCorpus } from "../../corpus/schema.ts";

/** Labels that none of the two modules has which are played whole. */
const RARE: readonly CandidateLabel[] = ["over-mocked", "sleeps"];

/** Two of the twelve, and of a third what has other labels; `npm run bench:corpus` plays them all. */
const MODULES = loadCorpus().flatMap((module): readonly CorpusModule[] => {
  if (["duration", "semver-compare"].includes(module.name)) return [module];
  if (module.name !== "rate-limiter") return [];
  const hasRare = ({ label }: { readonly label: CandidateLabel }): boolean => RARE.includes(label);
  return [{ ...module, answers: module.answers.filter((one) => one.candidates.some(hasRare)) }];
});
const [SHORT] = MODULES;

const of = (fates: readonly Fate[], label: CandidateLabel): readonly Fate[] =>
  fates.filter((one) => one.label === label);

const show = ({ label, title, fate, alone, verdict, detail }: Fate): string =>
  `${label}: ${title} is ${fate} (alone: ${String(alone)}, verdict: ${String(verdict)}) ${detail}`;

describe.skipIf(!hasNamespace())("recorded answers of models", { timeout: 360_000 }, () => {
  test("have every label in what is played here", () => {
    const played = MODULES.flatMap(({ answers }) => answers.flatMap((one) => one.candidates));
    const missing = [...FALSE_LABELS, "good", "wrong-import"].filter(
      (label) => !played.some((one) => one.label === label),
    );
    expect(missing).toEqual([]);
  });

  test.each(MODULES)("of $name fare as they deserve, for the right reasons", async (module) => {
    const fates = await playModule(module, "recorded", 3);

    expect(fates.filter((fate) => !isRight(fate, "recorded")).map(show)).toEqual([]);
    expect(rate(fates, "recorded").filter(({ isMet }) => !isMet)).toEqual([]);
    // No rewrite was needed where nobody tried one.
    if (module.truth.bug !== null) expect(of(fates, "rewritten").length).toBeGreaterThan(0);
  });

  test("put nothing false into a suite where every judge lies", async () => {
    if (SHORT === undefined) throw new Error("the corpus lacks its modules");
    const fates = await playModule(SHORT, "liar", 2);

    const admitted = fates.filter(({ fate }) => fate === "admitted");
    expect(admitted.filter(({ label }) => FALSE_LABELS.includes(label)).map(show)).toEqual([]);
    expect(of(admitted, "good").length).toBeGreaterThan(0);
  });
});
