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

interface Sample {
  readonly heap: number;
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
  const samples: Sample[] = [];
  for (let index = 0; index <= runs; index += 1) {
    if (index > 0) await runOnce(clock, index);
    samples.push(await takeSample());
    if (index % 10 === 0) tell(samples);
  }
  report(samples);
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

async function takeSample(): Promise<Sample> {
  // What V8 keeps for speed, 2.5 MB of it, an ordinary collection leaves, and it grows and shrinks as V8 likes: only
  // this one says what somebody holds. A second turn frees what finalisers of the first let go.
  for (let turn = 0; turn < 2; turn += 1) {
    collect?.({ type: "major", execution: "sync", flavor: "last-resort" });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const names = await readdir(tmpdir());
  return {
    heap: process.memoryUsage().heapUsed,
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

function tell(samples: readonly Sample[]): void {
  const last = samples.at(-1);
  if (last === undefined) return;
  const { heap, ...counts } = last;
  const slope = samples.length > 10 ? `, slope so far ${toText(fitCounted(samples))}` : "";
  process.stderr.write(
    `${String(samples.length - 1).padStart(4)} heap ${(heap / 1024).toFixed(0)} KiB${slope} ${JSON.stringify(counts)}\n`,
  );
}

function fitCounted(samples: readonly Sample[]): Slope {
  const counted = samples.slice(-Math.floor((samples.length - 1) * COUNTED_SHARE));
  return fitSlope(counted.map(({ heap }) => heap));
}

function toText({ estimate, upper }: Slope): string {
  return `${estimate.toFixed(0)} bytes a run, upper 95 % bound ${upper.toFixed(0)}`;
}

function report(samples: readonly Sample[]): void {
  const slope = fitCounted(samples);
  // What is loaded once stays: the first run pays for it.
  const first = samples[1];
  const last = samples.at(-1);
  const left = (["files", "handles", "children", "temporary"] as const).filter(
    (key) => (last?.[key] ?? 0) > (first?.[key] ?? 0),
  );
  process.stdout.write(
    `${String(runs)} runs in ${(performance.now() / 1000).toFixed(0)} s: heap slope ${toText(slope)} (goal < ${String(GOAL_BYTES)}); ` +
      `left behind: ${left.length === 0 ? "nothing" : left.join(", ")}\n`,
  );
  if (slope.upper >= GOAL_BYTES || left.length > 0) process.exitCode = 3;
}
