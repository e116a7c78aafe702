import { describe, expect, test } from "vitest";
import { type Fate, playModule } from "../../../bench/corpus/play-module.ts";
import { hasNamespace } from "../../e2e/support/cli.ts";
import { type CandidateLabel, loadCorpus } from "../../corpus/schema.ts";

/** Two of the twelve; `npm run bench:corpus` plays them all. */
const MODULES = loadCorpus().filter(({ name }) => ["duration", "semver-compare"].includes(name));
const SOUND: readonly CandidateLabel[] = ["good", "wrong-import"];
const FITS: readonly Fate["fate"][] = ["admitted", "adds-nothing"];

const of = (fates: readonly Fate[], label: CandidateLabel): readonly Fate[] =>
  fates.filter((one) => one.label === label);

describe.skipIf(!hasNamespace())("recorded answers of models", { timeout: 240_000 }, () => {
  test.each(MODULES)("of $name fare as they deserve", async (module) => {
    const fates = await playModule(module, "recorded", 3);
    expect(fates.length).toBeGreaterThan(10);
    for (const { label, fate, title } of fates) {
      const isSound = SOUND.includes(label);
      expect(FITS.includes(fate), `${label}: ${title} is ${fate}`).toBe(isSound);
    }
    for (const { isFinding, verdict } of of(fates, "bug"))
      expect(isFinding || verdict === "unspecified").toBe(true);
    for (const { isFinding } of of(fates, "wrong-expectation")) expect(isFinding).toBe(false);
    for (const { fate } of of(fates, "injection")) expect(fate).toBe("reaches-outside");
    for (const { fate } of of(fates, "tautology")) expect(fate).toBe("tautology");
  });

  test("put nothing false into a suite where every judge lies", async () => {
    const [module] = MODULES;
    if (module === undefined) throw new Error("the corpus lacks its modules");
    const fates = await playModule(module, "liar", 2);
    const admitted = fates.filter(({ fate }) => fate === "admitted");
    expect(admitted.map(({ label }) => label).filter((label) => !SOUND.includes(label))).toEqual(
      [],
    );
    expect(admitted.length).toBeGreaterThan(0);
  });
});
