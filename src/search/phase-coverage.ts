import { takeCommon, toJobBase, type Campaign } from "./campaign.ts";
import type { CorpusItem, JobLimit } from "./protocol.ts";

/**
 * Rounds of coverage search on several islands. Each island starts from the corpus of the round
 * before; what they found is merged in a fixed order, so that the number of processes at work does
 * not show. Saved progress is merged at once, for the eye and for a crash.
 */
export async function searchForCoverage(campaign: Campaign): Promise<void> {
  const { rounds } = campaign.plan;
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0 && campaign.plan.isOver("coverage")) return;
    // The first round is the long one: later ones only spread what the islands found.
    const limit = campaign.plan.limitOf("coverage", round === rounds - 1 ? 1 : 0.6);
    const before = campaign.archive.covered.size;
    const isSaturated = await runRound(campaign, round, limit);
    const gained = campaign.archive.covered.size - before;
    // A later round that brings next to nothing leaves its time to the mutants.
    if (isSaturated || (round > 0 && gained < before * 0.002)) return;
  }
}

async function runRound(campaign: Campaign, round: number, limit: JobLimit): Promise<boolean> {
  const { plan, crew, archive } = campaign;
  const start = [...archive.items];
  const found = Array.from({ length: plan.islands }, (): CorpusItem[] => []);
  const ends = await campaign.inParallel(
    found.map(
      (items, island) => () =>
        crew.run({
          build: "counters",
          limit,
          create: (base) => ({
            ...toJobBase(campaign, base, `coverage/${round}/${island}`),
            kind: "coverage",
            corpus: [...start, ...items],
            patience: plan.patience,
          }),
          onMessage(message) {
            takeCommon(campaign, message);
            if (message.kind !== "items") return;
            items.push(...message.items);
            campaign.report("coverage");
          },
        }),
    ),
  );
  for (const items of found) for (const item of items) archive.addItem(item);
  campaign.report("coverage");
  return ends.every(({ isSaturated }) => isSaturated);
}
