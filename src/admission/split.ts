import type { TestRunReport } from "../contract/test-run.ts";
import type { SuiteTest } from "./suite.ts";

/**
 * Cuts a group whose run could not be trusted in two (or more) smaller ones, the likely culprit apart.
 * Every test of `open` is in exactly one part, and no part is as large as `open`.
 *
 * @param open tests that are still without a verdict; at least two, in the order of their files.
 * @param passed those of them that were reported as passed.
 */
export function toSplit(
  open: readonly SuiteTest[],
  passed: ReadonlySet<SuiteTest>,
  report: TestRunReport,
): readonly (readonly SuiteTest[])[] {
  const silent = open.filter((test) => !passed.has(test));
  const [firstSilent] = silent;
  if (firstSilent !== undefined && silent.length < open.length) {
    // A hang or a crash leaves its mark on the first test without a result; the others may be well.
    return report.end.kind === "timed-out" || report.end.kind === "killed"
      ? [[firstSilent], open.filter((test) => test !== firstSilent)]
      : [silent, open.filter((test) => passed.has(test))];
  }
  const named = open.filter((test) => isNamed(test, report));
  if (named.length > 0 && named.length < open.length) {
    return [named, open.filter((test) => !named.includes(test))];
  }
  return toHalves(open);
}

/** Runners often say in the text of a stray error after which test it came. */
function isNamed(test: SuiteTest, report: TestRunReport): boolean {
  const title = test.printed.fullTitle.split(" > ").at(-1) ?? "";
  return title.length > 3 && report.strayErrors.some((text) => text.includes(title));
}

/** Halves; cut between two files where the group holds several. */
function toHalves(open: readonly SuiteTest[]): readonly (readonly SuiteTest[])[] {
  const middle = Math.ceil(open.length / 2);
  const cuts = open.flatMap((test, index) =>
    index > 0 && open[index - 1]?.printed.file !== test.printed.file ? [index] : [],
  );
  const cut = cuts.reduce(
    (best, at) => (Math.abs(at - middle) < Math.abs(best - middle) || best === 0 ? at : best),
    0,
  );
  const at = cut === 0 ? middle : cut;
  return [open.slice(0, at), open.slice(at)];
}
