import type { PairResult, TestRunReport } from "../../contract/test-run.ts";
import { toTestKey } from "../../contract/test-run.ts";
import { countPairs, halve, toSegments, toSequence } from "./jobs.ts";
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
  /** Keys of tests that are red on the mutant build with no mutant on, even in a process of their own. */
  readonly unfit: readonly string[];
}

interface Draft {
  readonly outcomes: { key: string; switchId: string; outcome: PairOutcome }[];
  readonly followUps: Job[];
  readonly again: PairList[];
  readonly unfit: string[];
}

/**
 * Reads the pairs of one process. A kill counts only between two green controls: a mutant can leave
 * broken state behind that makes every later pair of the process red. What cannot be trusted
 * is asked again in a process of its own.
 */
export function interpret(job: Job, report: TestRunReport): Interpretation {
  const draft: Draft = { outcomes: [], followUps: [], again: [], unfit: [] };
  if (job.kind !== "bulk") readSingle(job, report, draft);
  else if (report.pairs.length === 0 && countPairs(job.lists) > 1) {
    for (const lists of halve(job.lists)) draft.followUps.push({ kind: "bulk", lists });
  } else readBulk(job, report, draft);
  return draft;
}

function readBulk(job: Job, report: TestRunReport, draft: Draft): void {
  const isAlone = job.lists.length === 1;
  const byKey = Map.groupBy(report.pairs, toTestKey);
  const prefixes = job.lists.map((list) => toPrefix(list, byKey.get(list.test.key) ?? []));
  const diedAt = job.lists.findIndex(
    (list, index) => (prefixes[index]?.length ?? 0) < toSequence("bulk", list).length,
  );
  for (const [index, list] of job.lists.entries()) {
    // The first list that is not complete is where the process ended; the others never started.
    if (diedAt !== -1 && index > diedAt) draft.again.push(list);
    else {
      const hasDiedHere = index === diedAt;
      readList(list, prefixes[index] ?? [], { isAlone, hasDiedHere }, draft);
    }
  }
}

/** Results of a list as far as they are what was asked for, in the order asked. */
function toPrefix(list: PairList, own: readonly PairResult[]): readonly PairResult[] {
  const sequence = toSequence("bulk", list);
  const end = sequence.findIndex((switchId, index) => own[index]?.switchId !== switchId);
  return own.slice(0, end === -1 ? sequence.length : end);
}

function readList(
  list: PairList,
  results: readonly PairResult[],
  where: { readonly isAlone: boolean; readonly hasDiedHere: boolean },
  draft: Draft,
): void {
  const [first, second] = results;
  if (first?.status !== "survived" && !where.isAlone) {
    draft.followUps.push({ kind: "bulk", lists: [list] });
    return;
  }
  if (first !== undefined && first.status !== "survived") {
    draft.unfit.push(list.test.key);
    return;
  }
  if (second?.status !== "survived") {
    // It passes once in a process and not twice, so only fresh processes can judge it.
    for (const switchId of list.switchIds) draft.followUps.push(toSolo(list, switchId));
    return;
  }
  readSegments(list, results, where.hasDiedHere, draft);
}

function readSegments(
  list: PairList,
  results: readonly PairResult[],
  hasDiedHere: boolean,
  draft: Draft,
): void {
  let at = 2;
  const segments = toSegments(list.switchIds);
  for (const [index, segment] of segments.entries()) {
    const seen = results.slice(at, at + segment.length);
    const control = results[at + segment.length];
    at += segment.length + 1;
    const isTrusted = control?.status === "survived";
    for (const pair of seen) acceptOrAskAgain(list, pair, isTrusted, draft);
    if (isTrusted) continue;
    const unseen = segment.slice(seen.length);
    const [suspect] = unseen;
    const later = segments.slice(index + 1).flat();
    if (hasDiedHere && suspect !== undefined) {
      draft.followUps.push(toSolo(list, suspect));
      askAgain(list, [...unseen.slice(1), ...later], draft);
    } else askAgain(list, [...unseen, ...later], draft);
    return;
  }
}

function acceptOrAskAgain(
  list: PairList,
  pair: PairResult,
  isTrusted: boolean,
  draft: Draft,
): void {
  if (isTrusted || pair.status === "survived") accept(list.test.key, pair, draft);
  else {
    const lists = [{ test: list.test, switchIds: [pair.switchId] }];
    draft.followUps.push({ kind: "careful", lists });
  }
}

function accept(key: string, pair: PairResult, draft: Draft): void {
  const isAssertion = pair.status === "killed" && (pair.failure?.isAssertion ?? false);
  const outcome: PairOutcome = { status: pair.status, isAssertion };
  draft.outcomes.push({ key, switchId: pair.switchId, outcome });
}

function askAgain(list: PairList, switchIds: readonly string[], draft: Draft): void {
  if (switchIds.length > 0) draft.again.push({ test: list.test, switchIds });
}

function toSolo(list: PairList, switchId: string): Job {
  return { kind: "solo", lists: [{ test: list.test, switchIds: [switchId] }] };
}

/** A job of one pair: what the process did is what the mutant did. */
function readSingle(job: Job, report: TestRunReport, draft: Draft): void {
  const [list] = job.lists;
  const [switchId] = list?.switchIds ?? [];
  if (list === undefined || switchId === undefined) return;
  const own = report.pairs.filter((pair) => toTestKey(pair) === list.test.key);
  const isControlled = job.kind === "careful";
  if (isControlled && own[0]?.status !== "survived") return;
  const result = own[isControlled ? 1 : 0];
  if (result?.switchId === switchId) accept(list.test.key, result, draft);
  else if (report.end.kind === "timed-out") {
    const outcome: PairOutcome = { status: "timed-out", isAssertion: false };
    draft.outcomes.push({ key: list.test.key, switchId, outcome });
  } else if (report.end.kind !== "finished") {
    // The mutant took the whole process down: red, but on no assertion.
    const outcome: PairOutcome = { status: "killed", isAssertion: false };
    draft.outcomes.push({ key: list.test.key, switchId, outcome });
  }
}
