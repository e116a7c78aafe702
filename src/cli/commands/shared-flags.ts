import { resolve } from "node:path";
import type { CliContext } from "../context.ts";
import { createUsageError } from "../errors.ts";
import type { OutputStyle } from "../output.ts";

/** Flags that every command takes. */
export interface SharedFlags {
  readonly json: boolean;
  readonly cwd?: string;
}

/** Stricli's description of {@link SharedFlags}. */
export const SHARED_FLAGS: {
  readonly json: {
    readonly kind: "boolean";
    readonly brief: string;
    readonly default: false;
    readonly withNegated: false;
  };
  readonly cwd: {
    readonly kind: "parsed";
    readonly parse: (text: string) => string;
    readonly brief: string;
    readonly optional: true;
    readonly placeholder: "DIR";
  };
} = {
  json: {
    kind: "boolean",
    brief: "Print one JSON object on stdout and nothing else there",
    default: false,
    withNegated: false,
  },
  cwd: {
    kind: "parsed",
    parse: (text: string): string => text,
    brief: "Behave as if typed in DIR",
    optional: true,
    placeholder: "DIR",
  },
};

/** Where a server keeps its own files. */
export const STATE_FLAG: {
  readonly kind: "parsed";
  readonly parse: (text: string) => string;
  readonly brief: string;
  readonly optional: true;
  readonly placeholder: "DIR";
} = {
  kind: "parsed",
  parse: (text: string): string => text,
  brief: "Folder where a server keeps runs and answers [default = $XDG_STATE_HOME/regoose]",
  optional: true,
  placeholder: "DIR",
};

/** RUN as a positional argument. */
export const RUN_POSITIONAL: {
  readonly kind: "tuple";
  readonly parameters: readonly [
    {
      readonly brief: string;
      readonly parse: (text: string) => string;
      readonly optional: true;
      readonly placeholder: "RUN";
    },
  ];
} = {
  kind: "tuple",
  parameters: [
    {
      brief: "Run id, a unique prefix of one, or latest [default = latest]",
      parse: (text: string): string => text,
      optional: true,
      placeholder: "RUN",
    },
  ],
};

/** TARGET… as positional arguments. */
export const TARGETS_POSITIONAL: {
  readonly kind: "array";
  readonly parameter: {
    readonly brief: string;
    readonly parse: (text: string) => string;
    readonly placeholder: "TARGET";
  };
} = {
  kind: "array",
  parameter: {
    brief: "Package folder, folder, file, or file#export [default = .]",
    parse: (text: string): string => text,
    placeholder: "TARGET",
  },
};

/** The folder a command works from. */
export function toCwd(context: CliContext, flags: SharedFlags): string {
  return flags.cwd === undefined ? context.cwd : resolve(context.cwd, flags.cwd);
}

/** How the command should talk. */
export function toStyle(
  context: CliContext,
  flags: SharedFlags & { readonly quiet?: boolean },
): OutputStyle {
  return {
    json: flags.json,
    quiet: flags.quiet ?? false,
    color: context.isColorAllowed && !flags.json,
    isTerminal: context.isTerminal,
    columns: context.columns,
  };
}

/** Parses a whole number ≥ `minimum`; the error names the flag. */
export function createIntegerParser(name: string, minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/u.test(text) || !Number.isSafeInteger(value) || value < minimum) {
      throw createUsageError(
        `--${name} takes a whole number of at least ${minimum}, not "${text}"`,
      );
    }
    return value;
  };
}
