/**
 * `npm run bench:leaks [-- --runs 500]`: many tiny runs of `generate` in one process, and what they leave behind:
 * the slope of the heap after collection, open files, handles, children and temporary files.
 *
 * V8 counts what it compiles as heap, and goes on compiling for hundreds of runs: in heap snapshots of runs 26 and 40,
 * 450 of the 465 KB between them were machine code and what belongs to it, the rest schemas that zod compiles when they
 * are first used. So the script starts Node without compilers, with feedback vectors made at once and with bytecode
 * kept: what grows then is data. `--compiled` accepts a Node that compiles.
 */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fitSlope, type Slope } from "./slope.ts";

const ROOT = join(import.meta.dirname, "../..");
const MODULE = join(ROOT, "examples/interval-set/src/interval-set.js");
/** Caches fill during the first fifth; the rest must be level. */
const COUNTED_SHARE = 0.8;
const GOAL_BYTES = 1_024;

interface Counts {
  readonly files: number;
  readonly handles: number;
  readonly children: number;
  readonly temporary: number;
}

/** As `bench:leaks` in package.json names them. */
const WITHOUT_COMPILERS = [
  "--no-opt",
  "--no-maglev",
  "--no-sparkplug",
  "--no-lazy-feedback-allocation",
  "--no-flush-bytecode",
];

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "500" },
    compiled: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const collect = globalThis.gc;
const isCompiling = !WITHOUT_COMPILERS.every((flag) => process.execArgv.includes(flag));
if (collect === undefined || (isCompiling && !values.compiled)) {
  throw new Error("start this through `npm run bench:leaks`");
}
const { createSystemClock, generate } = (await import(
  join(ROOT, "dist/index.js")
)) as typeof import("../../src/index.ts");

const project = await mkdtemp(join(tmpdir(), "leaks-"));
try {
  await writeFile(join(project, "package.json"), '{"name":"leaks","type":"module"}');
  await cp(MODULE, join(project, "index.js"));
  const clock = createSystemClock();
  // Off V8's heap, and at full length from the start: what this bench remembers is no leak of a run.
  const heaps = new Float64Array(runs + 1);
  let first = await takeSample(heaps, 0);
  let last = first;
  for (let index = 1; index <= runs; index += 1) {
    await runOnce(clock, index);
    last = await takeSample(heaps, index);
    // What is loaded once stays: the first run pays for it.
    if (index === 1) first = last;
    if (index % 10 === 0) tell(heaps.subarray(0, index + 1), last);
  }
  report(heaps, first, last);
} finally {
  await rm(project, { recursive: true, force: true });
}

async function runOnce(clock: ReturnType<typeof createSystemClock>, seed: number): Promise<void> {
  await generate(
    { clock, version: "0.0.0-bench" },
    {
      targets: [],
      code: null,
      cwd: project,
      flags: { maxExecutions: 300, seed, reruns: 2, baseline: "none", workers: 2 },
    },
    {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onNotice: () => undefined,
    },
  );
}

async function takeSample(heaps: Float64Array, index: number): Promise<Counts> {
  // What V8 keeps for speed, 2.5 MB of it, an ordinary collection leaves, and it grows and shrinks as V8 likes: only
  // this one says what somebody holds. A second turn frees what finalisers of the first let go.
  for (let turn = 0; turn < 2; turn += 1) {
    collect?.({ type: "major", execution: "sync", flavor: "last-resort" });
    await new Promise((resolve) => setImmediate(resolve));
  }
  heaps[index] = process.memoryUsage().heapUsed;
  const names = await readdir(tmpdir());
  return {
    files: (await readdir("/proc/self/fd")).length,
    handles: process.getActiveResourcesInfo().length,
    children: await countChildren(),
    temporary: names.filter(
      (name) => name.startsWith(`regoose-`) && name.includes(`-${String(process.pid)}-`),
    ).length,
  };
}

async function countChildren(): Promise<number> {
  const pid = String(process.pid);
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim() === "" ? 0 : text.trim().split(" ").length;
}

function tell(heaps: Float64Array, counts: Counts): void {
  const runsSoFar = heaps.length - 1;
  const slope = runsSoFar >= 10 ? `, slope so far ${toText(fitCounted(heaps))}` : "";
  process.stderr.write(
    `${String(runsSoFar).padStart(4)} heap ${((heaps.at(-1) ?? 0) / 1024).toFixed(0)} KiB${slope} ${JSON.stringify(counts)}\n`,
  );
}

function fitCounted(heaps: Float64Array): Slope {
  return fitSlope([...heaps.slice(-Math.floor((heaps.length - 1) * COUNTED_SHARE))]);
}

function toText({ estimate, upper }: Slope): string {
  return `${estimate.toFixed(0)} bytes a run, upper 95 % bound ${upper.toFixed(0)}`;
}

function report(heaps: Float64Array, first: Counts, last: Counts): void {
  const slope = fitCounted(heaps);
  const left = (["files", "handles", "children", "temporary"] as const).filter(
    (key) => last[key] > first[key],
  );
  process.stdout.write(
    `${String(runs)} runs in ${(performance.now() / 1000).toFixed(0)} s: heap slope ${toText(slope)} (goal < ${String(GOAL_BYTES)}); ` +
      `left behind: ${left.length === 0 ? "nothing" : left.join(", ")}\n`,
  );
  if (slope.upper >= GOAL_BYTES || left.length > 0) process.exitCode = 3;
}
