/** When a changed value counts where a process goes on running: at once, for the next run, or after a restart. */
export type Reload = "live" | "next-run" | "restart";

/**
 * Who may set a key. A project's own file may set what is for `anyone`, may only raise what is `raise-only`, and
 * sets what is for the `owner` of the machine only where the user trusts the project.
 */
export type Trust = "anyone" | "raise-only" | "owner";

/** What stands in the reference, in `--help`, in `explain` and in the JSON Schema about one key. */
export interface KeyFacts {
  readonly description: string;
  readonly reload: Reload;
  readonly trust: Trust;
}

/** A key with a default, an environment variable and, mostly, a flag. */
export interface SettingFacts<T> extends KeyFacts {
  readonly default: T;
  /** The default as a person writes it. */
  readonly defaultText: string;
  readonly hasFlag: boolean;
}

/** What a run goes by, complete. */
export interface ConfigValues {
  readonly engine: "auto" | "search" | "model";
  /** In milliseconds. */
  readonly maxTime: number;
  readonly maxExecutions: number | null;
  readonly seed: number;
  readonly workers: number | null;
  readonly framework: "auto" | "node" | "vitest" | "jest" | "mocha";
  /** In lower case; null for JavaScript and TypeScript. */
  readonly language: string | null;
  readonly testCommand: string | null;
  readonly out: string | null;
  readonly baseline: "existing" | "none";
  readonly sandbox: "auto" | "namespace" | "guarded";
  readonly reruns: number;
  readonly maxIterations: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Name of a provider, or `auto`. */
  readonly provider: string;
  /** In dollars. */
  readonly budgetUsd: number | null;
  readonly budgetTokens: number | null;
  readonly budgetUsdPerDay: number | null;
  readonly budgetTokensPerDay: number | null;
  readonly budgetUsdPerRepository: number | null;
  readonly budgetTokensPerRepository: number | null;
}

export type ConfigKey = keyof ConfigValues;

/** What one source sets. */
export type PartialConfig = { readonly [K in ConfigKey]?: ConfigValues[K] | undefined };

export const ENGINES = ["auto", "search", "model"] as const;
export const FRAMEWORKS = ["auto", "node", "vitest", "jest", "mocha"] as const;
export const BASELINES = ["existing", "none"] as const;
/** How much isolation each one asks for grows from `guarded` over `auto` to `namespace`. */
export const SANDBOXES = ["auto", "namespace", "guarded"] as const;

/** A bound on what models may cost: nobody but who pays may set it. */
const BUDGET = {
  reload: "next-run",
  trust: "owner",
  hasFlag: false,
  default: null,
  defaultText: "null",
} as const;
const RUN = { reload: "next-run", trust: "anyone", hasFlag: true } as const;

/** Every setting of a run. No module that is slow to load stands behind this table: `--help` reads it. */
export const SETTINGS: { readonly [K in ConfigKey]: SettingFacts<ConfigValues[K]> } = {
  engine: {
    ...RUN,
    default: "auto",
    defaultText: "auto",
    description:
      "Who proposes tests. `search` needs no model, key or network; `auto` takes what is there.",
  },
  maxTime: {
    ...RUN,
    default: 60_000,
    defaultText: "60s",
    description:
      "Bound on the whole command, such as 30s or 2m. Off by default when maxExecutions is set.",
  },
  maxExecutions: {
    ...RUN,
    default: null,
    defaultText: "null",
    description:
      "Stop the search after this many executions; with a seed the result is the same to the byte.",
  },
  seed: {
    ...RUN,
    default: 1,
    defaultText: "1",
    description: "Seed of every random decision.",
  },
  workers: {
    ...RUN,
    default: null,
    defaultText: "null",
    description: "Search processes side by side; null takes what the machine has, up to 4.",
  },
  framework: {
    ...RUN,
    default: "auto",
    defaultText: "auto",
    description: "Test runner to write for and to run with; `auto` takes the project's own.",
  },
  language: {
    ...RUN,
    default: null,
    defaultText: "null",
    description:
      "Language of the target where it is not JavaScript or TypeScript: python, go, or any other one together with testCommand. Only models write tests there.",
  },
  testCommand: {
    ...RUN,
    trust: "owner",
    default: null,
    defaultText: "null",
    description:
      "Command that runs one test file of that language from the project's root, in the sandbox: \"perl {file}\". No project's own file may set it.",
  },
  out: {
    ...RUN,
    default: null,
    defaultText: "null",
    description: "Folder of the written suite; null puts it into regoose/ in the tests folder.",
  },
  baseline: {
    ...RUN,
    default: "existing",
    defaultText: "existing",
    description:
      "Whether a test has to add something to the existing suite, or only to the written one.",
  },
  sandbox: {
    ...RUN,
    trust: "raise-only",
    default: "auto",
    defaultText: "auto",
    description:
      "Isolation of the code under test. A project's own file may raise it, never lower it.",
  },
  reruns: {
    ...RUN,
    default: 5,
    defaultText: "5",
    description: "How often each test has to pass in fresh, shuffled runs before it is kept.",
  },
  maxIterations: {
    ...RUN,
    default: 3,
    defaultText: "3",
    description:
      "How often a model may repair a test file that does not build or load; rounds of `improve`.",
  },
  include: {
    ...RUN,
    hasFlag: false,
    default: [],
    defaultText: "[]",
    description: "Source files to test, as globs such as src/**/*.ts; empty for all.",
  },
  exclude: {
    ...RUN,
    hasFlag: false,
    default: [],
    defaultText: "[]",
    description: "Source files to leave alone, as globs.",
  },
  provider: {
    ...RUN,
    hasFlag: false,
    default: "auto",
    defaultText: "auto",
    description:
      "Model provider to ask, by its name under providers; auto takes all that have a key or an address, one after the other.",
  },
  budgetUsd: { ...BUDGET, description: "Most dollars that one run may spend on models." },
  budgetTokens: { ...BUDGET, description: "Most tokens, input and output, of one run." },
  budgetUsdPerDay: { ...BUDGET, description: "Most dollars of all runs of a day (UTC)." },
  budgetTokensPerDay: { ...BUDGET, description: "Most tokens of all runs of a day (UTC)." },
  budgetUsdPerRepository: {
    ...BUDGET,
    description: "Most dollars that all runs in one project may spend, ever.",
  },
  budgetTokensPerRepository: {
    ...BUDGET,
    description: "Most tokens of all runs in one project, ever.",
  },
};

export const CONFIG_KEYS: readonly ConfigKey[] = Object.keys(SETTINGS) as ConfigKey[];

/** Keys that say how the file itself is to be read. */
export type FileKey =
  | "version"
  | "profile"
  | "profiles"
  | "providers"
  | "roles"
  | "prices"
  | "flags"
  | "experiments"
  | "server"
  | "trustedProjects";

export const FILE_KEYS: { readonly [K in FileKey]: KeyFacts } = {
  version: {
    reload: "next-run",
    trust: "anyone",
    description:
      "Version of this file's form; a file without one is read as version 1. `regoose config migrate` brings it up to date.",
  },
  profile: {
    reload: "next-run",
    trust: "anyone",
    description:
      "Profile to use: development, ci, production, or one under profiles. None unless one is named.",
  },
  profiles: {
    reload: "next-run",
    trust: "anyone",
    description:
      "Named sets of settings and providers that win over the files' own; a built-in name adds to the built-in profile.",
  },
  providers: {
    reload: "next-run",
    trust: "anyone",
    description: "Model providers by name.",
  },
  roles: {
    reload: "next-run",
    trust: "anyone",
    description:
      "What models are asked by whom (explorer, oracle, mutant, repair, judge, planner, editor, check): parameters, and models, a list of provider/model or provider to ask in place of the usual ones. Each has a variable, such as REGOOSE_ROLES_JUDGE_TEMPERATURE. models and extraBody are yours alone to set.",
  },
  prices: {
    reload: "next-run",
    trust: "owner",
    description:
      "Prices of models by provider/model, in dollars for a million tokens: input, cacheRead, cacheWrite, output.",
  },
  flags: {
    reload: "next-run",
    trust: "anyone",
    description: "Feature flags: a value, or rules by which runs get one.",
  },
  experiments: {
    reload: "next-run",
    trust: "anyone",
    description: "Experiments by name: a flag whose values are dealt out and compared.",
  },
  server: {
    reload: "live",
    trust: "owner",
    description: "Settings of `regoose serve`; each of its keys says when a change counts.",
  },
  trustedProjects: {
    reload: "next-run",
    trust: "owner",
    description:
      "Absolute folders (or ~/…) whose own configuration may set what else only you may. Counts in your own file and environment only.",
  },
};

/** `["server", "queue"]` → `REGOOSE_SERVER_QUEUE`, `["maxTime"]` → `REGOOSE_MAX_TIME`. */
export function toVariable(path: readonly string[]): string {
  return `REGOOSE_${path.map(toSnake).join("_")}`;
}

/** `apiKey` → `API_KEY`. */
export function toSnake(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** `maxTime` → `--max-time`. */
export function toFlag(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
