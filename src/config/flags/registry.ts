import type { FlagAttribute, FlagName, FlagValues } from "../../contract/feature-flags.ts";
import type { KeyFacts } from "../keys.ts";

/** What stands in the reference about one feature flag. */
export interface FlagFacts<T> extends KeyFacts {
  readonly default: T;
  /** All that it may be; each one is a way of working that holds the same promises. */
  readonly values: readonly T[];
  /** Which part of Regoose answers for it. */
  readonly owner: string;
  /** By when it is decided and taken out, ISO date. It goes on working until then and after. */
  readonly expires: string;
}

// What a flag may not decide is safety: a project's own file sets flags as it sets a seed.
const FLAG = { reload: "next-run", trust: "anyone" } as const;

/** Every feature flag of this release. */
export const FLAGS: { readonly [K in FlagName]: FlagFacts<FlagValues[K]> } = {
  searchBalance: {
    ...FLAG,
    default: "coverage",
    values: ["coverage", "mutants"],
    owner: "search",
    expires: "2027-12-31",
    description:
      "What the search spends most of its budget on: reaching new code, or killing the mutants of what it reached.",
  },
  fewestTests: {
    ...FLAG,
    default: false,
    values: [false, true],
    owner: "admission",
    expires: "2027-12-31",
    description:
      "Which of the sets of tests with the same branches and kills is kept: the plainest to read, or the one with the fewest tests.",
  },
};

export const FLAG_NAMES: readonly FlagName[] = Object.keys(FLAGS) as FlagName[];

/** What every flag is where nothing decides otherwise. */
export function defaultFlags(): FlagValues {
  return Object.fromEntries(
    FLAG_NAMES.map((name) => [name, FLAGS[name].default]),
  ) as unknown as FlagValues;
}

/** What a rule may ask for. */
export const ATTRIBUTE_TEXTS: { readonly [A in FlagAttribute]: string } = {
  project: "name of the package",
  runner: "`node`, `vitest`, `jest`, `mocha`",
  system: "`esm`, `commonjs`",
  packageManager: "`npm`, `pnpm`, `yarn`, `bun`",
  typescript: "`true` where the sources are TypeScript",
  ci: "`true` where the environment is one of continuous integration",
};

export const EXPERIMENT_KEYS: {
  readonly [K in "flag" | "variants" | "unit" | "minimum"]: KeyFacts;
} = {
  flag: { ...FLAG, description: "The feature flag that it decides." },
  variants: {
    ...FLAG,
    description:
      "Values of the flag, each with its weight. The default of the flag is the control, or the first value where the default is not among them.",
  },
  unit: {
    ...FLAG,
    description: "What is dealt out: each run by itself, or each repository once and for all.",
  },
  minimum: {
    ...FLAG,
    description: "Units that each variant needs before the report draws a conclusion.",
  },
};

export const MINIMUM_UNITS = 30;
