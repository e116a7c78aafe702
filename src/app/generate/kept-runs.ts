import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { openRunReports, type RunReportFile } from "../../adapters/store/run-report-files.ts";
import { hashTree } from "../../adapters/workspace/hash-tree.ts";
import type { TestFailure, TestRunReport } from "../../contract/test-run.ts";
import { sha256, toCanonicalJson } from "../../kernel/hash.ts";
import { coverageMapSchema } from "../../reporting/report-schema.ts";
import type { Ground } from "./prepare.ts";
import type { RunScope } from "./run-scope.ts";

/** Name of the file, in a run's folder, that holds what test runs of its gate reported. */
export const GATE_RUNS_FILE = "gate-runs.ndjson";

const failure: z.ZodType<TestFailure> = z.strictObject({
  name: z.string(),
  message: z.string(),
  code: z.string().nullable(),
  isAssertion: z.boolean(),
  stack: z.string(),
});
const texts = z.array(z.string());
const detail = z.string();

const reportSchema: z.ZodType<TestRunReport> = z.strictObject({
  end: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("finished") }),
    z.strictObject({ kind: z.literal("broken"), detail }),
    z.strictObject({ kind: z.literal("held-open"), isFromLoading: z.boolean(), detail }),
  ]),
  tests: z.array(
    z.strictObject({
      file: z.string(),
      fullTitle: z.string(),
      status: z.enum(["passed", "failed", "skipped"]),
      failure: failure.nullable(),
      durationMs: z.number(),
    }),
  ),
  strayErrors: texts,
  coverage: coverageMapSchema.nullable(),
  perTest: z.record(z.string(), texts).nullable(),
  mutantsByTest: z.record(z.string(), texts).nullable(),
  mutantsAtLoad: texts.nullable(),
  pairs: z.array(
    z.strictObject({
      file: z.string(),
      fullTitle: z.string(),
      switchId: z.string(),
      status: z.enum(["killed", "survived", "timed-out"]),
      failure: failure.nullable(),
    }),
  ),
  durationMs: z.number(),
  output: z.string(),
});

/**
 * What test runs of this run's gate reported so far. Reports count only for the same run, version, sandbox, private copy
 * and dependencies.
 */
export async function openGateRuns(scope: RunScope, ground: Ground): Promise<RunReportFile> {
  const { plan, deps, runId, folder } = scope;
  const { level, backend, facts } = ground.probe;
  const context = sha256(
    toCanonicalJson({
      ...{ runId, version: deps.version, node: process.version, level, backend, facts },
      ...{ runner: plan.runner, sources: ground.sourceHashes },
      copy: await hashTree(ground.staged.folder),
      dependencies: await Promise.all(
        plan.project.dependencyFolders.map(async ({ hostPath }) => [
          hostPath,
          // What npm says it has installed there.
          sha256(await readFile(join(hostPath, ".package-lock.json"), "utf8").catch(() => "")),
        ]),
      ),
    }),
  );
  return openRunReports(deps, join(folder, GATE_RUNS_FILE), { context, schema: reportSchema });
}

const reachedSchema = z.object({ atMs: z.number().min(0) });

/** Time that a gate has used for what is kept of it in a run's folder, ms; 0 where nothing is. */
export async function readGateMs(folder: string): Promise<number> {
  const text = await readFile(join(folder, GATE_RUNS_FILE), "utf8").catch(() => "");
  const reached = text.split("\n").map((line) => {
    try {
      return reachedSchema.parse(JSON.parse(line)).atMs;
    } catch {
      // The line that was being written; one process later it is cut off.
      return 0;
    }
  });
  return Math.max(0, ...reached);
}
