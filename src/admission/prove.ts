import type { CounterId, CoverageMap } from "../contract/coverage.ts";
import type { Mutant, PatchBuild, SourceOverlay } from "../contract/mutant.ts";
import { createDeadline, type Clock, type Deadline } from "../kernel/clock.ts";
import type { Evidence } from "./evidence.ts";
import type { PairList } from "./mutants/jobs.ts";
import type { Company, KillMatrix } from "./mutants/run-pairs.ts";
import { createKillMatrix, outcomeOf, runPairs } from "./mutants/run-pairs.ts";
import { runPatches, toPatchIds } from "./mutants/run-patches.ts";
import { areFew, hasOwnKill, TRIES } from "./kills.ts";
import type { PassDeps } from "./pass.ts";
import { STANDARD_CONDITIONS, TimeEnded } from "./session.ts";
import type { RunConditions } from "./session.ts";
import type { Blame, GreenRun, GreenRunOutcome } from "./stable.ts";
import { findUnstable, toPlainRun } from "./stable.ts";
import { settleAll } from "./settle-all.ts";
import type { Suite, SuiteTest } from "./suite.ts";

/** What runs of the files as written gave. Everything reported is drawn from here. */
export interface Proof {
  readonly suite: Suite;
  readonly coverage: CoverageMap;
  /** Test key → counters it moved. */
  readonly counters: ReadonlyMap<string, readonly CounterId[]>;
  /** Test key → switch ids of mutants it executed. */
  readonly executed: ReadonlyMap<string, ReadonlySet<string>>;
  readonly atLoad: ReadonlySet<string>;
  readonly matrix: KillMatrix;
  /** Re-runs that every test passed. */
  readonly reruns: number;
}

export type ProofOutcome =
  | { readonly kind: "proven"; readonly proof: Proof }
  /** Candidate id → why the written test is out. */
  | { readonly kind: "refuted"; readonly blamed: ReadonlyMap<string, Blame> };

export interface ProveInput {
  readonly suite: Suite;
  readonly reruns: readonly RunConditions[];
  readonly coverageOverlay: SourceOverlay;
  readonly mutantOverlay: SourceOverlay;
  readonly mutants: readonly Mutant[];
  /** Mutants beside the build. */
  readonly patches: readonly PatchBuild[];
  /** What screening saw, by candidate id; says which mutants to try first. */
  readonly evidence: ReadonlyMap<string, Evidence>;
  readonly pairTimeoutMs: number;
  /** What one round of proof takes, ms, as far as measured; 0 where time is not limited. */
  readonly roundMs: number;
}

export interface ProveDeps extends PassDeps {
  readonly clock: Clock;
}

/**
 * Runs the files exactly as they will be written: once plainly, all re-runs, once for coverage, once
 * for executed mutants, and each test against mutants that turned it red before.
 * @throws TimeEnded when time is over before every test has its whole proof.
 */
export async function prove(deps: ProveDeps, input: ProveInput): Promise<ProofOutcome> {
  const { suite } = input;
  const startedMs = deps.clock.monotonic();
  const greens = await runAllGreen(deps, input);
  if ("blamed" in greens) return { kind: "refuted", blamed: greens.blamed };
  const { outcomes } = greens;
  const [coverage, executed] = outcomes.slice(-2).map((outcome) => outcome.seen);
  const proof: Proof = {
    suite,
    coverage: coverage?.whole?.coverage ?? {},
    counters: byKey(suite, (id) => coverage?.counters.get(id) ?? []),
    executed: byKey(suite, (id) => new Set(executed?.executed.get(id) ?? [])),
    atLoad: new Set(executed?.whole?.mutantsAtLoad ?? []),
    matrix: createKillMatrix(),
    reruns: input.reruns.length,
  };
  // Should some test not be red in time, the others are written and proven once more without it.
  const againMs = (deps.clock.monotonic() - startedMs) * 1.3 + 500;
  const leftMs = deps.session.deadline.remainingMs();
  const until = createDeadline(deps.clock, leftMs > 2 * againMs ? leftMs - againMs : leftMs);
  await tryPatches(deps, proof, listKnownPatches(input), until);
  return seeEachRed(deps, input, proof, until);
}

/**
 * All runs that ought to be green. What is wrong in most of them shows in the first few, and looking for it in each
 * would take each its time: the others wait for those. Time for one more round is left, where there is any.
 */
async function runAllGreen(
  deps: ProveDeps,
  input: ProveInput,
): Promise<
  | { readonly outcomes: readonly GreenRunOutcome[] }
  | { readonly blamed: ReadonlyMap<string, Blame> }
> {
  const { deadline } = deps.session;
  const leftMs = deadline.remainingMs();
  const isAmple = leftMs > ROUNDS_LEFT * input.roundMs;
  const until = isAmple ? createDeadline(deps.clock, leftMs - input.roundMs) : deadline;
  const bound = { ...deps, session: deps.session.until(until) };
  const runs = toGreenRuns(input);
  const first = deps.session.concurrency;
  const outcomes: GreenRunOutcome[] = [];
  for (const wave of [runs.slice(0, first), runs.slice(first)]) {
    outcomes.push(...(await settleAll(wave.map((run) => findUnstable(bound, input.suite, run)))));
    const blamed = new Map(outcomes.flatMap((outcome) => [...outcome.blamed]));
    if (blamed.size === 0) continue;
    const proper = new Map([...blamed].filter(([, { reason }]) => reason !== "not-tried"));
    if (proper.size > 0) return { blamed: proper };
    if (deadline.isOver()) throw new TimeEnded();
    // What passed in company may be well; who never answered there is the likelier culprit.
    const unsure = new Set(outcomes.flatMap(({ seen }) => [...seen.unsure]));
    const silent = new Map([...blamed].filter(([id]) => !unsure.has(id)));
    return { blamed: silent.size > 0 ? silent : blamed };
  }
  return { outcomes };
}

/** A round of proof leaves time for another where so many would fit. */
const ROUNDS_LEFT = 2.5;

function toGreenRuns(input: ProveInput): readonly GreenRun[] {
  const conditions = STANDARD_CONDITIONS;
  const { coverageOverlay, mutantOverlay } = input;
  return [
    { label: "as written", options: toPlainRun(conditions) },
    ...input.reruns.map((rerun, index) => ({
      label: `as written, re-run ${String(index + 1)} (${rerun.timeZone})`,
      options: toPlainRun(rerun),
    })),
    {
      label: "as written, on the coverage build",
      options: { mode: { kind: "coverage" }, overlay: coverageOverlay, conditions },
    },
    {
      label: "as written, on the mutant build with no mutant on",
      options: { mode: { kind: "mutant-coverage" }, overlay: mutantOverlay, conditions },
    },
  ];
}

function byKey<T>(suite: Suite, of: (id: string) => T): ReadonlyMap<string, T> {
  return new Map(suite.tests.map((test) => [test.key, of(test.candidate.id)]));
}

/**
 * Condition 4 on the written files: a few known kills of each test, then all known, then all executed. Where few are
 * known, all of them are tried at once: the cards want them anyway, and each round is a process.
 */
async function seeEachRed(
  deps: PassDeps,
  input: ProveInput,
  proof: Proof,
  until: Deadline,
): Promise<ProofOutcome> {
  const known = input.suite.tests.map((test) => toKnownKills(input, proof, test));
  const isOpen = (list: PairList): boolean => !hasOwnKill(proof.matrix, list.test.key);
  const executed = input.suite.tests.map((test) => ({
    test,
    switchIds: [...(proof.executed.get(test.key) ?? [])],
  }));
  const inRounds = (lists: readonly PairList[]): PairList[][] =>
    TRIES.map((tries) =>
      lists.map((list) => ({ ...list, switchIds: list.switchIds.slice(0, tries) })),
    );
  const rounds = [...(areFew(known) ? [known] : inRounds(known)), ...inRounds(executed)];
  for (const wanted of rounds) {
    const open = wanted.filter(isOpen);
    if (open.length > 0)
      await tryPairs(deps, input, proof, { wanted: open, isWanted: isOpen, until });
  }
  const pale = input.suite.tests.filter((test) => !hasOwnKill(proof.matrix, test.key));
  if (pale.length === 0) return { kind: "proven", proof };
  if (deps.session.deadline.isOver()) throw new TimeEnded();
  const blame: Blame = until.isOver()
    ? { reason: "not-tried", detail: "as written, time ended before a mutant made it red" }
    : { reason: "never-red", detail: "as written, no mutant was seen to fail its assertion" };
  return { kind: "refuted", blamed: new Map(pale.map((test) => [test.candidate.id, blame])) };
}

/** Patches that turned one of the tests red before. */
function listKnownPatches({ patches, evidence }: ProveInput): readonly PatchBuild[] {
  const known = new Set([...evidence.values()].flatMap(({ kills }) => [...kills]));
  return patches.filter(({ mutant }) => known.has(mutant.id));
}

async function tryPatches(
  deps: PassDeps,
  { suite, matrix }: Proof,
  patches: readonly PatchBuild[],
  until: Deadline,
): Promise<void> {
  const keys = suite.tests.map(({ key }) => key);
  await runPatches({ session: deps.session, files: suite.files, keys, patches, matrix, until });
}

function toKnownKills(input: ProveInput, proof: Proof, test: SuiteTest): PairList {
  const switchIdOf = new Map(input.mutants.map((mutant) => [mutant.id, mutant.switchId]));
  const executed = proof.executed.get(test.key);
  const seen = input.evidence.get(test.candidate.id)?.ownKills ?? new Set();
  const switchIds = [...seen].flatMap((id) => switchIdOf.get(id) ?? []);
  return { test, switchIds: switchIds.filter((switchId) => executed?.has(switchId) ?? false) };
}

async function tryPairs(
  deps: PassDeps,
  input: ProveInput,
  proof: Proof,
  pairs: {
    readonly wanted: readonly PairList[];
    readonly isWanted?: (list: PairList, switchId: string) => boolean;
    readonly until?: Deadline;
    readonly onResults?: () => void;
    readonly company?: Company;
  },
): Promise<void> {
  await runPairs({
    session: deps.session,
    files: proof.suite.files,
    overlay: input.mutantOverlay,
    matrix: proof.matrix,
    until: deps.session.deadline,
    pairTimeoutMs: input.pairTimeoutMs,
    ...pairs,
  });
}

/**
 * Gives every mutant its status as far as time allows. The proof of each test stands already, so
 * that this may be cut at any moment; a mutant that was not reached stays `notRun`.
 */
export async function settleMutants(
  deps: PassDeps,
  input: ProveInput,
  proof: Proof,
  options: { readonly until: Deadline; readonly onResults: () => void },
): Promise<void> {
  const isUndecided = createUndecided(proof);
  const known = proof.suite.tests.map((test) => toAllKnown(input, proof, test));
  const executed = proof.suite.tests.map((test) => ({
    test,
    switchIds: [...(proof.executed.get(test.key) ?? [])],
  }));
  const isWanted = (_list: PairList, switchId: string): boolean => isUndecided(switchId);
  if (areFew(executed)) {
    // One process for what the rounds below ask one after the other.
    await tryPairs(deps, input, proof, { wanted: joinUnkilled(known, executed), ...options });
  } else await tryPairs(deps, input, proof, { wanted: known, isWanted, ...options });
  await tryPairs(deps, input, proof, { wanted: executed, isWanted, ...options });
  // Mutants are decided; what is left is the full list of kills for the cards.
  await tryPairs(deps, input, proof, { wanted: known, ...options });
  await confirmKills(deps, input, proof, options);
  const tried = new Set(listKnownPatches(input));
  const others = input.patches.filter((patch) => !tried.has(patch));
  await tryPatches(deps, proof, others, options.until);
}

/** The known kills of each test, and what it executes of mutants that no test is known to kill. */
function joinUnkilled(known: readonly PairList[], executed: readonly PairList[]): PairList[] {
  const killed = new Set(known.flatMap(({ switchIds }) => [...switchIds]));
  return executed.map((list, index) => ({
    ...list,
    switchIds: [
      ...(known[index]?.switchIds ?? []),
      ...list.switchIds.filter((switchId) => !killed.has(switchId)),
    ],
  }));
}

/**
 * Looks at each kill of the cards once more, each test apart from the others. What does not show again hangs on
 * chance or on what another test left behind, so that no card claims it; the mutant keeps its status. A test's only
 * kill stays: without it the test would be unproven.
 */
async function confirmKills(
  deps: PassDeps,
  input: ProveInput,
  proof: Proof,
  options: { readonly until: Deadline; readonly onResults: () => void },
): Promise<void> {
  const beside = toPatchIds(input.patches);
  const own = proof.suite.tests.map((test) => {
    const row = [...(proof.matrix.outcomes.get(test.key) ?? [])];
    const isOwn = row.filter(([id, { isAssertion }]) => isAssertion && !beside.has(id));
    return { test, switchIds: isOwn.map(([id]) => id) };
  });
  const again = { ...proof, matrix: createKillMatrix() };
  await tryPairs(deps, input, again, { wanted: own, company: "apart", ...options });
  for (const { test, switchIds } of own) {
    const gone = switchIds.filter(
      (id) => outcomeOf(again.matrix, test.key, id)?.isAssertion === false,
    );
    if (gone.length === switchIds.length) continue;
    const row = proof.matrix.outcomes.get(test.key);
    for (const id of gone) {
      const outcome = row?.get(id);
      if (outcome !== undefined) row?.set(id, { ...outcome, isAssertion: false });
    }
  }
}

/** A mutant is undecided until some test was seen to kill it. */
function createUndecided(proof: Proof): (switchId: string) => boolean {
  const dead = new Set<string>();
  return (switchId) => {
    if (dead.has(switchId)) return false;
    const isDead = proof.suite.tests.some(
      (test) => (outcomeOf(proof.matrix, test.key, switchId)?.status ?? "survived") !== "survived",
    );
    if (isDead) dead.add(switchId);
    return !isDead;
  };
}

function toAllKnown(input: ProveInput, proof: Proof, test: SuiteTest): PairList {
  const switchIdOf = new Map(input.mutants.map((mutant) => [mutant.id, mutant.switchId]));
  const executed = proof.executed.get(test.key);
  const kills = input.evidence.get(test.candidate.id)?.kills ?? new Set();
  const switchIds = [...kills].flatMap((id) => switchIdOf.get(id) ?? []);
  return { test, switchIds: switchIds.filter((switchId) => executed?.has(switchId) ?? false) };
}
