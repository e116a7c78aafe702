/**
 * `npm run bench:leaks [-- --runs 500]`: many tiny runs of `generate` in one process, and what they leave behind:
 * the slope of the heap after collection, open files, handles, children and temporary files.
 */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fitSlope } from "./slope.ts";

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

const { values } = parseArgs({ options: { runs: { type: "string", default: "500" } } });
const runs = Number(values.runs);
const collect = globalThis.gc;
if (collect === undefined) throw new Error("start this through `npm run bench:leaks`");
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
    if (index % 10 === 0) tell(index, samples.at(-1));
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
  // A second turn frees what finalisers of the first let go.
  for (let turn = 0; turn < 2; turn += 1) {
    collect?.();
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

function tell(index: number, sample: Sample | undefined): void {
  if (sample === undefined) return;
  const { heap, ...counts } = sample;
  process.stderr.write(
    `${String(index).padStart(4)} heap ${(heap / 1024).toFixed(0)} KiB ${JSON.stringify(counts)}\n`,
  );
}

function report(samples: readonly Sample[]): void {
  const counted = samples.slice(-Math.floor(runs * COUNTED_SHARE));
  const { estimate, upper } = fitSlope(counted.map(({ heap }) => heap));
  // What is loaded once stays: the first run pays for it.
  const first = samples[1];
  const last = samples.at(-1);
  const left = (["files", "handles", "children", "temporary"] as const).filter(
    (key) => (last?.[key] ?? 0) > (first?.[key] ?? 0),
  );
  process.stdout.write(
    `${String(runs)} runs: heap slope ${estimate.toFixed(0)} bytes a run, upper 95 % bound ${upper.toFixed(0)} ` +
      `(goal < ${String(GOAL_BYTES)}); left behind: ${left.length === 0 ? "nothing" : left.join(", ")}\n`,
  );
  if (upper >= GOAL_BYTES || left.length > 0) process.exitCode = 3;
}
