import type { Candidate, Finding } from "../../contract/candidate.ts";
import { listCalls } from "../../emission/written/list-calls.ts";
import { createSuitePrinter } from "../../emission/suite-printer.ts";
import { readStagedFile } from "./admit.ts";
import type { Ground } from "./prepare.ts";
import type { RunScope } from "./run-scope.ts";

/**
 * Candidates that hold the behaviour fast which a finding of a model calls a bug: they make a call that its failing
 * test makes, with the same values. The suite must not ask for what has to be cured.
 */
export async function listUnderBugs(
  { plan, options }: RunScope,
  ground: Pick<Ground, "staged" | "api">,
  candidates: readonly Candidate[],
  findings: readonly Finding[],
): Promise<readonly string[]> {
  if (findings.length === 0 || candidates.length === 0) return [];
  const wrong = new Set(
    findings.flatMap(({ where, evidence }) => [...listCalls(evidence.test, /ts$/u.test(where))]),
  );
  const printer = createSuitePrinter(
    { readProjectFile: (path) => readStagedFile(ground.staged.folder, path) },
    { api: ground.api },
  );
  const { project, runner, outDir } = plan;
  const { tests } = await printer.print(
    { project, runner, outDir, candidates, isDraft: true },
    { signal: options.signal },
  );
  return tests
    .filter(({ source, file }) =>
      [...listCalls(source, /ts$/u.test(file))].some((call) => wrong.has(call)),
    )
    .map(({ candidateId }) => candidateId);
}
