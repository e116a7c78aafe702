import type { Candidate, Finding } from "../../contract/candidate.ts";
import { listCalls } from "../../emission/written/list-calls.ts";
import { createSuitePrinter } from "../../emission/suite-printer.ts";
import { listTextCalls } from "../../languages/written/list-calls.ts";
import { readStagedFile } from "./admit.ts";
import type { Ground } from "./prepare.ts";
import type { RunScope } from "./run-scope.ts";

/**
 * Candidates that hold the behaviour fast which a finding of a model calls a bug: they make a call that its failing
 * test makes, with the same values. The suite must not ask for what has to be cured.
 */
export async function listUnderBugs(
  { plan, options }: RunScope,
  ground: Pick<Ground, "staged" | "api" | "language">,
  candidates: readonly Candidate[],
  findings: readonly Finding[],
): Promise<readonly string[]> {
  if (findings.length === 0 || candidates.length === 0) return [];
  const { language } = ground;
  const list = (text: string, file: string): ReadonlySet<string> =>
    language === null ? listCalls(text, /ts$/u.test(file)) : listTextCalls(text, language.language);
  const wrong = new Set(findings.flatMap(({ where, evidence }) => [...list(evidence.test, where)]));
  const printer =
    language?.printer ??
    createSuitePrinter(
      { readProjectFile: (path) => readStagedFile(ground.staged.folder, path) },
      { api: ground.api },
    );
  const { project, runner, outDir } = plan;
  const { tests } = await printer.print(
    { project, runner, outDir, candidates, isDraft: true },
    { signal: options.signal },
  );
  return tests
    .filter(({ source, file }) => [...list(source, file)].some((call) => wrong.has(call)))
    .map(({ candidateId }) => candidateId);
}
