import type { ExperimentOutcome, ExperimentUnit } from "../contract/feature-flags.ts";
import {
  CONFIDENCE,
  estimateDifference,
  estimateMean,
  type Estimate,
  type Sample,
  toSample,
} from "./intervals.ts";
import { checkSampleRatio, MISMATCH_BELOW, type SampleRatio } from "./sample-ratio.ts";
import { type DealtUnits, type ExperimentRun, toUnits, type Unit } from "./units.ts";

/** One variant as it was dealt out. */
export interface VariantCount {
  readonly variant: string;
  /** Share that the weights give it, 0 to 1. */
  readonly share: number;
  /** Units that got it. */
  readonly exposed: number;
  /** Of those, units with an outcome. */
  readonly ended: number;
}

export const OUTCOME_NAMES = ["mutationScore", "cost", "time"] as const;

export type OutcomeName = (typeof OUTCOME_NAMES)[number];

/** A variant against the control. */
export interface Comparison {
  readonly variant: string;
  /** Units of the variant and of the control that it rests on. */
  readonly n: number;
  readonly controlN: number;
  /** Variant less control. */
  readonly difference: Estimate;
  /** Whether the interval leaves zero out. */
  readonly excludesZero: boolean;
}

/** One outcome over all variants. */
export interface OutcomeReport {
  readonly name: OutcomeName;
  /** What a value is: a share, dollars, executions of the search, or milliseconds. */
  readonly unit: "share" | "usd" | "executions" | "ms";
  readonly isMoreBetter: boolean;
  readonly variants: readonly {
    readonly variant: string;
    readonly n: number;
    readonly mean: Estimate;
  }[];
  readonly comparisons: readonly Comparison[];
}

/** What `regoose experiment report` says. */
export interface ExperimentReport {
  readonly name: string;
  readonly flag: string;
  readonly unit: ExperimentUnit;
  readonly control: string;
  readonly minimum: number;
  readonly variants: readonly VariantCount[];
  /** Whether units were dealt out as the weights say, and whether those with an outcome still are. */
  readonly sampleRatio: {
    readonly exposed: SampleRatio;
    readonly ended: SampleRatio;
    readonly mismatchBelow: number;
  };
  readonly method: string;
  readonly confidence: number;
  /** Empty where a variant has fewer than two units with an outcome. */
  readonly outcomes: readonly OutcomeReport[];
  /** Whether there are as many units as were asked for, and nothing says that they were dealt out wrongly. */
  readonly isConclusive: boolean;
  /** Sentences. */
  readonly warnings: readonly string[];
}

const METHOD =
  "Welch's t interval for each difference, Student's for each mean; not corrected for looking at several outcomes";

/** Least units with an outcome that an interval can be drawn from. */
export const LEAST_UNITS = 2;

/** Compares the variants of one experiment. `runs`: at least one, oldest first; `standard`: the flag's default. */
export function reportExperiment(
  name: string,
  runs: readonly [ExperimentRun, ...ExperimentRun[]],
  standard: string | null,
): ExperimentReport {
  const dealt = toUnits(runs);
  const { exposure } = runs.at(-1) ?? runs[0];
  const names = listVariants(dealt, Object.keys(exposure.variants));
  const control = standard !== null && names.includes(standard) ? standard : (names[0] ?? "");
  const counts = names.map((variant) => countVariant(dealt.units, variant));
  const ended = dealt.units.filter(({ outcomes }) => outcomes.length > 0);
  const sampleRatio = {
    exposed: checkUnits(dealt.units, names),
    ended: checkUnits(ended, names),
    mismatchBelow: MISMATCH_BELOW,
  };
  const hasEnough = counts.every((one) => one.ended >= LEAST_UNITS);
  const wanted = listOutcomes(ended);
  const outcomes = hasEnough ? wanted.map((one) => compare(one, ended, { names, control })) : [];
  const isComplete = counts.every((one) => one.ended >= exposure.minimum);
  const isMismatch = [sampleRatio.exposed, sampleRatio.ended].some(
    ({ kind }) => kind === "mismatch",
  );
  return {
    name,
    flag: exposure.flag,
    unit: exposure.unit,
    control,
    minimum: exposure.minimum,
    variants: counts,
    sampleRatio,
    method: METHOD,
    confidence: CONFIDENCE,
    outcomes,
    isConclusive: isComplete && !isMismatch,
    warnings: [
      ...warnOfDealing(dealt),
      ...warnOfRatio(sampleRatio),
      ...warnOfSize(isComplete, exposure.minimum, exposure.unit),
      ...warnOfSameness(outcomes),
    ],
  };
}

interface OutcomeFacts {
  readonly name: OutcomeName;
  readonly unit: OutcomeReport["unit"];
  readonly isMoreBetter: boolean;
  readonly of: (outcome: ExperimentOutcome) => number | null;
}

const SCORE: OutcomeFacts = {
  name: "mutationScore",
  unit: "share",
  isMoreBetter: true,
  of: ({ mutationScore }) => mutationScore,
};
const MONEY: OutcomeFacts = {
  name: "cost",
  unit: "usd",
  isMoreBetter: false,
  of: ({ usd }) => usd ?? null,
};
const EXECUTIONS: OutcomeFacts = {
  name: "cost",
  unit: "executions",
  isMoreBetter: false,
  of: ({ executions }) => executions,
};
const TIME: OutcomeFacts = {
  name: "time",
  unit: "ms",
  isMoreBetter: false,
  of: ({ durationMs }) => durationMs,
};

/** Cost is money as soon as one run paid a model; runs whose price nobody knows are left out of it then. */
function listOutcomes(units: readonly Unit[]): readonly OutcomeFacts[] {
  const isPaid = units.some(({ outcomes }) => outcomes.some(({ usd }) => (usd ?? 0) > 0));
  return [SCORE, isPaid ? MONEY : EXECUTIONS, TIME];
}

/** As the newest deal has them, then those that only earlier ones had. */
function listVariants({ units }: DealtUnits, newest: readonly string[]): readonly string[] {
  return [...new Set([...newest, ...units.map(({ variant }) => variant)])];
}

function countVariant(units: readonly Unit[], variant: string): VariantCount {
  const own = units.filter((unit) => unit.variant === variant);
  return {
    variant,
    share: toExpected(units, variant) / Math.max(1, units.length),
    exposed: own.length,
    ended: own.filter(({ outcomes }) => outcomes.length > 0).length,
  };
}

function toExpected(units: readonly Unit[], variant: string): number {
  return units.reduce((sum, { shares }) => sum + (shares.get(variant) ?? 0), 0);
}

function checkUnits(units: readonly Unit[], names: readonly string[]): SampleRatio {
  return checkSampleRatio(
    names.map((variant) => ({
      observed: units.filter((unit) => unit.variant === variant).length,
      expected: toExpected(units, variant),
    })),
  );
}

function compare(
  { of, ...facts }: OutcomeFacts,
  units: readonly Unit[],
  { names, control }: { readonly names: readonly string[]; readonly control: string },
): OutcomeReport {
  const samples = new Map<string, Sample>(
    names.map((variant) => {
      const own = units.filter((unit) => unit.variant === variant);
      return [variant, toSample(own.flatMap((unit) => toValue(unit, of)))];
    }),
  );
  const usable = [...samples].filter(([, { n }]) => n >= LEAST_UNITS);
  const base = samples.get(control);
  return {
    ...facts,
    variants: usable.map(([variant, sample]) => ({
      variant,
      n: sample.n,
      mean: estimateMean(sample),
    })),
    comparisons:
      base === undefined || base.n < LEAST_UNITS
        ? []
        : usable
            .filter(([variant]) => variant !== control)
            .map(([variant, sample]) => toComparison(variant, base, sample)),
  };
}

/** Runs of one repository are not independent: together they are one value. */
function toValue({ outcomes }: Unit, of: OutcomeFacts["of"]): readonly number[] {
  const values = outcomes.flatMap((outcome) => of(outcome) ?? []);
  return values.length === 0 ? [] : [toSample(values).mean];
}

function toComparison(variant: string, control: Sample, sample: Sample): Comparison {
  const difference = estimateDifference(control, sample);
  const excludesZero = difference.low > 0 || difference.high < 0;
  return { variant, n: sample.n, controlN: control.n, difference, excludesZero };
}

function warnOfDealing({ moved, foreign, hasOneDeal }: DealtUnits): readonly string[] {
  return [
    ...(foreign > 0
      ? [`${foreign} earlier runs of this name decided another flag or unit, and are left out`]
      : []),
    ...(moved > 0
      ? [`${moved} units got two variants, as the weights changed, and are left out`]
      : []),
    ...(hasOneDeal
      ? []
      : ["the weights changed while it went on: what changed with time may look like an effect"]),
  ];
}

function warnOfRatio({
  exposed,
  ended,
}: {
  readonly exposed: SampleRatio;
  readonly ended: SampleRatio;
}): readonly string[] {
  if (exposed.kind === "mismatch")
    return [
      "sample ratio mismatch: the variants were not dealt out as the weights say, so do not trust the differences",
    ];
  return ended.kind === "mismatch"
    ? [
        "runs of one variant come to no end more often than those of another: the differences are biased",
      ]
    : [];
}

function warnOfSize(isComplete: boolean, minimum: number, unit: ExperimentUnit): readonly string[] {
  return isComplete
    ? []
    : [
        `no conclusion before each variant has ${minimum} ${unit}s with an outcome: who looks early and stops at a good moment finds what is not there`,
      ];
}

/** Runs with one seed repeat each other. */
function warnOfSameness(outcomes: readonly OutcomeReport[]): readonly string[] {
  const same = outcomes.filter(({ variants }) =>
    variants.some(({ mean }) => mean.low === mean.high),
  );
  return same.map(
    ({ name }) =>
      `${name} does not vary within a variant: runs that repeat one seed on the same sources say no more than one of them`,
  );
}
