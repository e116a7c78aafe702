import { takeCommon, toJobBase, type Campaign } from "./campaign.ts";
import type { CorpusItem, JobLimit } from "./protocol.ts";

/**
 * Rounds of coverage search on several islands. Each island starts from the corpus of the round
 * before; what they found is merged in a fixed order, so that the number of processes at work does
 * not show. What is saved for a crash has it at once.
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
  const changers = found.map((_items, island) =>
    watchesState(campaign, round, island, limit) ? [...campaign.deferred] : null,
  );
  const ends = await campaign.inParallel(
    found.map((items, island) => () => {
      const deferred = changers[island] ?? null;
      let changes = 0;
      return crew.run({
        build: "counters",
        limit,
        create: (base) => ({
          ...toJobBase(campaign, base, `coverage/${round}/${island}`),
          kind: "coverage",
          corpus: [...start, ...items],
          patience: plan.patience,
          watchesState: deferred !== null && changes < MOST_CHANGES,
          deferred: deferred ?? [],
        }),
        onMessage(message) {
          takeCommon(campaign, message);
          if (message.kind === "state-changed") {
            changes += 1;
            if (message.callee !== null) {
              deferred?.push(message.callee);
              campaign.running.addDeferred(message.callee);
            }
          }
          if (message.kind !== "items") return;
          items.push(...message.items);
          campaign.running.addItems(message.items);
          campaign.report("coverage");
        },
      });
    }),
  );
  campaign.deferred = [...new Set([...campaign.deferred, ...changers.flatMap((one) => one ?? [])])];
  for (const items of found) for (const item of items) archive.addItem(item);
  campaign.running.clear();
  campaign.report("coverage");
  return ends.every(({ isSaturated }) => isSaturated);
}

/** So often an island may begin anew in one round because a program changed what others find. */
const MOST_CHANGES = 4;
/** Fresh processes do not pay in a job shorter than this, ms and executions. */
const LEAST_WATCHED_MS = 5_000;
const LEAST_WATCHED_EXECUTIONS = 600;

/**
 * Every other island keeps its process as it was loaded, and leaves programs that change it for the end; the others
 * take them as they come. Where there is but one island, the rounds take turns.
 */
function watchesState({ plan }: Campaign, round: number, island: number, limit: JobLimit): boolean {
  const isLong =
    limit.kind === "time"
      ? limit.durationMs >= LEAST_WATCHED_MS
      : limit.count >= LEAST_WATCHED_EXECUTIONS;
  return isLong && (plan.islands === 1 ? round : island) % 2 === 0;
}
