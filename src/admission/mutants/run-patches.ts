import type { PatchBuild } from "../../contract/mutant.ts";
import type { TestRunReport } from "../../contract/test-run.ts";
import { toTestKey } from "../../contract/test-run.ts";
import type { Deadline } from "../../kernel/clock.ts";
import { settleAll } from "../settle-all.ts";
import { TimeEnded, type Session } from "../session.ts";
import type { PairOutcome } from "./interpret.ts";
import type { KillMatrix } from "./run-pairs.ts";

export interface RunPatchesInput {
  readonly session: Session;
  /** Test files, all of which are run for each patch. */
  readonly files: Readonly<Record<string, string>>;
  /** Keys of the tests to judge, `file::fullTitle`. */
  readonly keys: readonly string[];
  readonly patches: readonly PatchBuild[];
  /** Filled with an outcome for each test and patch, under the patch's id. */
  readonly matrix: KillMatrix;
  readonly until: Deadline;
}

/** Limit of a run with one patch, ms; a patch that hangs costs this much. */
const PATCH_LIMIT_MS = 20_000;

/**
 * Runs the test files once with each patch laid over the sources, a few side by side. The files pass on the sources as
 * they are: whoever calls this has seen so. Ends when all were run or time is over; what was not run is missing.
 */
export async function runPatches(input: RunPatchesInput): Promise<void> {
  const { patches, files, keys } = input;
  if (patches.length === 0 || keys.length === 0) return;
  const run = Object.keys(files).sort();
  await settleAll(
    patches.map(async ({ mutant, overlay }) => {
      const report = await runPatch(input, { files, run, overlay });
      if (report === null) return;
      for (const key of keys) {
        const outcome = toOutcome(report, key);
        if (outcome === null) continue;
        const row = input.matrix.outcomes.get(key) ?? new Map<string, PairOutcome>();
        row.set(mutant.id, outcome);
        input.matrix.outcomes.set(key, row);
      }
    }),
  );
}

/** One run of test files with one patch; null where time is over. */
export async function runPatch(
  { session, until }: Pick<RunPatchesInput, "session" | "until">,
  request: {
    readonly files: RunPatchesInput["files"];
    readonly run: readonly string[];
    readonly overlay: PatchBuild["overlay"];
  },
): Promise<TestRunReport | null> {
  if (until.isOver()) return null;
  const mode = { kind: "plain", shuffleSeed: null } as const;
  try {
    return await session.until(until).run({ ...request, mode, limitMs: PATCH_LIMIT_MS });
  } catch (thrown) {
    if (thrown instanceof TimeEnded) return null;
    throw thrown;
  }
}

/** What the patch did to one test; null where nothing can be said. */
function toOutcome(report: TestRunReport, key: string): PairOutcome | null {
  const result = report.tests.find((test) => toTestKey(test) === key);
  if (result === undefined) {
    if (report.end.kind === "finished") return { status: "killed", isAssertion: false };
    const status = report.end.kind === "timed-out" ? "timed-out" : "killed";
    return { status, isAssertion: false };
  }
  if (result.status === "skipped") return null;
  const isKilled = result.status === "failed";
  return {
    status: isKilled ? "killed" : "survived",
    isAssertion: isKilled && (result.failure?.isAssertion ?? false),
  };
}

/** Ids of the patches, to tell them from mutants of the build. */
export function toPatchIds(patches: readonly PatchBuild[]): ReadonlySet<string> {
  return new Set(patches.map(({ mutant }) => mutant.id));
}
