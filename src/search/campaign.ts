import type { ModuleModel } from "../contract/api-model.ts";
import type { Mutant } from "../contract/mutant.ts";
import type { TestProgram } from "../contract/program.ts";
import type { ProposeInput } from "../ports/proposer.ts";
import type { Archive } from "./archive.ts";
import type { HangSuspects } from "./findings/judge-hang.ts";
import type { Crew, OrderBase } from "./crew.ts";
import { callsAny } from "./engine/deferral.ts";
import type { Obstacles } from "./obstacles.ts";
import type { SearchPlan } from "./plan.ts";
import type { JobBase, WorkerMessage } from "./protocol.ts";
import type { Answers } from "./saved/answers.ts";
import type { Evaluated } from "./saved/evaluated.ts";
import type { RunningFinds } from "./saved/running-finds.ts";

/** What the phases of one search share. */
export interface Campaign {
  readonly input: ProposeInput;
  readonly plan: SearchPlan;
  readonly crew: Crew;
  readonly archive: Archive;
  /** What is found and not yet in the archive, for the saved state. */
  readonly running: RunningFinds;
  readonly evaluated: Evaluated;
  /** What processes answered to the phases after the search; an interrupted search need not ask again. */
  readonly answers: Answers;
  /** Programs that did not seem to end. */
  readonly hangs: HangSuspects;
  /** What is in the way of tests. */
  readonly obstacles: Obstacles;
  /** Source files in the order that counter numbers follow. */
  readonly files: readonly string[];
  readonly fixtureModules: readonly string[];
  /** Callees (`toCalleeKey`) that change what later programs find, as far as the coverage phase saw. */
  deferred: readonly string[];
  /** Goal mutants; filled before the mutation phase. */
  mutants: readonly Mutant[];
  /** Calls at most `workers` at a time, in order of the list. */
  inParallel<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]>;
  /** Tells how far the search is; `killed` where more is known than the archive holds yet. */
  report(phase: "coverage" | "mutation" | "recording", killed?: number): void;
}

/** Loop iterations and calls that one program may use at first. */
const FUEL = 100_000;

/** Fills in what jobs of one campaign have in common. */
export function toJobBase(campaign: Campaign, base: OrderBase, label: string): JobBase {
  const { input } = campaign;
  return {
    workRoot: base.workRoot,
    transpiled: base.transpiled,
    limit: base.limit,
    blacklist: base.blacklist,
    journal: base.journal,
    modules: listModules(campaign, base.skipped),
    files: campaign.files,
    goalFiles: input.onlyFiles,
    only: input.only,
    fixtureModules: campaign.fixtureModules,
    seed: `${input.seed}/${label}`,
    fuel: FUEL,
    clockShiftMs: null,
    isElsewhere: false,
  };
}

function listModules(campaign: Campaign, skipped: ReadonlySet<string>): readonly ModuleModel[] {
  return campaign.input.api.modules.filter(({ file }) => !skipped.has(file));
}

/** Takes what any job may say about the target into the archive. */
export function takeCommon(campaign: Campaign, message: WorkerMessage): void {
  if (message.kind === "layout") campaign.archive.setLayout(message.file, message);
  if (message.kind === "barren") campaign.obstacles.take(message);
  if (message.kind === "loaded") campaign.archive.setLoaded(message.counters);
}

/** The list with those programs last that change what others find. */
export function changersLast<T>(
  { deferred }: Pick<Campaign, "deferred">,
  items: readonly T[],
  toProgram: (item: T) => TestProgram | undefined,
): T[] {
  const changers = new Set(deferred);
  const isLast = (item: T): boolean => {
    const program = toProgram(item);
    return program !== undefined && callsAny(program, changers);
  };
  return [...items.filter((item) => !isLast(item)), ...items.filter(isLast)];
}

/** Splits a list over islands, round robin. */
export function deal<T>(items: readonly T[], islands: number): T[][] {
  const hands = Array.from({ length: islands }, (): T[] => []);
  items.forEach((item, index) => hands[index % islands]?.push(item));
  return hands;
}

/** A program's text, which names it. */
export function toProgramKey(program: TestProgram): string {
  return JSON.stringify(program);
}
