import type { TestResult, TestRunReport } from "../../contract/test-run.ts";

/** Why a run of the existing suite gives no baseline, as the end of "baseline: …"; null where it gives one. */
export function findBaselineProblem(report: TestRunReport): string | null {
  switch (report.end.kind) {
    case "timed-out":
      return `they took longer than ${(report.end.afterMs / 1000).toFixed(1)} s, a quarter of the time`;
    case "killed":
      return `they were stopped (${report.end.reason}): ${report.end.detail}`;
    case "held-open":
      return report.end.detail;
    case "broken":
      return `they do not run: ${report.end.detail}`;
    case "finished":
      break;
  }
  const red = report.tests.filter((test) => test.status === "failed");
  const [first] = red;
  if (first !== undefined)
    return `${red.length} of ${report.tests.length} are red, such as "${first.fullTitle}"${toReason(first)}`;
  if (report.strayErrors.length > 0)
    return `an error escaped from them: ${report.strayErrors[0] ?? ""}`;
  return report.coverage === null ? "they reported no coverage" : null;
}

const REASON_LIMIT = 200;

/** What the red test said, in one line. */
function toReason({ failure }: TestResult): string {
  const [line = ""] = (failure?.message ?? "").trim().split("\n");
  const text = [failure?.name ?? "", line].filter(Boolean).join(": ");
  return text === "" ? "" : `: ${text.slice(0, REASON_LIMIT)}`;
}
