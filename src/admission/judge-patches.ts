import type { MutantVerdict } from "../contract/admission.ts";
import type { PatchBuild } from "../contract/mutant.ts";
import type { Deadline } from "../kernel/clock.ts";
import type { TestRunner } from "../ports/runner.ts";
import { createKillMatrix } from "./mutants/run-pairs.ts";
import { runPatches } from "./mutants/run-patches.ts";
import { toVerdicts } from "./mutants/verdicts.ts";
import { GATE_DEFAULTS } from "./run.ts";
import { createSession } from "./session.ts";

/** A suite that passes, and mutants beside the build to try on it. */
export interface JudgePatchesInput {
  /** Project-relative test file → content. */
  readonly files: Readonly<Record<string, string>>;
  readonly tests: readonly { readonly file: string; readonly fullTitle: string }[];
  readonly patches: readonly PatchBuild[];
  readonly deadline: Deadline;
}

/** Which patches a suite notices. Those that there was no time for are `notRun`; without a test all have survived. */
export async function judgePatches(
  runner: TestRunner,
  input: JudgePatchesInput,
  options: { readonly signal: AbortSignal; readonly concurrency: number },
): Promise<readonly MutantVerdict[]> {
  const { files, patches, deadline } = input;
  const mutants = patches.map(({ mutant }) => mutant);
  const keys = input.tests.map(({ file, fullTitle }) => `${file}::${fullTitle}`);
  if (keys.length === 0)
    return mutants.map((mutant) => ({ mutant, status: "survived", killedBy: [], coveredBy: [] }));
  const matrix = createKillMatrix();
  const session = createSession({ runner }, { ...GATE_DEFAULTS, ...options, deadline });
  await runPatches({ session, files, keys, patches, matrix, until: deadline });
  const all = new Set(mutants.map(({ id }) => id));
  return toVerdicts({
    mutants,
    tests: keys.map((key) => ({ key })),
    ...{ atLoad: all, matrix },
    executed: new Map(keys.map((key) => [key, all])),
  });
}
