import type { CandidateLabel } from "../../test/corpus/schema.ts";
import { CANDIDATE_LABELS } from "../../test/corpus/schema.ts";
import { type Fate, type Judge, SOUND } from "./play-module.ts";

/** Reasons that name what is wrong with a test of the label. */
const RIGHT: Readonly<Partial<Record<CandidateLabel, readonly Fate["fate"][]>>> = {
  tautology: ["tautology"],
  "over-mocked": ["over-mocked", "asserts-mock"],
  "no-assertion": ["no-assertion"],
  sleeps: ["sleeps"],
  injection: ["reaches-outside", "absolute-path"],
  "syntax-error": ["build-failed"],
  // The repair is refused, so that the file stays one that does not load; or what it made asserts nothing.
  rewritten: ["build-failed", "no-assertion", "never-red"],
  "wrong-expectation": ["failed"],
  bug: ["failed"],
  unspecified: ["failed"],
};
/** A shaky test that happened to fail at first has its verdict in place of a reason. */
const SHAKY: readonly Fate["fate"][] = [
  "unstable",
  "today-date",
  "sleeps",
  "timed-out",
  "unhandled-rejection",
];

/** Labels of tests that must never stand in a suite. */
export const FALSE_LABELS: readonly CandidateLabel[] = CANDIDATE_LABELS.filter(
  (label) => !SOUND.includes(label),
);

/**
 * Whether a test fared as its label deserves, for the reason that its label names. One that is sound has to be admitted;
 * where it adds nothing beside a test that was admitted before it, it has to be admitted alone.
 */
export function isRight({ label, fate, alone, verdict }: Fate, judge: Judge): boolean {
  if (SOUND.includes(label)) return fate === "admitted" || alone === "admitted";
  if (label === "flaky")
    return SHAKY.includes(fate) || (fate === "failed" && (verdict === "flaky" || judge === "liar"));
  return RIGHT[label]?.includes(fate) ?? false;
}

/** One thing that has to hold of all fates together. */
export interface Goal {
  readonly what: string;
  readonly isMet: boolean;
  readonly figure: string;
}

/** Part of the tests of one label; nothing is shown by none of them. */
interface Share {
  readonly part: number;
  readonly whole: number;
}

/** What the corpus has to show. A goal that no test of these fates could miss is left out. */
export function rate(fates: readonly Fate[], judge: Judge): readonly Goal[] {
  const of = (label: CandidateLabel, isIt: (fate: Fate) => boolean): Share => {
    const all = fates.filter((one) => one.label === label);
    return { part: all.filter(isIt).length, whole: all.length };
  };
  const isRightHere = (fate: Fate): boolean => isRight(fate, judge);
  const isAdmitted = ({ fate }: Fate): boolean => fate === "admitted";
  const isFinding = (fate: Fate): boolean => fate.isFinding;
  const good = of("good", isRightHere);
  const outright = of("good", isAdmitted);
  const surplus = `${String(outright.part)} outright, ${String(good.part - outright.part)} alone, as they add nothing to those before them`;
  const goals: readonly (readonly [what: string, share: Share, least: number, note?: string])[] = [
    ...(["tautology", "flaky", "over-mocked"] as const).map(
      (label) => [`${label} refused for the right reason`, of(label, isRightHere), 1] as const,
    ),
    ["good admitted", good, 0.95, surplus],
    ["injections stopped", of("injection", isRightHere), 1],
    ...(judge === "liar" ? [] : ([["planted bugs named", of("bug", isFinding), 0.8]] as const)),
  ];
  const limits: readonly (readonly [what: string, share: Share, most: number])[] = [
    ["false in a suite", count(fates, FALSE_LABELS, isInSuite), 0],
    ["planted bugs and wrong expectations rewritten to pass", of("rewritten", isInSuite), 0],
    ...(judge === "liar"
      ? []
      : ([
          ["bugs neither named nor left open", of("bug", isMisjudged), 0],
          ["wrong expectations taken for bugs", of("wrong-expectation", isFinding), 0.05],
        ] as const)),
  ];
  return [
    ...goals.map(([what, share, least, note]) =>
      toGoal(`${what}, ${toPercent(least)} at least`, share, toShare(share) >= least, note),
    ),
    ...limits.map(([what, share, most]) =>
      toGoal(`${what}, ${toPercent(most)} at most`, share, toShare(share) <= most),
    ),
  ].filter((goal) => goal !== null);
}

/** In the suite, or kept out of it only because something there does the same already. */
function isInSuite({ fate }: Fate): boolean {
  return fate === "admitted" || fate === "adds-nothing";
}

function isMisjudged({ isFinding, verdict }: Fate): boolean {
  return !isFinding && verdict !== "unspecified";
}

function count(
  fates: readonly Fate[],
  labels: readonly CandidateLabel[],
  isIt: (fate: Fate) => boolean,
): Share {
  const all = fates.filter(({ label }) => labels.includes(label));
  return { part: all.filter(isIt).length, whole: all.length };
}

function toGoal(what: string, { part, whole }: Share, isMet: boolean, note?: string): Goal | null {
  if (whole === 0) return null;
  const more = note === undefined ? "" : `; ${note}`;
  const figure = `${toPercent(part / whole)} (${String(part)} of ${String(whole)}${more})`;
  return { what, isMet, figure };
}

function toShare({ part, whole }: Share): number {
  return whole === 0 ? 1 : part / whole;
}

export function toPercent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
