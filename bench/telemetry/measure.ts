/**
 * `npm run bench:telemetry`: what telemetry costs. The same seeded run with it on and off, in pairs whose order
 * changes from one to the next; processor seconds of the command with all its children. Goals: less than 1 %, with an
 * upper 95 % bound below 2 %, over runs of 20 processor seconds and more. Ends with 3 where one is missed.
 * `--pairs N` [default = 30]. Drives the built command: `npm run build` first.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRandom } from "../../src/kernel/random.ts";
import { openCpuMeter } from "./cpu-meter.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const GOAL_PERCENT = 1;
const BOUND_PERCENT = 2;
/** A shorter run would measure start-up. */
const LEAST_CPU_SECONDS = 20;
const RESAMPLES = 10_000;
/** A bounded search, so that both runs of a pair do the same. */
const RUN = ["--max-executions", "3000", "--baseline", "none", "--workers", "2", "--quiet"];

interface Pair {
  readonly on: number;
  readonly off: number;
}

const { values } = parseArgs({ options: { pairs: { type: "string", default: "30" } } });
const meter = openCpuMeter();
process.stdout.write(
  `${values.pairs} pairs, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${meter.source}\n`,
);
await measureOnce(0, true);
const pairs: Pair[] = [];
for (let index = 0; index < Number(values.pairs); index += 1) {
  const isOnFirst = index % 2 === 0;
  const first = await measureOnce(index + 1, isOnFirst);
  const second = await measureOnce(index + 1, !isOnFirst);
  const pair = isOnFirst ? { on: first, off: second } : { on: second, off: first };
  pairs.push(pair);
  process.stdout.write(
    `pair ${index + 1}: on ${pair.on.toFixed(3)} s, off ${pair.off.toFixed(3)} s\n`,
  );
}
report(pairs);

async function measureOnce(seed: number, isOn: boolean): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "regoose-telemetry-"));
  try {
    const project = join(scratch, "money");
    cpSync(join(ROOT, "examples", "money"), project, { recursive: true });
    const argv = [process.execPath, join(ROOT, "bin", "regoose.js"), "generate", ...RUN];
    const reading = await meter.run([...argv, "--seed", String(seed)], {
      cwd: project,
      env: { ...process.env, REGOOSE_TELEMETRY: isOn ? "on" : "off" },
    });
    if (reading.exitCode !== 0) throw new Error(`generate ended with ${String(reading.exitCode)}`);
    return reading.cpuSeconds;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Percentile bootstrap over pairs (Efron & Tibshirani, "An Introduction to the Bootstrap", section 13.3). */
function report(measured: readonly Pair[]): void {
  const random = createRandom(1);
  const estimates = Array.from({ length: RESAMPLES }, () =>
    toOverhead(measured.map(() => random.pick(measured))),
  ).sort((left, right) => left - right);
  const at = (share: number): number => estimates[Math.floor(share * RESAMPLES)] ?? Number.NaN;
  const [estimate, lower, upper] = [toOverhead(measured), at(0.025), at(0.975)];
  const least = Math.min(...measured.flatMap(({ on, off }) => [on, off]));
  process.stdout.write(
    `telemetry costs ${estimate.toFixed(2)} % of processor time (goal < ${GOAL_PERCENT} %), ` +
      `95 % interval ${lower.toFixed(2)} to ${upper.toFixed(2)} % (goal < ${BOUND_PERCENT} %); ` +
      `the shortest run took ${least.toFixed(1)} s (goal ≥ ${LEAST_CPU_SECONDS} s)\n`,
  );
  const isMet = estimate < GOAL_PERCENT && upper < BOUND_PERCENT && least >= LEAST_CPU_SECONDS;
  if (!isMet) process.exitCode = 3;
}

function toOverhead(sample: readonly Pair[]): number {
  const sum = (side: keyof Pair): number => sample.reduce((total, pair) => total + pair[side], 0);
  return (100 * (sum("on") - sum("off"))) / sum("off");
}
