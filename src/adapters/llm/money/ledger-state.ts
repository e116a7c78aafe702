import { z } from "zod";
import type { PicoDollars } from "../../../contract/model/usage.ts";

/** Money and tokens. */
export interface Amount {
  readonly cost: PicoDollars;
  readonly tokens: number;
}

/** What a run has spent. */
export interface RunSpending extends Amount {
  /** False where a call went to a model that has no price, so that `cost` is only a part. */
  readonly isPriced: boolean;
}

/** An amount as JSON holds it, in 10⁻¹² dollars. */
interface StoredAmount {
  pico: string;
  tokens: number;
}

interface Sum extends StoredAmount {
  at: string;
}

interface RunSum extends Sum {
  isPriced: boolean;
  /** Set aside by processes that died before they knew what it came to. */
  lostPico: string;
  lostTokens: number;
}

/** Set aside for a call that is being made. */
export interface Hold extends StoredAmount {
  id: string;
  owner: string;
  day: string;
  repository: string;
  run: string;
}

export interface LedgerState {
  v: 1;
  days: Record<string, Sum>;
  repositories: Record<string, Sum>;
  runs: Record<string, RunSum>;
  held: Hold[];
}

const amount = { pico: z.string().regex(/^\d+$/u), tokens: z.int().min(0) };
const sum = z.object({ ...amount, at: z.string() });
const run = z.object({
  ...{ ...amount, at: z.string(), isPriced: z.boolean() },
  ...{ lostPico: amount.pico, lostTokens: amount.tokens },
});
const hold = z.object({
  ...{ ...amount, id: z.string(), owner: z.string() },
  ...{ day: z.string(), repository: z.string(), run: z.string() },
});

const stateSchema: z.ZodType<LedgerState> = z.object({
  v: z.literal(1),
  days: z.record(z.string(), sum),
  repositories: z.record(z.string(), sum),
  runs: z.record(z.string(), run),
  held: z.array(hold),
});

/** Whose spending it is. `day`: of UTC, `2026-11-28`. */
export type Account = Pick<Hold, "day" | "repository" | "run">;

const MOST_DAYS = 2;
/** A run that nobody took up for so long, and so many later ones, is not taken up again. */
const MOST_RUNS = 1_000;
const MOST_REPOSITORIES = 5_000;

/** @throws ZodError or SyntaxError for anything but a ledger */
export function parseState(text: string): LedgerState {
  return stateSchema.parse(JSON.parse(text));
}

export function createState(): LedgerState {
  return { v: 1, days: {}, repositories: {}, runs: {}, held: [] };
}

/** Books an amount on its day, repository and run, and forgets those that were touched longest ago. */
export function book(
  state: LedgerState,
  { day, repository, run: runId }: Account,
  { cost, tokens, isPriced }: RunSpending,
): void {
  state.days[day] = add(state.days[day], { cost, tokens }, day);
  state.repositories[repository] = add(state.repositories[repository], { cost, tokens }, day);
  const known = findRun(state, runId, day);
  state.runs[runId] = {
    ...known,
    ...add(known, { cost, tokens }, day),
    isPriced: known.isPriced && isPriced,
  };
  trim(state.days, MOST_DAYS);
  trim(state.repositories, MOST_REPOSITORIES);
  trim(state.runs, MOST_RUNS);
}

/** Nobody will ever know what the calls of a dead process came to: they count with the most that they could. */
export function bookLost(state: LedgerState, isAlive: (owner: string) => boolean): void {
  const lost = state.held.filter(({ owner }) => !isAlive(owner));
  if (lost.length === 0) return;
  state.held = state.held.filter((one) => !lost.includes(one));
  for (const { pico, tokens, ...account } of lost) {
    const most = { cost: BigInt(pico), tokens };
    const { day, repository, run: runId } = account;
    state.days[day] = add(state.days[day], most, day);
    state.repositories[repository] = add(state.repositories[repository], most, day);
    const known = findRun(state, runId, day);
    const all = add({ pico: known.lostPico, tokens: known.lostTokens }, most, day);
    state.runs[runId] = { ...known, at: day, lostPico: all.pico, lostTokens: all.tokens };
  }
}

/** What is booked and set aside within each bound. */
export function sumUp(
  state: LedgerState,
  { day, repository, run: runId }: Account,
): Readonly<Record<"run" | "day" | "repository", Amount>> {
  const held = (isIn: (one: Hold) => boolean): Amount =>
    state.held.filter(isIn).reduce((total, one) => plus(total, toAmount(one)), NOTHING);
  const own = findRun(state, runId, day);
  const lost = { cost: BigInt(own.lostPico), tokens: own.lostTokens };
  return {
    run: plus(
      plus(toAmount(own), lost),
      held((one) => one.run === runId),
    ),
    day: plus(
      toAmount(state.days[day]),
      held((one) => one.day === day),
    ),
    repository: plus(
      toAmount(state.repositories[repository]),
      held((one) => one.repository === repository),
    ),
  };
}

/** What is known of a run; nothing where it has spent nothing. */
export function findRun(
  state: LedgerState,
  runId: string,
  day: string,
): LedgerState["runs"][string] {
  const nothing = { pico: "0", tokens: 0, lostPico: "0", lostTokens: 0 };
  return state.runs[runId] ?? { ...nothing, at: day, isPriced: true };
}

const NOTHING: Amount = { cost: 0n, tokens: 0 };

function toAmount(sum: Pick<Sum, "pico" | "tokens"> | undefined): Amount {
  return sum === undefined ? NOTHING : { cost: BigInt(sum.pico), tokens: sum.tokens };
}

function plus(a: Amount, b: Amount): Amount {
  return { cost: a.cost + b.cost, tokens: a.tokens + b.tokens };
}

function add(sum: Pick<Sum, "pico" | "tokens"> | undefined, more: Amount, at: string): Sum {
  const { cost, tokens } = plus(toAmount(sum), more);
  return { pico: cost.toString(), tokens, at };
}

/** Keeps the entries that were touched last. */
function trim(entries: Record<string, { readonly at: string }>, most: number): void {
  const names = Object.keys(entries);
  if (names.length <= most) return;
  const touched = (name: string): string => entries[name]?.at ?? "";
  const old = names.toSorted((a, b) => (touched(a) < touched(b) ? -1 : 1));
  for (const name of old.slice(0, names.length - most)) Reflect.deleteProperty(entries, name);
}
