import { z } from "zod";

/** What the feature flags of this release decide. */
export interface FlagValues {
  readonly searchBalance: "coverage" | "mutants";
  readonly fewestTests: boolean;
}

export type FlagName = keyof FlagValues;

export type FlagValue = FlagValues[FlagName];

/** Facts about a run that a rule may ask for. */
export const FLAG_ATTRIBUTES = [
  "project",
  "runner",
  "system",
  "packageManager",
  "typescript",
  "ci",
] as const;

export type FlagAttribute = (typeof FLAG_ATTRIBUTES)[number];

/** One rule of a flag; all that it asks for has to hold. */
export interface FlagRule {
  /** Attribute → the values that match. */
  readonly when?:
    { readonly [A in FlagAttribute]?: readonly (string | boolean)[] | undefined } | undefined;
  /** Share of repositories, 0 to 100: always the same ones, and a larger share holds a smaller one. */
  readonly percent?: number | undefined;
  readonly value: FlagValue;
}

/** How a configuration sets a flag: the first rule that holds, else `otherwise`. */
export interface FlagSetting {
  readonly rules: readonly FlagRule[];
  readonly otherwise: FlagValue;
}

/** What is dealt out: each run for itself, or each repository once and for all. */
export const EXPERIMENT_UNITS = ["run", "project"] as const;

export type ExperimentUnit = (typeof EXPERIMENT_UNITS)[number];

/** How a configuration sets an experiment. */
export interface ExperimentSetting {
  readonly flag: FlagName;
  readonly unit: ExperimentUnit;
  /** Units that each variant needs before the experiment says anything. */
  readonly minimum: number;
  /** Value of the flag, as text → weight. */
  readonly variants: Readonly<Record<string, number>>;
}

/** A named experiment. */
export interface Experiment extends ExperimentSetting {
  readonly name: string;
}

/** One flag as it was decided for a run. */
export interface FlagEvaluation {
  readonly flag: FlagName;
  readonly value: FlagValue;
  /** Standard reason of OpenFeature: `DEFAULT`, `STATIC`, `TARGETING_MATCH`, `SPLIT` or `ERROR`. */
  readonly reason: string;
  /** The experiment that drew it; null for none. */
  readonly experiment: string | null;
}

/** That a run works under one variant of an experiment. */
export interface Exposure extends ExperimentSetting {
  readonly experiment: string;
  /** A key of `variants`. */
  readonly variant: string;
  /** Names the unit without telling what it is. */
  readonly unitKey: string;
}

/** What flags a run goes by, and why. Stands in its log, so that a resume goes by the same. */
export interface FlagAssignment {
  readonly values: FlagValues;
  readonly evaluations: readonly FlagEvaluation[];
  readonly exposures: readonly Exposure[];
  /** Sentences on flags that could not be decided. */
  readonly degradations: readonly string[];
}

/** What came of a run that an experiment had its hand in. */
export interface ExperimentOutcome {
  /** Detected mutants of all, 0 to 1; null where there are none. */
  readonly mutationScore: number | null;
  /** Executions of the search: what a run costs while no model is paid. */
  readonly executions: number;
  /**
   * Dollars that models were paid, 0 where none was asked; null where a price is not known. Outcomes of earlier releases
   * have none.
   */
  readonly usd?: number | null | undefined;
  /** Working time of the steps, ms. */
  readonly durationMs: number;
}

/** Records of a run that are kept when the run itself is not any more. */
export const EXPOSURE_RECORD = "experiment-exposure";
export const OUTCOME_RECORD = "experiment-outcome";

const weights = z.record(z.string().max(40), z.number().int().min(1).max(1_000_000));
const count = z.number().nonnegative();

/** An exposure as any log holds it; its flag may be one that this release no longer has. */
export const exposureSchema: z.ZodType<Omit<Exposure, "flag"> & { readonly flag: string }> =
  z.object({
    experiment: z.string().min(1).max(40),
    flag: z.string().max(80),
    unit: z.enum(EXPERIMENT_UNITS),
    minimum: z.number().int().min(1),
    variants: weights,
    variant: z.string().max(40),
    unitKey: z.string().max(80),
  });

export const outcomeSchema: z.ZodType<ExperimentOutcome> = z.object({
  mutationScore: z.number().min(0).max(1).nullable(),
  executions: count,
  usd: count.nullable().optional(),
  durationMs: count,
});
