import type { TestProgram } from "../contract/program.ts";
import {
  changersLast,
  deal,
  takeCommon,
  toJobBase,
  toProgramKey,
  type Campaign,
} from "./campaign.ts";
import { toCost } from "./engine/program-tools.ts";
import type { JobLimit, WorkerMessage } from "./protocol.ts";

/** What the mutation phase learned beside the kills. */
export interface MutationOutcome {
  /** Switch ids of mutants that ran only while modules loaded. */
  readonly loadTime: ReadonlySet<string>;
}

/**
 * Runs the corpus against every mutant, then looks for programs near the survivors. Each island has
 * its own share of the mutants; the shares do not depend on the number of workers.
 */
export async function searchForKills(
  campaign: Campaign,
  limit: JobLimit,
): Promise<MutationOutcome> {
  const { plan, archive, crew } = campaign;
  const programs = orderPrograms(campaign);
  const atLoad = new Set<string>();
  const covered = new Set<string>();
  const seen = new Set<string>(archive.killed);
  const shares = deal(campaign.mutants, plan.islands);
  const found = shares.map((): { program: TestProgram; switchIds: readonly string[] }[] => []);
  await campaign.inParallel(
    shares.map((mutants, island) => async () => {
      const kills = found[island] ?? [];
      let evaluated = 0;
      await crew.run({
        build: "mutants",
        limit,
        create: (base) => ({
          ...toJobBase(campaign, base, `mutation/${island}/${kills.length}`),
          kind: "mutation",
          programs: [
            ...programs.map((program, index) => ({
              program,
              isEvaluated: index < evaluated || campaign.evaluated.wasBefore(island, program),
            })),
            ...kills.map(({ program }) => ({ program, isEvaluated: true })),
          ],
          mutants: mutants.map(({ switchId, file }) => ({ switchId, file })),
          killed: [...archive.killed, ...kills.flatMap(({ switchIds }) => switchIds)],
          explores: true,
          deferred: campaign.deferred,
          patience: plan.patience * 4,
        }),
        onMessage(message) {
          takeCommon(campaign, message);
          if (message.kind === "reached") {
            for (const id of message.atLoad) atLoad.add(id);
            for (const id of message.covered) covered.add(id);
          }
          noteForSave(campaign, island, programs, message);
          if (message.kind !== "kills") return;
          if (message.index !== null) evaluated = Math.max(evaluated, message.index + 1);
          kills.push({ program: message.program, switchIds: message.switchIds });
          for (const id of message.switchIds) seen.add(id);
          campaign.report("mutation", seen.size);
        },
      });
    }),
  );
  for (const kills of found) {
    for (const { program, switchIds } of kills) archive.addKills(program, switchIds);
  }
  campaign.running.clear();
  campaign.report("mutation");
  return { loadTime: new Set([...atLoad].filter((id) => !covered.has(id))) };
}

/** Beats come by the clock, so that what they tell of may be saved but must not steer the search. */
function noteForSave(
  { running, evaluated }: Campaign,
  island: number,
  programs: readonly TestProgram[],
  message: WorkerMessage,
): void {
  if (message.kind === "beat") {
    evaluated.noteFirst(island, programs, message.evaluated ?? 0);
  }
  if (message.kind !== "kills" && message.kind !== "kills-so-far") return;
  running.addKills(message.program, message.switchIds);
  // Of its own finds a job tries every mutant that they reach before it tells of them.
  if (message.kind === "kills" && message.index === null) evaluated.note(island, message.program);
}

/**
 * Simple programs first: they get the kills, and the suite gets simple tests. Those that change what others find
 * come last.
 */
function orderPrograms(campaign: Campaign): TestProgram[] {
  const { archive } = campaign;
  const programs = new Map<string, TestProgram>();
  for (const { program } of archive.items) programs.set(toProgramKey(program), program);
  for (const [key, { program }] of archive.killers) programs.set(key, program);
  const byCost = [...programs.values()]
    .map((program) => ({ program, cost: toCost(program) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ program }) => program);
  return changersLast(campaign, byCost, (program) => program);
}
