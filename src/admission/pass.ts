import type { RejectionReason } from "../contract/candidate.ts";
import type { SourceOverlay } from "../contract/mutant.ts";
import { createDeadline, type Clock } from "../kernel/clock.ts";
import type { Ledger } from "./ledger.ts";
import type { ObserveDeps, Observation } from "./observe.ts";
import { observe } from "./observe.ts";
import { STANDARD_CONDITIONS } from "./session.ts";
import type { Suite } from "./suite.ts";

/** Of the time that is left, what may go into telling broken files apart: the rest is for the proof. */
const SHARE = 0.45;
/** The first look at all tests together gets at least this, ms. */
const LEAST_MS = 6_000;
/** A run may use up half of the share, so that one without the test that hangs can follow; at least this, ms. */
const LEAST_RUN_MS = 3_000;
/** A test that a search made takes milliseconds; one that is pending for so long never ends, ms. */
const BODY_LIMIT_MS = 2_500;
/** How often survivors are printed anew and run together before the largest clean group is taken. */
const MAX_ROUNDS = 3;

export interface PassDeps extends ObserveDeps {
  readonly ledger: Ledger;
}

export interface Passing {
  /** Tests that passed in one clean run together. */
  readonly suite: Suite;
  /** That run, which recorded coverage; null when the suite had to be taken apart. */
  readonly coverage: Observation | null;
  /** What the longest run of all tests together took, ms. */
  readonly runMs: number;
}

/**
 * Conditions 1 and 2: every candidate loads and passes, in a fresh process. The run is on the
 * coverage build, so that it tells at once what each test covers; the target as it is has its turn in
 * the re-runs and in the proof of the written files. Who does not pass is rejected.
 */
export async function passAlone(
  deps: PassDeps & { readonly clock: Clock },
  first: Suite,
  overlay: SourceOverlay,
): Promise<Passing> {
  let suite = first;
  let largest: readonly string[] = [];
  let runMs = 0;
  const leftMs = deps.session.deadline.remainingMs();
  const shareMs = Math.max(leftMs * SHARE, Math.min(leftMs, LEAST_MS));
  const until = createDeadline(deps.clock, shareMs);
  const limited = { ...deps, session: deps.session.until(until) };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const seen = await observe(limited, suite, {
      mode: { kind: "coverage", bodyLimitMs: BODY_LIMIT_MS },
      overlay,
      conditions: STANDARD_CONDITIONS,
      limitMs: Math.max(LEAST_RUN_MS, shareMs / 2),
    });
    runMs = Math.max(runMs, seen.whole?.durationMs ?? 0);
    const isCut = until.isOver() || deps.allowance.left <= 0;
    rejectReds(deps.ledger, isCut ? withoutUnsure(seen) : seen);
    if (!seen.wasSplit || isCut) {
      const coverage = seen.wasSplit ? null : seen;
      return { suite: await withoutRejected(deps, suite), coverage, runMs };
    }
    for (const group of seen.cleanGroups) if (group.length > largest.length) largest = group;
    suite = await deps.print(deps.ledger.live(), true);
  }
  // Each part runs clean, the whole does not: keep the largest part that was seen clean.
  const kept = new Set(largest);
  for (const candidate of deps.ledger.live()) {
    if (kept.has(candidate.id)) continue;
    deps.ledger.reject(candidate.id, "unstable", "passes only apart from other tests");
  }
  return { suite: await deps.print(deps.ledger.live(), true), coverage: null, runMs };
}

/**
 * What passed in company goes on where there were no time and no runs left to see it apart and little else has passed:
 * later runs try it again. Where enough passed in clean runs, it would only put those in danger.
 */
function withoutUnsure(seen: Observation): Observation {
  const passed = [...seen.sightings.values()].filter(({ kind }) => kind === "passed");
  if (passed.length >= seen.unsure.size) return seen;
  const sure = [...seen.sightings].filter(([id]) => !seen.unsure.has(id));
  return { ...seen, sightings: new Map(sure) };
}

/** Writes red sightings to the ledger; `as` maps a reason where the step has its own word for it. */
export function rejectReds(
  ledger: Ledger,
  seen: Observation,
  as: (reason: RejectionReason) => RejectionReason = (reason) => reason,
): void {
  for (const [id, sighting] of seen.sightings) {
    if (sighting.kind !== "red") continue;
    const { reason, detail, isSetup } = sighting;
    ledger.reject(id, as(reason), detail, isSetup === true ? { isSetup } : {});
  }
}

/** Prints the survivors when some of the suite's tests were rejected meanwhile. */
export async function withoutRejected(deps: PassDeps, suite: Suite): Promise<Suite> {
  const isWhole = suite.tests.every((test) => deps.ledger.isLive(test.candidate.id));
  return isWhole ? suite : deps.print(deps.ledger.live(), true);
}
