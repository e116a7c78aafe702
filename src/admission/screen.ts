import type { Candidate } from "../contract/candidate.ts";
import { createDeadline } from "../kernel/clock.ts";
import type { AdmitInput } from "../ports/gate.ts";
import { findSmells, findSuspicions } from "./clean.ts";
import { planReruns } from "./conditions.ts";
import type { Evidence } from "./evidence.ts";
import { isBranch } from "./evidence.ts";
import { seeRed, type SeeRedInput } from "./kills.ts";
import type { KillMatrix } from "./mutants/run-pairs.ts";
import { toPatchIds } from "./mutants/run-patches.ts";
import { toIds } from "./mutants/to-ids.ts";
import { observe, type Observation } from "./observe.ts";
import { passAlone, rejectReds, withoutRejected } from "./pass.ts";
import { toLaterAllowance, type GateRun } from "./run.ts";
import { isUnderFinding } from "./under-finding.ts";
import { STANDARD_CONDITIONS } from "./session.ts";
import { staysGreen } from "./stable.ts";
import { settleAll } from "./settle-all.ts";
import type { Suite } from "./suite.ts";
import { checkTypes } from "./type-check.ts";

/**
 * Conditions 1 to 4 and 6 on drafts of the files: cheap checks first, so that dear ones see fewer
 * candidates. Answers what was measured about each survivor; the ledger holds the others.
 */
export async function screen(run: GateRun): Promise<readonly Evidence[]> {
  leaveOutTheLast(run);
  const printed = await run.step("print", () => printAll(run));
  const checked = await run.step("clean", () => checkText(run, printed));
  const passing = await run.step("pass", () =>
    passAlone(run, checked, run.input.coverageBuild.overlay),
  );
  run.noteRunMs(passing.runMs);
  const stable = await run.step("stable", () => keepStable(run, passing.suite));
  return measure(run, stable, passing.coverage);
}

/** Candidates come most valuable first; so many of them can be screened and proven in a second, roughly. */
const PER_SECOND = 8;
const LEAST_CANDIDATES = 24;

/** Where time is short, fewer candidates are proven rather than none. */
function leaveOutTheLast(run: GateRun): void {
  const seconds = run.input.deadline.remainingMs() / 1000;
  const room = Math.max(LEAST_CANDIDATES, seconds * PER_SECOND);
  for (const [index, candidate] of run.ledger.live().entries()) {
    if (index < room) continue;
    run.ledger.reject(candidate.id, "not-tried", "time was too short to prove so many");
  }
}

async function printAll(run: GateRun): Promise<Suite> {
  for (const candidate of run.ledger.live()) {
    const finding = isUnderFinding(candidate, run.input.underFinding);
    if (finding !== null) {
      run.ledger.reject(candidate.id, "under-finding", `its behaviour stands under ${finding}`);
    }
  }
  const suite = await run.print(run.ledger.live(), true);
  for (const { candidateId, reason } of suite.unprintable) {
    run.ledger.reject(candidateId, "build-failed", reason);
  }
  for (const test of suite.tests) {
    run.ledger.setTitle(test.candidate.id, test.printed.fullTitle);
  }
  return suite;
}

/** What can be told from the text alone: condition 6, duplicates, types. */
async function checkText(run: GateRun, printed: Suite): Promise<Suite> {
  for (const smell of await findSmells(printed, run.clock.now(), run.readSmells)) {
    run.ledger.reject(smell.candidateId, smell.reason, smell.detail);
  }
  const clean = await withoutRejected(run, printed);
  if (run.typeCheck === null) return clean;
  await checkTypes({ ...run, typeCheck: run.typeCheck, signal: run.session.signal }, clean);
  return withoutRejected(run, clean);
}

/**
 * Re-runs on the draft weed out the unstable while there are others to take their place. Where time
 * is too short for that, they are left to the re-runs of the written files, which nothing skips.
 */
async function keepStable(run: GateRun, passing: Suite): Promise<Suite> {
  const rounds = Math.ceil(run.input.reruns / run.session.concurrency) + 3;
  const neededMs = (rounds * run.runMs() + run.roundMs()) * STABLE_MARGIN;
  const leftMs = run.input.deadline.remainingMs();
  if (leftMs < neededMs) return passing;
  const until = createDeadline(run.clock, leftMs * STABLE_SHARE);
  return staysGreen(run, passing, planReruns(run.input.seed, run.input.reruns), until);
}

/** How much more time there has to be than re-runs on the draft and a round of proving should take. */
const STABLE_MARGIN = 1.6;
/** Share of the time left that re-runs on the draft may take, with telling tests apart. */
const STABLE_SHARE = 0.4;

const COVERAGE = { kind: "coverage" } as const;

/** Coverage by test, executed mutants and kills. */
async function measure(
  run: GateRun,
  suite: Suite,
  known: Observation | null,
): Promise<readonly Evidence[]> {
  const { mutants, overlay } = run.input.mutantBuild;
  const deps = { ...run, allowance: toLaterAllowance(run.options) };
  const { coverage, executed } = await run.step("coverage", () => observeBoth(deps, suite, known));
  const sound = await withoutRejected(run, suite);
  const suspicions =
    run.readSmells === null ? await findSuspicions(sound) : new Map<string, string>();
  const matrix = await run.step("kills", () =>
    seeRed({
      suspicions,
      patches: run.input.patches ?? [],
      session: run.session,
      ledger: run.ledger,
      suite: sound,
      mutants,
      overlay,
      executed: executed.executed,
      ...toKillDeadlines(run),
      pairTimeoutMs: run.options.pairTimeoutMs,
      onResults: (seen) => {
        run.report("kills", countDead(seen, run.input));
      },
    }),
  );
  return toEvidence(run, sound, matrix, coverage.counters);
}

async function observeBoth(
  run: GateRun,
  suite: Suite,
  known: Observation | null,
): Promise<{ readonly coverage: Observation; readonly executed: Observation }> {
  const { coverageBuild, mutantBuild } = run.input;
  const conditions = STANDARD_CONDITIONS;
  const [coverage, executed] = await settleAll([
    known === null
      ? observe(run, suite, { mode: COVERAGE, overlay: coverageBuild.overlay, conditions })
      : Promise.resolve(known),
    observe(run, suite, {
      mode: { kind: "mutant-coverage" },
      overlay: mutantBuild.overlay,
      conditions,
    }),
  ]);
  if (known === null)
    rejectReds(run.ledger, coverage, (reason) => (reason === "not-tried" ? reason : "unstable"));
  rejectReds(run.ledger, executed, (reason) => (reason === "not-tried" ? reason : "never-red"));
  return { coverage, executed };
}

/**
 * Half of what two rounds of proving leave: the other half settles mutants on the written files. Where
 * time is short, as much as one round leaves: what was seen red by then is what can be proven. Until a
 * fair part of the tests was red, all but that one round: without a red nothing can be written at all.
 */
function toKillDeadlines(run: GateRun): Pick<SeeRedInput, "until" | "untilFair"> {
  const leftMs = run.input.deadline.remainingMs();
  const besideOne = leftMs + run.options.graceMs - run.roundMs();
  const ordinary = Math.max(
    (leftMs - 2 * run.roundMs()) / 2,
    Math.min(besideOne, leftMs * 0.4),
    leftMs / 4,
  );
  return {
    until: createDeadline(run.clock, ordinary),
    untilFair: createDeadline(run.clock, Math.max(ordinary, Math.min(besideOne, leftMs))),
  };
}

/** Mutants of the build that some test told from the original. */
export function countDead(
  matrix: KillMatrix,
  { patches = [] }: Pick<AdmitInput, "patches">,
): number {
  const dead = new Set<string>();
  const beside = toPatchIds(patches);
  for (const row of matrix.outcomes.values()) {
    for (const [switchId, outcome] of row)
      if (outcome.status !== "survived" && !beside.has(switchId)) dead.add(switchId);
  }
  return dead.size;
}

function toEvidence(
  run: GateRun,
  suite: Suite,
  matrix: KillMatrix,
  counters: ReadonlyMap<string, readonly string[]>,
): readonly Evidence[] {
  const idOf = toIds(run.input);
  const live = new Set<Candidate>(run.ledger.live());
  return suite.tests
    .filter((test) => live.has(test.candidate))
    .map((test) => {
      const row = [...(matrix.outcomes.get(test.key) ?? [])];
      const pick = (isIn: (outcome: (typeof row)[number][1]) => boolean): ReadonlySet<string> =>
        new Set(row.flatMap(([id, outcome]) => (isIn(outcome) ? (idOf.get(id) ?? []) : [])));
      return {
        test,
        branches: new Set((counters.get(test.candidate.id) ?? []).filter(isBranch)),
        ownKills: pick((outcome) => outcome.isAssertion),
        kills: pick((outcome) => outcome.status !== "survived"),
      };
    });
}
