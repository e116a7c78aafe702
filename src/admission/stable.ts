import type { RejectionReason } from "../contract/candidate.ts";
import type { Deadline } from "../kernel/clock.ts";
import type { ObserveOptions, Observation } from "./observe.ts";
import { observe } from "./observe.ts";
import type { PassDeps } from "./pass.ts";
import { withoutRejected } from "./pass.ts";
import type { RunConditions } from "./session.ts";
import { settleAll } from "./settle-all.ts";
import type { Suite, SuiteTest } from "./suite.ts";

/**
 * Condition 3: every candidate stays green in each re-run. One red, one error outside a test, and it
 * is out. Answers the suite of those that never wavered. What no time was left for by `until` goes on: the re-runs
 * of the written files skip nothing.
 */
export async function staysGreen(
  deps: PassDeps,
  suite: Suite,
  reruns: readonly RunConditions[],
  until: Deadline,
): Promise<Suite> {
  const bound = { ...deps, session: deps.session.until(until) };
  const blamed = await settleAll(
    reruns.map((conditions, index) =>
      findUnstable(bound, suite, {
        options: toPlainRun(conditions),
        label: `re-run ${String(index + 1)} of ${String(reruns.length)} (${toText(conditions)})`,
      }),
    ),
  );
  for (const outcome of blamed) {
    for (const [id, red] of outcome.blamed)
      if (red.reason !== "not-tried") deps.ledger.reject(id, red.reason, red.detail);
  }
  return withoutRejected(deps, suite);
}

export interface Blame {
  readonly reason: RejectionReason;
  readonly detail: string;
}

/** One run of a suite that ought to be green all over. */
export interface GreenRun {
  readonly options: ObserveOptions;
  /** How to name the run in the evidence. */
  readonly label: string;
}

export interface GreenRunOutcome {
  /** Candidate id → why it is out. Empty when the run was green. */
  readonly blamed: ReadonlyMap<string, Blame>;
  /** What the suite did as a whole, when that run was clean and is what `blamed` speaks of. */
  readonly seen: Observation;
}

/** A plain run under some conditions. */
export function toPlainRun(conditions: RunConditions): ObserveOptions {
  return { mode: { kind: "plain", shuffleSeed: conditions.shuffleSeed }, conditions };
}

function toText(conditions: RunConditions): string {
  const days = Math.round(conditions.clockShiftMs / 86_400_000);
  return `shuffled, ${conditions.timeZone}, ${String(days)} days away`;
}

/** Runs the suite once and names the tests that were not green, each with what to say about it. */
export async function findUnstable(
  deps: PassDeps,
  suite: Suite,
  run: GreenRun,
): Promise<GreenRunOutcome> {
  const seen = await observe(deps, suite, run.options);
  const blamed = toBlamed(seen, run.label);
  if (!seen.wasSplit || blamed.size > 0) return { blamed, seen };
  return blameTheUnseen(deps, suite, run, seen);
}

/**
 * The whole was not clean and every part is. A run that died (time, memory) gets one more chance
 * under the same conditions, because a busy machine does that; a stray error does not: it came from
 * some test. If no runner can tell which, those that do asynchronous work go, for only they can leave one behind, or
 * all beside the largest part that was seen clean, whichever costs less.
 */
async function blameTheUnseen(
  deps: PassDeps,
  suite: Suite,
  run: GreenRun,
  seen: Observation,
): Promise<GreenRunOutcome> {
  const [stray] = seen.reports.flatMap((report) => report.strayErrors);
  const { mode } = run.options;
  if (stray === undefined) {
    const again = await observe(deps, suite, run.options);
    if (!again.wasSplit) return { blamed: toBlamed(again, run.label), seen: again };
  }
  if (mode.kind === "plain") {
    // Where each test has to settle before the next one starts, the runner can tell whose error it is.
    const options = { ...run.options, mode: { ...mode, settles: true } };
    const settled = [...toBlamed(await observe(deps, suite, options), run.label)];
    const told = settled.filter(([, { reason }]) => reason !== "not-tried");
    if (told.length > 0) return { blamed: new Map(told), seen };
  }
  const culprits = toLeastLoss(suite, seen);
  const blame: Blame = {
    reason: stray === undefined ? "unstable" : "unhandled-rejection",
    detail: `${run.label}: ${stray ?? toEndText(seen)} (seen once, after one of several tests)`,
  };
  return { blamed: new Map(culprits.map((test) => [test.candidate.id, blame])), seen };
}

function toLeastLoss(suite: Suite, { cleanGroups }: Observation): readonly SuiteTest[] {
  const largest = new Set(cleanGroups.reduce((a, b) => (b.length > a.length ? b : a), []));
  const apart = suite.tests.filter((test) => !largest.has(test.candidate.id));
  const suspects = suite.tests.filter(isAsynchronous);
  const [least] = [suspects, apart]
    .filter(({ length }) => length > 0)
    .sort((a, b) => a.length - b.length);
  return least ?? suite.tests;
}

function toEndText({ whole }: Observation): string {
  if (whole === null) return "the run broke";
  return "detail" in whole.end ? (whole.end.detail.split("\n", 1)[0] ?? "") : whole.end.kind;
}

function toBlamed(seen: Observation, label: string): ReadonlyMap<string, Blame> {
  const blamed = new Map<string, Blame>();
  for (const [id, sighting] of seen.sightings) {
    if (sighting.kind !== "red") continue;
    const { reason } = sighting;
    const isKept = reason === "unhandled-rejection" || reason === "not-tried";
    blamed.set(id, {
      reason: isKept ? reason : "unstable",
      detail: `${label}: ${sighting.detail}`,
    });
  }
  return blamed;
}

/** True for a test that may leave something to be done behind. */
export function isAsynchronous(test: SuiteTest): boolean {
  return /\b(?:async|await|then|Promise|setTimeout|setImmediate|nextTick)\b/.test(
    test.printed.source,
  );
}
