import type { ReportInput } from "../report-input.ts";
import { toSuiteTests } from "../suite-tests.ts";

/**
 * What `generate --json` prints as `data`, and beside it what the other reports show: the project,
 * every test with its proof card, every rejection and every mutant with its status.
 */
export function renderJson(input: ReportInput): string {
  const { result, admission } = input;
  const report = {
    ...result.data,
    project: result.project,
    tests: toSuiteTests(input).map(({ card, file, line, source }) => ({
      ...card,
      file,
      line,
      source,
    })),
    rejections: result.rejections,
    mutants: admission.mutants.map(({ mutant, status, killedBy }) => ({
      id: mutant.id,
      file: mutant.file,
      mutator: mutant.mutator,
      range: mutant.range,
      replacement: mutant.replacement,
      status,
      killedBy,
    })),
    // Proposed by a model: they are tried beside the others and count in no score.
    ...(admission.patches === undefined
      ? {}
      : {
          modelMutants: admission.patches.map(({ mutant, status, killedBy }) => ({
            ...{ id: mutant.id, file: mutant.file, mutator: mutant.mutator, range: mutant.range },
            ...{ replacement: mutant.replacement, status, killedBy },
          })),
        }),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
