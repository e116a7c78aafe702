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
import type { JobLimit, ShrinkTask } from "./protocol.ts";
import type { BuildName } from "./workspace.ts";

/** A program chosen for the suite, and why. */
export interface Choice {
  readonly program: TestProgram;
  /** Counter numbers that it moves. */
  readonly counters: readonly number[];
  /** Switch ids that it kills. */
  readonly kills: readonly string[];
}

const PER_TASK = 250;

/**
 * Chooses few small programs that keep every kill and every counter: killers first, shrunk; then,
 * greedily, programs for counters that those do not move (Chvátal's greedy set cover).
 */
export async function selectPrograms(campaign: Campaign): Promise<readonly Choice[]> {
  const killers = await shrinkKillers(campaign);
  const pool = listPool(campaign, killers);
  const counters = await measure(
    campaign,
    pool.map(({ program }) => program),
  );
  const measured = pool.map((choice, index) => ({ ...choice, counters: counters[index] ?? [] }));
  const fixed = measured.slice(0, killers.length);
  const covered = new Set(fixed.flatMap((choice) => choice.counters));
  const extra = coverGreedily(measured.slice(killers.length), covered);
  const shrunk = await shrinkForCounters(campaign, extra);
  return orderByValue([...fixed, ...shrunk]);
}

async function shrinkKillers(campaign: Campaign): Promise<Choice[]> {
  const killers = [...campaign.archive.killers.values()].map(({ program, kills }) => ({
    program,
    counters: [],
    kills: [...kills],
  }));
  return shrink(campaign, "mutants", killers, campaign.plan.limitOf("shrink", 0.6), (choice) => ({
    program: choice.program,
    counters: [],
    kills: choice.kills,
  }));
}

function listPool({ archive }: Campaign, killers: readonly Choice[]): Choice[] {
  const seen = new Set(killers.map(({ program }) => toProgramKey(program)));
  const rest: Choice[] = [];
  const add = (program: TestProgram): void => {
    const key = toProgramKey(program);
    if (seen.has(key)) return;
    seen.add(key);
    rest.push({ program, counters: [], kills: [] });
  };
  for (const { program, fresh } of archive.items) if (fresh.length > 0) add(program);
  return [...killers, ...rest];
}

/** Runs the programs once more, in processes of their own, and reads which counters each moves. */
async function measure(
  campaign: Campaign,
  programs: readonly TestProgram[],
): Promise<(readonly number[])[]> {
  const results = new Map<number, readonly number[]>();
  const open = [...programs.keys()].filter((index) => {
    const known = campaign.answers.find("measured", programs[index]);
    if (known !== null) results.set(index, known.counters);
    return known === null;
  });
  const order = changersLast(campaign, open, (index) => programs[index]);
  const hands = deal(order, campaign.plan.islands);
  await campaign.inParallel(
    hands.map((indexes, island) => async () => {
      let done = 0;
      await campaign.crew.run({
        build: "counters",
        limit: withoutCount(campaign.plan.limitOf("record", 0.4)),
        create: (base, losses) => {
          if (losses > 0) done += 1;
          const rest = indexes.slice(done);
          if (rest.length === 0) return null;
          return {
            ...toJobBase(campaign, base, `measure/${island}`),
            kind: "measure",
            programs: rest.flatMap((index) => programs[index] ?? []),
          };
        },
        onMessage(message) {
          takeCommon(campaign, message);
          if (message.kind !== "measured") return;
          const index = indexes[done];
          if (index === undefined) return;
          campaign.answers.add(programs[index], message);
          results.set(index, message.counters);
          done += 1;
        },
      });
    }),
  );
  return programs.map((_, index) => results.get(index) ?? []);
}

function withoutCount(limit: JobLimit): JobLimit {
  return limit.kind === "time" ? limit : { kind: "executions", count: 10_000_000 };
}

/** Picks, again and again, the program that adds most counters for its cost. */
function coverGreedily(pool: readonly Choice[], covered: Set<number>): Choice[] {
  const left = pool
    .map((choice) => ({ choice, cost: toCost(choice.program) }))
    .filter(({ choice }) => choice.counters.some((counter) => !covered.has(counter)));
  const chosen: Choice[] = [];
  while (left.length > 0) {
    let best = -1;
    let bestValue = 0;
    for (const [index, { choice, cost }] of left.entries()) {
      const gain = choice.counters.reduce(
        (sum, counter) => sum + (covered.has(counter) ? 0 : 1),
        0,
      );
      const value = gain / (60 + cost);
      if (value > bestValue) {
        best = index;
        bestValue = value;
      }
    }
    const [picked] = best < 0 ? [] : left.splice(best, 1);
    if (picked === undefined) break;
    // From here on `counters` holds what the program is wanted for.
    const wanted = picked.choice.counters.filter((counter) => !covered.has(counter));
    for (const counter of wanted) covered.add(counter);
    chosen.push({ ...picked.choice, counters: wanted });
  }
  return chosen;
}

function shrinkForCounters(campaign: Campaign, choices: readonly Choice[]): Promise<Choice[]> {
  return shrink(campaign, "counters", choices, campaign.plan.limitOf("shrink"), (choice) => ({
    program: choice.program,
    counters: choice.counters,
    kills: [],
  }));
}

async function shrink(
  campaign: Campaign,
  build: BuildName,
  choices: readonly Choice[],
  limit: JobLimit,
  toTask: (choice: Choice) => ShrinkTask,
): Promise<Choice[]> {
  const results = [...choices];
  const open = [...choices.entries()].flatMap(([index, choice]) => {
    const known = campaign.answers.find("shrunk", [build, toTask(choice)]);
    if (known !== null) results[index] = { ...choice, program: known.program };
    return known === null ? [index] : [];
  });
  if (open.length === 0 || campaign.plan.isOver("shrink")) return mergeTwins(results);
  const hands = deal(open, campaign.plan.islands);
  await campaign.inParallel(
    hands.map((indexes, island) => async () => {
      let done = 0;
      await campaign.crew.run({
        build,
        limit,
        create: (base, losses) => {
          if (losses > 0) done += 1;
          const rest = indexes.slice(done);
          if (rest.length === 0) return null;
          const offset = done;
          return {
            ...toJobBase(campaign, base, `shrink/${build}/${island}/${offset}`),
            kind: "shrink",
            build: build === "mutants" ? "mutants" : "counters",
            tasks: rest.flatMap((index) => {
              const choice = choices[index];
              return choice === undefined ? [] : [toTask(choice)];
            }),
            perTask: PER_TASK,
            offset,
          };
        },
        onMessage(message) {
          takeCommon(campaign, message);
          if (message.kind !== "shrunk") return;
          const index = indexes[message.index];
          const choice = index === undefined ? undefined : results[index];
          if (index === undefined || choice === undefined) return;
          campaign.answers.add([build, toTask(choice)], message);
          results[index] = { ...choice, program: message.program };
          done = message.index + 1;
        },
      });
    }),
  );
  return mergeTwins(results);
}

/** Shrinking may make two programs one. */
function mergeTwins(choices: readonly Choice[]): Choice[] {
  const merged = new Map<string, Choice>();
  for (const choice of choices) {
    const key = toProgramKey(choice.program);
    const twin = merged.get(key);
    merged.set(
      key,
      twin === undefined
        ? choice
        : {
            program: choice.program,
            counters: [...new Set([...twin.counters, ...choice.counters])],
            kills: [...new Set([...twin.kills, ...choice.kills])],
          },
    );
  }
  return [...merged.values()];
}

/** Most valuable first: what a program adds to those before it. */
function orderByValue(choices: readonly Choice[]): Choice[] {
  const seen = new Set<number>();
  const left = [...choices].sort(
    (a, b) => b.kills.length + b.counters.length - (a.kills.length + a.counters.length),
  );
  const rated = left.map((choice) => {
    const added = choice.counters.filter((counter) => !seen.has(counter)).length;
    for (const counter of choice.counters) seen.add(counter);
    return { choice, value: choice.kills.length + added };
  });
  return rated.sort((a, b) => b.value - a.value).map(({ choice }) => choice);
}
