/**
 * `npm run bench:cpu -- --against FOLDER`: processor seconds of `generate` on the examples, children included, by this
 * checkout and by another one, in pairs whose order changes; the same seed and number of executions. Both must be
 * built. `--pairs N` [default = 20]. Goal: the upper 95 % bound of the ratio is at most 1.05.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRandom } from "../../src/kernel/random.ts";
import { openCpuMeter } from "../telemetry/cpu-meter.ts";

const ROOT = join(import.meta.dirname, "../..");
const GOAL_RATIO = 1.05;
const RESAMPLES = 10_000;
const EXAMPLES = ["interval-set", "text-toolkit", "money", "file-ledger"];

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    pairs: { type: "string", default: "20" },
    executions: { type: "string", default: "1000" },
  },
});
const { against } = values;
if (against === undefined) throw new Error("--against FOLDER: a built checkout to compare with");
const meter = openCpuMeter();

interface Pair {
  readonly here: number;
  readonly there: number;
}

const pairs: Pair[] = [];
for (let index = 0; index < Number(values.pairs); index += 1) {
  const isHereFirst = index % 2 === 0;
  const first = await measureOnce(isHereFirst ? ROOT : against, index + 1);
  const second = await measureOnce(isHereFirst ? against : ROOT, index + 1);
  const pair = isHereFirst ? { here: first, there: second } : { here: second, there: first };
  pairs.push(pair);
  process.stdout.write(
    `pair ${String(index + 1)}: here ${pair.here.toFixed(2)} s, there ${pair.there.toFixed(2)} s\n`,
  );
}
report();

/** One example a pair, in turn, with the pair's number as its seed. */
async function measureOnce(checkout: string, seed: number): Promise<number> {
  const example = EXAMPLES[seed % EXAMPLES.length] ?? "money";
  const scratch = mkdtempSync(join(tmpdir(), "regoose-cpu-"));
  try {
    const project = join(scratch, example);
    cpSync(join(ROOT, "examples", example), project, { recursive: true });
    const argv = [
      ...[process.execPath, join(checkout, "bin/regoose.js"), "generate", "--quiet"],
      ...["--seed", String(seed), "--max-executions", values.executions, "--workers", "2"],
    ];
    const { cpuSeconds, exitCode } = await meter.run(argv, { cwd: project, env: process.env });
    if (exitCode !== 0) throw new Error(`generate of ${checkout} ended with ${String(exitCode)}`);
    return cpuSeconds;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Ratio of sums; percentile bootstrap over pairs (Efron & Tibshirani, section 13.3). */
function report(): void {
  const random = createRandom(1);
  const toRatio = (sample: readonly Pair[]): number =>
    sample.reduce((sum, { here }) => sum + here, 0) /
    sample.reduce((sum, { there }) => sum + there, 0);
  const resampled = Array.from({ length: RESAMPLES }, () =>
    toRatio(pairs.map(() => random.pick(pairs))),
  ).sort((a, b) => a - b);
  const upper = resampled[Math.floor(0.95 * RESAMPLES)] ?? Number.NaN;
  process.stdout.write(
    `here takes ${toRatio(pairs).toFixed(3)} of the processor time of there, upper 95 % bound ${upper.toFixed(3)} (goal ≤ ${String(GOAL_RATIO)})\n`,
  );
  if (upper > GOAL_RATIO) process.exitCode = 3;
}
