import { renderReport } from "../reporting/render-report.ts";
import type { GenerateAnswer } from "./generate-types.ts";

/** The summary that `generate` prints for people. */
export async function renderAnswer(
  answer: GenerateAnswer,
  options: { readonly color: boolean; readonly columns: number },
): Promise<string> {
  const { data, report } = answer;
  const summary =
    report === null
      ? `run ${data.runId} ${data.outcome}: nothing was written\n`
      : await renderReport("terminal", report, options);
  const hint =
    data.suite.tests === 0
      ? ""
      : `more: regoose report ${data.runId} --format html > report.html\n`;
  return `${summary}${hint}`;
}
