import type { MutantVerdict } from "../contract/admission.ts";
import type { PatchBuild } from "../contract/mutant.ts";
import { toTestKey } from "../contract/test-run.ts";
import type { Deadline } from "../kernel/clock.ts";
import type { TestRunner } from "../ports/runner.ts";
import { createKillMatrix } from "./mutants/run-pairs.ts";
import { runPatch, runPatches } from "./mutants/run-patches.ts";
import { toVerdicts } from "./mutants/verdicts.ts";
import { GATE_DEFAULTS } from "./run.ts";
import { createSession, type Session } from "./session.ts";
import { settleAll } from "./settle-all.ts";

/** A suite that passes, and mutants beside the build to try on it. */
export interface JudgePatchesInput {
  /** Project-relative test file → content. */
  readonly files: Readonly<Record<string, string>>;
  readonly tests: readonly { readonly file: string; readonly fullTitle: string }[];
  readonly patches: readonly PatchBuild[];
  /** Test files of the project's own that pass as the sources are, project-relative. */
  readonly existing: readonly string[];
  readonly deadline: Deadline;
}

/**
 * Which patches a suite notices, or, where it does not, the project's own tests. Those that there was no time for are
 * `notRun`; without any test all have survived.
 */
export async function judgePatches(
  runner: TestRunner,
  input: JudgePatchesInput,
  options: { readonly signal: AbortSignal; readonly concurrency: number },
): Promise<readonly MutantVerdict[]> {
  const session = createSession(
    { runner },
    { ...GATE_DEFAULTS, ...options, deadline: input.deadline },
  );
  const verdicts = await judgeBySuite(session, input);
  return await settleAll(
    verdicts.map((verdict) =>
      verdict.status === "survived" && input.existing.length > 0
        ? judgeByExisting(session, input, verdict)
        : Promise.resolve(verdict),
    ),
  );
}

async function judgeByExisting(
  session: Session,
  { patches, existing, deadline }: JudgePatchesInput,
  verdict: MutantVerdict,
): Promise<MutantVerdict> {
  const overlay = patches.find(({ mutant }) => mutant.id === verdict.mutant.id)?.overlay ?? {};
  const report = await runPatch(
    { session, until: deadline },
    { files: {}, run: existing, overlay },
  );
  if (report === null) return { ...verdict, status: "notRun" };
  if (report.end.kind === "timed-out") return { ...verdict, status: "timedOut" };
  const red = report.tests.filter(({ status }) => status === "failed").map(toTestKey);
  return red.length === 0 ? verdict : { ...verdict, status: "killed", killedBy: red };
}

async function judgeBySuite(
  session: Session,
  { files, tests, patches, deadline }: JudgePatchesInput,
): Promise<readonly MutantVerdict[]> {
  const mutants = patches.map(({ mutant }) => mutant);
  const keys = tests.map(toTestKey);
  if (keys.length === 0)
    return mutants.map((mutant) => ({ mutant, status: "survived", killedBy: [], coveredBy: [] }));
  const matrix = createKillMatrix();
  await runPatches({ session, files, keys, patches, matrix, until: deadline });
  const all = new Set(mutants.map(({ id }) => id));
  return toVerdicts({
    mutants,
    tests: keys.map((key) => ({ key })),
    ...{ atLoad: all, matrix },
    executed: new Map(keys.map((key) => [key, all])),
  });
}
