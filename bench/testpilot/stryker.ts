import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Generated } from "./generate.ts";
import { copyProject } from "./install.ts";
import { createBoxFolder, isOpenToAll, removeBoxFolder, runInBox } from "./sandbox.ts";

/** What StrykerJS itself says about a written suite. */
export interface StrykerResult {
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
  /** (killed + timed out) / all, percent; null when StrykerJS gave no report. */
  readonly score: number | null;
  /** The same figure as the command reported it for its own suite. */
  readonly ownScore: number | null;
  readonly problem: string | null;
  readonly durationMs: number;
}

/** StrykerJS and all that it needs, from this repository's own dependencies. */
const MODULES = join(import.meta.dirname, "../../node_modules");
const HOUR_MS = 3_600_000;

/**
 * Runs StrykerJS 10.0.0 with its tap runner on the written suite, over the same source files that the
 * suite's proof was made on, in the bench's box.
 */
export async function runStryker(generated: Generated): Promise<StrykerResult> {
  const folder = await createBoxFolder();
  try {
    const workFolder = join(folder, "work");
    await copyProject(generated.suite.project, workFolder);
    const modules = await toModules(folder);
    const mutate = await readProvenSources(generated);
    await writeFile(join(workFolder, "stryker.config.json"), toConfiguration(generated, mutate));
    await mkdir(join(workFolder, "reports"), { recursive: true });
    const outcome = await runInBox({
      workFolder,
      readOnly: { "/stryker/node_modules": modules },
      nodeArgs: ["/stryker/node_modules/@stryker-mutator/core/bin/stryker.js", "run"],
      timeoutMs: 6 * HOUR_MS,
      memoryMegabytes: 4096,
    });
    const counts = await readCounts(join(workFolder, "reports/mutation.json"));
    return toResult(counts, generated, outcome);
  } finally {
    await removeBoxFolder(folder);
  }
}

/** This repository's dependencies, or a copy of them where the checkout stands in a private home. */
async function toModules(folder: string): Promise<string> {
  if (await isOpenToAll(MODULES)) return MODULES;
  const copy = join(folder, "node_modules");
  await cp(MODULES, copy, { recursive: true, verbatimSymlinks: true, filter: isWanted });
  return copy;
}

/** Everything but what StrykerJS never loads and what makes the copy large. */
function isWanted(path: string): boolean {
  return !/node_modules\/(?:node|node-linux-[^/]+|playwright-core|\.bin|\.cache)(?:\/|$)/.test(
    path,
  );
}

async function readProvenSources(generated: Generated): Promise<string[]> {
  const directory = generated.data?.suite?.directory ?? "";
  const path = join(generated.suite.project, directory, "regoose.proof.json");
  const proof = JSON.parse(await readFile(path, "utf8")) as { sources: Record<string, string> };
  return Object.keys(proof.sources).sort();
}

function toConfiguration(generated: Generated, mutate: readonly string[]): string {
  return JSON.stringify({
    testRunner: "tap",
    plugins: ["/stryker/node_modules/@stryker-mutator/tap-runner/dist/src/index.js"],
    tap: {
      testFiles: generated.suite.testFiles,
      nodeArgs: ["--test-reporter=tap", "-r", "{{hookFile}}", "{{testFile}}"],
    },
    mutate,
    coverageAnalysis: "perTest",
    concurrency: 2,
    reporters: ["json"],
    jsonReporter: { fileName: "reports/mutation.json" },
    allowConsoleColors: false,
    checkers: [],
    symlinkNodeModules: true,
    ignorePatterns: [".bench-out", ".regoose"],
  });
}

async function readCounts(path: string): Promise<Record<string, number> | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  const report = JSON.parse(text) as {
    files: Record<string, { mutants: { status: string }[] }>;
  };
  const counts: Record<string, number> = {};
  for (const { mutants } of Object.values(report.files)) {
    for (const { status } of mutants) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function toResult(
  counts: Record<string, number> | null,
  generated: Generated,
  outcome: { code: number | null; stdout: string; stderr: string; durationMs: number },
): StrykerResult {
  const own = generated.data?.mutation?.suite;
  const ownScore = own === undefined ? null : toPercent(own.killed + own.timedOut, own.total);
  const { durationMs } = outcome;
  if (counts === null) {
    const problem = `exit ${String(outcome.code)}: ${(outcome.stdout + outcome.stderr).slice(-500)}`;
    return { counts: {}, total: 0, score: null, ownScore, problem, durationMs };
  }
  const { Killed = 0, Timeout = 0, Ignored = 0 } = counts;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0) - Ignored;
  return {
    counts,
    total,
    score: toPercent(Killed + Timeout, total),
    ownScore,
    problem: null,
    durationMs,
  };
}

function toPercent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10;
}
