import type { SourceOverlay } from "../../contract/mutant.ts";
import type { Deadline } from "../../kernel/clock.ts";
import { TimeEnded } from "../session.ts";
import type { Session, SessionRequest } from "../session.ts";
import { activate } from "./activate.ts";
import { interpret } from "./interpret.ts";
import type { PairOutcome } from "./interpret.ts";
import { countPairs, takeChunk, toSequence } from "./jobs.ts";
import type { Job, PairList } from "./jobs.ts";

/** Test key → switch id → outcome. What is missing was not tried or could not be trusted. */
export interface KillMatrix {
  readonly outcomes: Map<string, Map<string, PairOutcome>>;
  /** Keys of tests that do not pass twice in a process; they get a few runs of their own, no more. */
  readonly passesOnce: Set<string>;
}

export function createKillMatrix(): KillMatrix {
  return { outcomes: new Map(), passesOnce: new Set() };
}

export function outcomeOf(
  matrix: KillMatrix,
  key: string,
  switchId: string,
): PairOutcome | undefined {
  return matrix.outcomes.get(key)?.get(switchId);
}

export interface RunPairsInput {
  readonly session: Session;
  readonly files: Readonly<Record<string, string>>;
  readonly overlay: SourceOverlay;
  /** Most wanted first. */
  readonly wanted: readonly PairList[];
  /** Filled as results come in. Pairs that already stand in it are not run again. */
  readonly matrix: KillMatrix;
  /** Asked again before each process starts: may a pair be left out by now? */
  readonly isWanted?: (list: PairList, switchId: string) => boolean;
  /** No further process starts after this, and running ones are cut; not after `session.deadline`. */
  readonly until: Deadline;
  readonly pairTimeoutMs: number;
  readonly onResults?: () => void;
  /** Which tests share a process. @defaultValue together */
  readonly company?: Company;
}

/**
 * - `together`: many tests a process, in the order of their files.
 * - `apart`: each test in a process of its own, or with few others that do not stand beside it: what one test leaves
 *   behind, such as a rule in a list of the module, can make another red under a mutant that it would survive.
 * - `whole-file`: each pair in a run of its whole file, with the mutant on from the start; at most 96 pairs.
 */
export type Company = "together" | "apart" | "whole-file";

/** Pairs of the first process, before their speed is known. */
const FIRST_CHUNK = 400;
/** Pairs of a process where no clock may have a say. */
const FIXED_CHUNK = 2_000;
const SMALLEST_CHUNK = 25;
const LARGEST_CHUNK = 20_000;
/** How long a process should take when its speed is known, ms: short against a budget, long against its start. */
const CHUNK_MS = 4_000;
/** Processes for questions that need one of their own; each costs a start of the runner. */
const MAX_SINGLES = 96;
/** How often a pair may come back without an answer before it is left. */
const MAX_ATTEMPTS = 6;
/** Limit of a run with one mutant on from the start, ms; a mutant that hangs costs this much. */
const SOLO_LIMIT_MS = 12_000;
const LEAST_SOLO_MS = 4_000;
/** What a pair adds to the time limit of its process at most, ms. */
const PAIR_ALLOWANCE_MS = 100;

/**
 * Tries mutants against tests in as few processes as time allows, several side by side. Ends when all
 * is tried or time is over; what was not reached is simply missing from the matrix.
 */
export async function runPairs(input: RunPairsInput): Promise<void> {
  const isTimed = Number.isFinite(input.until.remainingMs());
  const { company = "together" } = input;
  const state: PairRun = {
    pending: company === "together" ? [...input.wanted] : [],
    singles: toFirstJobs(company, input.wanted),
    singlesLeft: MAX_SINGLES,
    chunk: isTimed ? FIRST_CHUNK : FIXED_CHUNK,
  };
  await (isTimed ? runAsFree(input, state) : runInWaves(input, state));
}

/** Most processes of tests that are kept apart. */
const MOST_APART = 64;

function toFirstJobs(company: Company, wanted: readonly PairList[]): Job[] {
  switch (company) {
    case "together":
      return [];
    case "apart":
      return toGroups(wanted).map((lists): Job => ({ kind: "bulk", lists }));
    case "whole-file":
      return toSoloJobs(wanted).slice(0, MAX_SINGLES);
  }
}

/** Neighbours go to different groups: they are often about the same function. */
function toGroups(wanted: readonly PairList[]): readonly (readonly PairList[])[] {
  const count = Math.min(MOST_APART, wanted.length);
  return Array.from({ length: count }, (_none, group) =>
    wanted.filter((_list, index) => index % count === group),
  );
}

function toSoloJobs(wanted: readonly PairList[]): Job[] {
  return wanted.flatMap(({ test, switchIds }) =>
    switchIds.map((switchId): Job => ({ kind: "solo", lists: [{ test, switchIds: [switchId] }] })),
  );
}

/** Processes start together and are read in order, so that the result does not depend on their speed. */
async function runInWaves(input: RunPairsInput, state: PairRun): Promise<void> {
  for (;;) {
    const wave = nextJobs(input, state, input.session.concurrency);
    if (wave.length === 0) return;
    const settled = await Promise.allSettled(wave.map((job) => runJob(input, job)));
    for (const one of settled) if (one.status === "fulfilled") digest(input, state, one.value);
    input.onResults?.();
    const failed = settled.find((one) => one.status === "rejected");
    if (failed?.reason instanceof TimeEnded) return;
    if (failed !== undefined) throw failed.reason;
  }
}

/** A process starts as soon as another has ended: no time is lost on waiting for the slowest. */
async function runAsFree(input: RunPairsInput, state: PairRun): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: Error[] = [];
  const start = (job: Job): void => {
    const task = runJob(input, job)
      .then((result) => {
        adaptChunk(input, state, result);
        digest(input, state, result);
        input.onResults?.();
      })
      .catch((thrown: unknown) => {
        failures.push(thrown instanceof Error ? thrown : new Error(String(thrown)));
      })
      .finally(() => running.delete(task));
    running.add(task);
  };
  for (;;) {
    if (failures.length === 0 && !input.until.isOver()) {
      nextJobs(input, state, input.session.concurrency - running.size).forEach(start);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  const failure = failures.find((thrown) => !(thrown instanceof TimeEnded));
  if (failure !== undefined) throw failure;
}

interface PairRun {
  pending: PairList[];
  readonly singles: Job[];
  singlesLeft: number;
  chunk: number;
}

/** The next processes: first those that need one of their own, then chunks. */
function nextJobs(input: RunPairsInput, state: PairRun, count: number): readonly Job[] {
  const jobs: Job[] = [];
  if (count <= 0) return jobs;
  state.pending = state.pending
    .filter((list) => !input.matrix.passesOnce.has(list.test.key))
    .flatMap((list) => toOpen(input, list));
  const share = Math.ceil(countPairs(state.pending) / input.session.concurrency);
  const size = Math.min(state.chunk, Math.max(share, SMALLEST_CHUNK));
  while (jobs.length < count) {
    const single = state.singles.shift();
    if (single !== undefined) {
      const lists = single.lists.flatMap((list) => toOpen(input, list));
      if (lists.length > 0) jobs.push({ kind: single.kind, lists });
      continue;
    }
    const lists = takeChunk(state.pending, size);
    if (lists.length === 0) break;
    jobs.push({ kind: "bulk", lists });
  }
  return jobs;
}

function toOpen(input: RunPairsInput, list: PairList): readonly PairList[] {
  const switchIds = list.switchIds.filter(
    (switchId) =>
      outcomeOf(input.matrix, list.test.key, switchId) === undefined &&
      (input.isWanted?.(list, switchId) ?? true),
  );
  return switchIds.length === 0 ? [] : [{ ...list, switchIds }];
}

interface JobResult {
  readonly kind: Job["kind"];
  readonly executed: number;
  readonly durationMs: number;
  readonly interpretation: ReturnType<typeof interpret>;
}

async function runJob(input: RunPairsInput, job: Job): Promise<JobResult> {
  const report = await input.session.until(input.until).run(toRequest(input, job));
  return {
    kind: job.kind,
    executed: report.pairs.length,
    durationMs: report.durationMs,
    interpretation: interpret(job, report),
  };
}

/** Where time is short, a mutant that hangs may not use up a large part of it. */
function toSoloLimit(input: RunPairsInput): number {
  const shareMs = input.until.remainingMs() / 6;
  return Math.min(SOLO_LIMIT_MS, Math.max(LEAST_SOLO_MS, shareMs));
}

function toRequest(input: RunPairsInput, job: Job): SessionRequest {
  const run = [...new Set(job.lists.map((list) => list.test.printed.file))].sort();
  const files = Object.fromEntries(run.map((file) => [file, input.files[file] ?? ""]));
  const { kind } = job;
  if (kind === "solo") {
    const mutant = job.lists[0]?.switchIds[0] ?? "";
    const overlay = activate(input.overlay, mutant);
    const mode = { kind: "plain", shuffleSeed: null, mutant } as const;
    return { files, run, overlay, mode, limitMs: toSoloLimit(input) };
  }
  const pairs = job.lists.map((list) => ({
    file: list.test.printed.file,
    fullTitle: list.test.printed.fullTitle,
    switchIds: toSequence(kind, list),
  }));
  const { overlay, pairTimeoutMs } = input;
  return {
    files,
    run,
    overlay,
    mode: { kind: "mutants", pairs, stopAtFirstKill: false, pairTimeoutMs },
    extraTimeoutMs: countPairs(job.lists) * PAIR_ALLOWANCE_MS,
  };
}

function digest(input: RunPairsInput, state: PairRun, result: JobResult): void {
  const { outcomes, followUps, again, passesOnce } = result.interpretation;
  for (const { key, switchId, outcome } of outcomes) {
    const row = input.matrix.outcomes.get(key) ?? new Map<string, PairOutcome>();
    row.set(switchId, outcome);
    input.matrix.outcomes.set(key, row);
  }
  for (const key of passesOnce) input.matrix.passesOnce.add(key);
  for (const job of followUps) {
    if (state.singlesLeft <= 0) break;
    state.singlesLeft -= 1;
    state.singles.push(job);
  }
  state.pending.unshift(...again.filter((list) => (list.attempt ?? 0) < MAX_ATTEMPTS));
}

/** Learns how many pairs fit a process of good length. */
function adaptChunk(input: RunPairsInput, state: PairRun, result: JobResult): void {
  if (result.kind !== "bulk" || result.executed === 0) return;
  const pace = result.durationMs / result.executed;
  const targetMs = Math.min(CHUNK_MS, input.until.remainingMs());
  state.chunk = Math.round(
    Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, targetMs / Math.max(pace, 0.05))),
  );
}
