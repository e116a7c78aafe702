import { findSmells } from "./clean.ts";
import { planReruns } from "./conditions.ts";
import type { Evidence, Selection } from "./evidence.ts";
import { select, toBaselineElements } from "./evidence.ts";
import type { Proof, ProofOutcome } from "./prove.ts";
import { prove, settleMutants } from "./prove.ts";
import type { GateRun } from "./run.ts";
import { countDead } from "./screen.ts";
import { isAsynchronous, type Blame } from "./stable.ts";
import type { Suite } from "./suite.ts";

/** The latest suite whose tests all have their whole proof. */
export interface Written {
  proven: { readonly proof: Proof; readonly leftOut: Selection["leftOut"] } | null;
  /** Why candidates were left out by the latest choice. */
  leftOut: Selection["leftOut"];
  /** Ids in the first writing. */
  admitted: ReadonlySet<string> | null;
  /** Those of them that did not hold as written. */
  readonly lost: Set<string>;
}

export function createWritten(): Written {
  return { proven: null, leftOut: new Map(), admitted: null, lost: new Set() };
}

/**
 * Condition 5, the writing, and the proof of what was written: chooses the smallest set, prints it as it
 * will stand, and proves that. A test that does not hold is dropped, its place may go to another, and all
 * is written and proven again; the last round that time allows keeps only files that held before.
 * @throws TimeEnded when time is over before a suite was proven.
 */
export async function writeAndProve(
  run: GateRun,
  evidence: readonly Evidence[],
  written: Written,
): Promise<void> {
  const baseline = toBaselineElements(run.input.baseline);
  let last: { readonly suite: Suite; readonly blamed: ReadonlyMap<string, Blame> } | null = null;
  for (let round = 0; round < run.options.maxRounds; round += 1) {
    const isLastRound =
      round === run.options.maxRounds - 1 || run.proving.deadline.remainingMs() < 2 * run.roundMs();
    if (isLastRound && last !== null) rejectNeighbours(run, last);
    run.report("select");
    const pool = evidence.filter((one) => run.ledger.isLive(one.test.candidate.id));
    const { kept, leftOut } = select(pool, baseline, run.options);
    written.leftOut = leftOut;
    if (kept.length === 0) return;
    const drafts = kept.map((one) => one.test.candidate);
    const suite = await run.step("write", () => run.print(drafts, false));
    written.admitted ??= new Set(kept.map((one) => one.test.candidate.id));
    const outcome = await check(run, suite, kept);
    if (outcome.kind === "proven") {
      written.proven = { proof: outcome.proof, leftOut };
      await run.step("prove", () => settle(run, outcome.proof, kept));
      return;
    }
    reject(run, outcome.blamed, written);
    last = { suite, blamed: outcome.blamed };
  }
}

/** Reads and runs the written files. */
async function check(run: GateRun, suite: Suite, kept: readonly Evidence[]): Promise<ProofOutcome> {
  const blamed = new Map<string, Blame>();
  for (const { candidateId, reason } of suite.unprintable) {
    blamed.set(candidateId, { reason: "build-failed", detail: reason });
  }
  for (const { candidateId, reason, detail } of await findSmells(
    suite,
    run.clock.now(),
    run.readSmells,
  )) {
    blamed.set(candidateId, { reason, detail });
  }
  if (blamed.size > 0) return { kind: "refuted", blamed };
  return run.step("prove", () =>
    prove(
      { ...run, session: run.proving, allowance: run.provingAllowance },
      toProveInput(run, suite, kept),
    ),
  );
}

function toProveInput(
  run: GateRun,
  suite: Suite,
  kept: readonly Evidence[],
): Parameters<typeof prove>[1] {
  return {
    suite,
    reruns: planReruns(run.input.seed, run.input.reruns),
    coverageOverlay: run.input.coverageBuild.overlay,
    mutantOverlay: run.input.mutantBuild.overlay,
    mutants: run.input.mutantBuild.mutants,
    patches: run.input.patches ?? [],
    evidence: new Map(kept.map((one) => [one.test.candidate.id, one])),
    pairTimeoutMs: run.options.pairTimeoutMs,
    roundMs: run.roundMs(),
  };
}

async function settle(run: GateRun, proof: Proof, kept: readonly Evidence[]): Promise<void> {
  await settleMutants(run, toProveInput(run, proof.suite, kept), proof, {
    until: run.input.deadline,
    onResults: () => {
      run.report("prove", countDead(proof.matrix, run.input));
    },
  });
}

function reject(run: GateRun, blamed: ReadonlyMap<string, Blame>, written: Written): void {
  for (const [id, blame] of blamed) {
    run.ledger.reject(id, blame.reason, blame.detail);
    // Lost is what turned red or unstable, not what no time was left for.
    if (blame.reason !== "not-tried" && written.admitted?.has(id) === true) written.lost.add(id);
  }
}

/**
 * Where dropping single tests did not help, all tests of the file go that do asynchronous work: they can leave
 * something behind for the next. Where there is none, the whole file goes: what is left was green all along.
 */
function rejectNeighbours(
  run: GateRun,
  last: { readonly suite: Suite; readonly blamed: ReadonlyMap<string, Blame> },
): void {
  const badFiles = new Set(
    last.suite.tests
      .filter((test) => last.blamed.has(test.candidate.id))
      .map((test) => test.printed.file),
  );
  const neighbours = last.suite.tests.filter(
    (test) => badFiles.has(test.printed.file) && run.ledger.isLive(test.candidate.id),
  );
  const suspects = neighbours.filter(isAsynchronous);
  for (const test of suspects.length > 0 ? suspects : neighbours) {
    run.ledger.reject(test.candidate.id, "unstable", "stands in a file that never came to rest");
  }
}
