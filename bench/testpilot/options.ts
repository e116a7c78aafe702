import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { PACKAGES, type BenchPackage } from "./packages.ts";

export interface BenchOptions {
  readonly packages: readonly BenchPackage[];
  readonly seeds: readonly number[];
  /** Search times, seconds, ascending. */
  readonly times: readonly number[];
  /** Packages side by side. */
  readonly parallel: number;
  readonly isRunsCheckWanted: boolean;
  readonly isStrykerWanted: boolean;
  /** The command's entry file. */
  readonly cli: string;
  /** Folder of downloads, projects and runs; kept between benches. */
  readonly workFolder: string;
  readonly resultsFolder: string;
  /** Stored results whose rows need not be run again; null starts afresh. */
  readonly resumedFile: string | null;
}

export const HELP = `npm run bench:testpilot -- [options]

Runs \`regoose generate\` on TestPilot's packages and measures the written suites from outside,
with plain istanbul counters, in a sandbox of the bench's own.

  --packages a,b      only these (default: all 22)
  --seeds 1,2,3       one run a package and seed (default: 1)
  --times 10,30,60    seconds of --max-time, one run each (default: 120)
  --parallel 2        packages side by side
  --runs-check        run each suite of the longest time 20 times: three time zones, two dates,
                      shuffled; then \`regoose verify\` on a fresh copy
  --stryker           StrykerJS 10.0.0 itself on complex.js and simple-statistics, first seed
  --cli FILE          entry file of the command (default: the command from sources)
  --work DIR          downloads and runs (default: regoose-bench/testpilot in the temporary folder)
  --results DIR       (default: bench/results)
  --resume FILE       stored JSON of a bench that was stopped: its rows are kept, the others run;
                      only on the same commit
`;

/** Reads the command line; null means that help was asked for. @throws on unknown options or names */
export function parseBenchOptions(args: readonly string[], root: string): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      packages: { type: "string" },
      seeds: { type: "string", default: "1" },
      times: { type: "string", default: "120" },
      parallel: { type: "string", default: "2" },
      "runs-check": { type: "boolean", default: false },
      stryker: { type: "boolean", default: false },
      cli: { type: "string", default: resolve(root, "bench/testpilot/cli.ts") },
      work: { type: "string", default: join(tmpdir(), "regoose-bench", "testpilot") },
      resume: { type: "string" },
      results: { type: "string", default: resolve(root, "bench/results") },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  return {
    packages: values.packages === undefined ? PACKAGES : toPackages(values.packages),
    seeds: toNumbers(values.seeds, "--seeds"),
    times: toNumbers(values.times, "--times").sort((a, b) => a - b),
    parallel: toNumbers(values.parallel, "--parallel")[0] ?? 2,
    isRunsCheckWanted: values["runs-check"],
    isStrykerWanted: values.stryker,
    cli: resolve(values.cli),
    workFolder: resolve(values.work),
    resultsFolder: resolve(values.results),
    resumedFile: values.resume === undefined ? null : resolve(values.resume),
  };
}

function toPackages(list: string): BenchPackage[] {
  return list.split(",").map((name) => {
    const found = PACKAGES.find((each) => each.name === name.trim());
    if (found === undefined) {
      const known = PACKAGES.map((each) => each.name).join(", ");
      throw new Error(`--packages: "${name}" is not in the bench; there are ${known}`);
    }
    return found;
  });
}

function toNumbers(list: string, option: string): number[] {
  return list.split(",").map((text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new Error(`${option}: "${text}" is not a positive whole number`);
    }
    return value;
  });
}
