import type { Mutant, PatchBuild } from "../contract/mutant.ts";
import type { Deadline } from "../kernel/clock.ts";
import type { Ledger } from "./ledger.ts";
import { countPairs, type PairList } from "./mutants/jobs.ts";
import type { KillMatrix, RunPairsInput } from "./mutants/run-pairs.ts";
import { createKillMatrix, outcomeOf, runPairs } from "./mutants/run-pairs.ts";
import { runPatches } from "./mutants/run-patches.ts";
import type { Session } from "./session.ts";
import type { Suite, SuiteTest } from "./suite.ts";

/** How many mutants a test gets until it was red, round by round: no test waits for another's last. */
export const TRIES: readonly number[] = [3, 10, 30, 100, Infinity];
/** So many pairs take less time than the processes of the rounds, and are all tried at once. */
const AT_ONCE = 400;

/** True where all pairs fit one round. */
export function areFew(lists: readonly PairList[]): boolean {
  return countPairs(lists) <= AT_ONCE;
}

/** Once this many tests kill a mutant, screening tries it on no further one; the minimiser has its choice. */
const KILLERS_WANTED = 4;

export interface SeeRedInput {
  readonly session: Session;
  readonly ledger: Ledger;
  readonly suite: Suite;
  readonly mutants: readonly Mutant[];
  readonly overlay: RunPairsInput["overlay"];
  /** Candidate id → switch ids of the mutants it executes. */
  readonly executed: ReadonlyMap<string, readonly string[]>;
  readonly until: Deadline;
  /** The end, at or after `until`, as long as less than a fair part of the tests was red. */
  readonly untilFair: Deadline;
  readonly pairTimeoutMs: number;
  /** Candidate id → what its text made one suspect, and what it is once no mutant turned it red. @defaultValue none */
  readonly suspicions?: ReadonlyMap<string, string>;
  readonly onResults: (matrix: KillMatrix) => void;
  /** Mutants beside the build; all tests are run with each. */
  readonly patches: readonly PatchBuild[];
}

/**
 * Condition 4: every candidate is seen red, on its own assertion, on some mutant it executes. Claimed
 * kills come first, then mutants that few others execute, a few a round, so that each test gets its
 * chance early; then every pair, until enough is known about each mutant or time is over.
 * Candidates that were never red are rejected.
 */
export async function seeRed(input: SeeRedInput): Promise<KillMatrix> {
  const matrix = createKillMatrix();
  const run = (wanted: readonly PairList[], isWanted?: RunPairsInput["isWanted"]): Promise<void> =>
    runPairs({
      session: input.session,
      files: input.suite.files,
      overlay: input.overlay,
      wanted,
      matrix,
      until: isFair(input, matrix) ? input.until : input.untilFair,
      pairTimeoutMs: input.pairTimeoutMs,
      ...(isWanted === undefined ? {} : { isWanted }),
      onResults: () => {
        input.onResults(matrix);
      },
    });
  const lists = toClaimedFirst(input);
  for (const tries of areFew(lists) ? [] : TRIES) {
    await run(
      lists.map((list) => ({ ...list, switchIds: list.switchIds.slice(0, tries) })),
      (list) => !hasOwnKill(matrix, list.test.key),
    );
  }
  await run(lists, createInterest(input, matrix));
  const { session, suite, patches, untilFair } = input;
  const keys = suite.tests.map(({ key }) => key);
  await runPatches({ session, files: suite.files, keys, patches, matrix, until: untilFair });
  for (const test of input.suite.tests) judge(input, matrix, test);
  return matrix;
}

/** Share of the tests that have to be red before the step may end at its ordinary time. */
const FAIR_SHARE = 0.5;

function isFair({ suite }: SeeRedInput, matrix: KillMatrix): boolean {
  const red = suite.tests.filter((test) => hasOwnKill(matrix, test.key)).length;
  return red >= suite.tests.length * FAIR_SHARE;
}

/** Executed mutants of each test: what its proposer claims to kill, then those that fewest tests execute. */
function toClaimedFirst(input: SeeRedInput): readonly PairList[] {
  const switchIdOf = new Map(input.mutants.map((mutant) => [mutant.id, mutant.switchId]));
  const known = new Set(switchIdOf.values());
  const times = new Map<string, number>();
  for (const id of [...input.executed.values()].flat()) times.set(id, (times.get(id) ?? 0) + 1);
  return input.suite.tests.map((test) => {
    const executed = (input.executed.get(test.candidate.id) ?? [])
      .filter((id) => known.has(id))
      .sort((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
    const isExecuted = new Set(executed);
    const claimed = test.candidate.claims.kills.flatMap((id) => switchIdOf.get(id) ?? []);
    const first = claimed.filter((switchId) => isExecuted.has(switchId));
    return { test, switchIds: [...new Set([...first, ...executed])] };
  });
}

/** A pair is worth running while the test was never red or the mutant has few killers. */
function createInterest(
  input: SeeRedInput,
  matrix: KillMatrix,
): (list: PairList, switchId: string) => boolean {
  return (list, switchId) => {
    if (!hasOwnKill(matrix, list.test.key)) return true;
    let killers = 0;
    for (const test of input.suite.tests) {
      const status = outcomeOf(matrix, test.key, switchId)?.status;
      if (status === "killed" || status === "timed-out") killers += 1;
      if (killers >= KILLERS_WANTED) return false;
    }
    return true;
  };
}

export function hasOwnKill(matrix: KillMatrix, key: string): boolean {
  for (const outcome of matrix.outcomes.get(key)?.values() ?? []) {
    if (outcome.isAssertion) return true;
  }
  return false;
}

function judge(input: SeeRedInput, matrix: KillMatrix, test: SuiteTest): void {
  const { id } = test.candidate;
  if (hasOwnKill(matrix, test.key)) return;
  const executed = input.executed.get(id) ?? [];
  const tried = matrix.outcomes.get(test.key);
  const count = executed.filter((switchId) => tried?.has(switchId)).length;
  if (count < executed.length) {
    const detail = `${String(count)} of ${String(executed.length)} mutants tried, none red`;
    input.ledger.reject(id, "not-tried", detail);
    return;
  }
  const others = [...(tried?.values() ?? [])].filter((one) => one.status !== "survived").length;
  const aside = others > 0 ? `; ${String(others)} ended otherwise than by its assertion` : "";
  const detail = `green on all ${String(executed.length)} mutants it executes${aside}`;
  const suspicion = input.suspicions?.get(id);
  if (suspicion === undefined) input.ledger.reject(id, "never-red", detail);
  else input.ledger.reject(id, "tautology", `${suspicion}, and is ${detail}`);
}
