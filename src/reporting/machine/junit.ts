import { toDetected } from "../facts.ts";
import type { ReportInput } from "../report-input.ts";
import { toSuiteTests, type SuiteTest } from "../suite-tests.ts";
import { element } from "./xml.ts";

/**
 * One `testcase` a kept test, with its proof as properties; one `testsuite` a file. Every kept test
 * passed its runs, so there are no failures; findings are counted in a property.
 */
export function renderJunit(input: ReportInput): string {
  const { data, project } = input.result;
  const tests = toSuiteTests(input);
  const files = [...new Set(tests.map((test) => test.file))];
  const detected = toDetected(data.mutation.suite);
  const facts: Readonly<Record<string, string | number>> = {
    "regoose.run": data.runId,
    "regoose.outcome": data.outcome,
    "regoose.engine": data.engine,
    "regoose.seed": data.seed,
    "regoose.sandbox": `${data.sandbox.level} (${data.sandbox.backend})`,
    "regoose.mutants.detected": detected.covered,
    "regoose.mutants.total": detected.total,
    "regoose.findings": data.findings.length,
  };
  const suites = files.map((file) => {
    const own = tests.filter((test) => test.file === file);
    return element(
      "testsuite",
      { name: file, tests: own.length, failures: 0, errors: 0, skipped: 0 },
      [properties(facts), ...own.map(renderCase)],
    );
  });
  const root = element(
    "testsuites",
    { name: `regoose ${project.name}`, tests: tests.length, failures: 0, errors: 0 },
    suites,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function renderCase(test: SuiteTest): string {
  const { card } = test;
  return element(
    "testcase",
    {
      classname: [test.file, ...test.titles.slice(0, -1)].join(" > "),
      name: test.titles.at(-1) ?? card.fullTitle,
      file: test.file,
      ...(test.line === null ? {} : { line: test.line }),
    },
    [
      properties({
        "regoose.card": card.id,
        "regoose.kills": card.kills.length,
        "regoose.only-covers": card.onlyCovers.length,
        "regoose.reruns": card.reruns,
      }),
    ],
  );
}

function properties(facts: Readonly<Record<string, string | number>>): string {
  return element(
    "properties",
    {},
    Object.entries(facts).map(([name, value]) => element("property", { name, value })),
  );
}
