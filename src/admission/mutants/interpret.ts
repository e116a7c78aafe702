import type { PairResult, TestRunReport } from "../../contract/test-run.ts";
import { toTestKey } from "../../contract/test-run.ts";
import { toSegments, toSequence } from "./jobs.ts";
import type { Job, PairList } from "./jobs.ts";

/** What trying one mutant against one test gave, once it can be trusted. */
export interface PairOutcome {
  readonly status: PairResult["status"];
  /** Red on the test's own assertion. */
  readonly isAssertion: boolean;
}

/** What one job told, and what has to be asked again. */
export interface Interpretation {
  readonly outcomes: readonly {
    readonly key: string;
    readonly switchId: string;
    readonly outcome: PairOutcome;
  }[];
  /** Questions that need a process of their own. */
  readonly followUps: readonly Job[];
  /** Pairs to put back to the others: never started, or run after something went wrong. */
  readonly again: readonly PairList[];
  /** Keys of tests that were red when run again with no mutant on. */
  readonly passesOnce: readonly string[];
}

interface Draft {
  readonly outcomes: { key: string; switchId: string; outcome: PairOutcome }[];
  readonly followUps: Job[];
  readonly again: PairList[];
  readonly passesOnce: string[];
}

/** Mutants tried on a test that needs a run of its own for each. */
const SOLO_TRIES = 4;

/**
 * Reads the pairs of one process. A kill counts only between two green controls: a mutant can leave
 * broken state behind that makes every later pair of the process red, and a test may be red the
 * second time whatever the mutant. What cannot be trusted is asked again in a process of its own.
 */
export function interpret(job: Job, report: TestRunReport): Interpretation {
  const draft: Draft = { outcomes: [], followUps: [], again: [], passesOnce: [] };
  if (job.kind === "solo") readSolo(job, report, draft);
  else if (job.kind === "careful") readCareful(job, report, draft);
  else readBulk(job, report, draft);
  return draft;
}

type Aligned = readonly (PairResult | undefined)[];

function readBulk(job: Job, report: TestRunReport, draft: Draft): void {
  const byKey = Map.groupBy(report.pairs, toTestKey);
  let isSuspectFound = report.end.kind === "finished";
  for (const list of job.lists) {
    const aligned = align(toSequence("bulk", list), byKey.get(list.test.key) ?? []);
    const [first, second] = aligned;
    if (isRed(first) || isRed(second)) {
      // It does not pass again in the same process, so only fresh processes can judge it.
      draft.passesOnce.push(list.test.key);
      for (const switchId of list.switchIds.slice(0, SOLO_TRIES)) {
        draft.followUps.push(toSolo(list, switchId));
      }
      continue;
    }
    const open = readSegments(list, aligned, draft);
    // A process that died did so on the first pair without an answer, or near it.
    const [suspect, ...others] = open;
    if (suspect !== undefined && !isSuspectFound) {
      isSuspectFound = true;
      draft.followUps.push(toSolo(list, suspect));
      askAgain(list, others, draft);
    } else askAgain(list, open, draft);
  }
}

/** Puts results at their places in the sequence; both are in order, but results may have holes. */
function align(sequence: readonly string[], results: readonly PairResult[]): Aligned {
  const aligned: (PairResult | undefined)[] = sequence.map(() => undefined);
  let from = 0;
  for (const result of results) {
    const at = sequence.indexOf(result.switchId, from);
    if (at === -1) continue;
    aligned[at] = result;
    from = at + 1;
  }
  return aligned;
}

function isRed(control: PairResult | undefined): boolean {
  return control !== undefined && control.status !== "survived";
}

/** Takes in what can be trusted; answers the switch ids that are still open. */
function readSegments(list: PairList, aligned: Aligned, draft: Draft): readonly string[] {
  const open: string[] = [];
  const suspects: string[] = [];
  const isRepeatable = aligned[1]?.status === "survived";
  let at = 2;
  for (const segment of toSegments(list.switchIds)) {
    const control = aligned[at + segment.length];
    for (const [index, switchId] of segment.entries()) {
      const pair = aligned[at + index];
      if (pair === undefined) open.push(switchId);
      else if (pair.status === "survived") accept(list, pair, draft);
      else if (isRepeatable && control?.status === "survived") accept(list, pair, draft);
      else if (isRed(control)) suspects.push(switchId);
      else open.push(switchId);
    }
    at += segment.length + 1;
  }
  askCarefully(list, suspects, draft);
  return open;
}

function accept(list: PairList, pair: PairResult, draft: Draft): void {
  const isAssertion = pair.status === "killed" && (pair.failure?.isAssertion ?? false);
  const outcome: PairOutcome = { status: pair.status, isAssertion };
  draft.outcomes.push({ key: list.test.key, switchId: pair.switchId, outcome });
}

function askAgain(list: PairList, switchIds: readonly string[], draft: Draft): void {
  if (switchIds.length === 0) return;
  draft.again.push({ test: list.test, switchIds, attempt: (list.attempt ?? 0) + 1 });
}

function askCarefully(list: PairList, switchIds: readonly string[], draft: Draft): void {
  if (switchIds.length === 0) return;
  draft.followUps.push({ kind: "careful", lists: [{ test: list.test, switchIds }] });
}

function toSolo(list: PairList, switchId: string): Job {
  return { kind: "solo", lists: [{ test: list.test, switchIds: [switchId] }] };
}

/** A pair behind a green control counts. From the first red one on, the rest is asked again in a process of its own. */
function readCareful(job: Job, report: TestRunReport, draft: Draft): void {
  const [list] = job.lists;
  if (list === undefined) return;
  const own = report.pairs.filter((pair) => toTestKey(pair) === list.test.key);
  const aligned = align(toSequence("careful", list), own);
  for (const [index, switchId] of list.switchIds.entries()) {
    const control = aligned[2 * index];
    const result = aligned[2 * index + 1];
    const rest = list.switchIds.slice(index);
    if (control?.status !== "survived") {
      // Red or missing at once: no process can tell.
      if (index > 0) askCarefully(list, rest, draft);
      return;
    }
    if (result !== undefined) {
      accept(list, result, draft);
      continue;
    }
    // The process ended on this pair.
    if (report.end.kind !== "finished") acceptEnd(list, switchId, report, draft);
    askCarefully(list, rest.slice(1), draft);
    return;
  }
}

/** A plain run of the written file with the mutant on from the start: what it shows is what a user would see. */
function readSolo(job: Job, report: TestRunReport, draft: Draft): void {
  const [list] = job.lists;
  const [switchId] = list?.switchIds ?? [];
  if (list === undefined || switchId === undefined) return;
  const result = report.tests.find((test) => toTestKey(test) === list.test.key);
  if (result === undefined) {
    if (report.end.kind !== "finished") acceptEnd(list, switchId, report, draft);
    return;
  }
  if (result.status === "skipped") return;
  const isKilled = result.status === "failed";
  const outcome: PairOutcome = {
    status: isKilled ? "killed" : "survived",
    isAssertion: isKilled && (result.failure?.isAssertion ?? false),
  };
  draft.outcomes.push({ key: list.test.key, switchId, outcome });
}

/** The mutant took the whole process with it: a hang, or red on no assertion. */
function acceptEnd(list: PairList, switchId: string, report: TestRunReport, draft: Draft): void {
  const status = report.end.kind === "timed-out" ? "timed-out" : "killed";
  const outcome: PairOutcome = { status, isAssertion: false };
  draft.outcomes.push({ key: list.test.key, switchId, outcome });
}
