/**
 * `npm run mutation`: mutates one folder of `src` and runs the unit and property tests of the same
 * name. Another folder by MUTATE, some of its files by `--mutate`:
 *
 *     MUTATE=admission/smells npm run mutation -- --mutate 'src/admission/smells/sleeps.ts'
 *
 * The tests are Vitest's, whose Stryker runner is not installed: the command runner starts them
 * afresh for each mutant, about a second, so choose a folder of pure code with quick tests.
 */
import { existsSync } from "node:fs";
import { dirname } from "node:path";

const folder = process.env["MUTATE"] ?? "kernel";
if (!existsSync(`src/${folder}`)) throw new Error(`MUTATE=${folder}: there is no src/${folder}`);

/** The nearest folder of tests: those of `admission/smells` stand in `admission`. */
function findTests(kind, part = folder) {
  if (part === ".") return [];
  const path = `test/${kind}/${part}`;
  return existsSync(path) ? [path] : findTests(kind, dirname(part));
}

const tests = [...findTests("unit"), ...findTests("property")];
if (tests.length === 0) throw new Error(`MUTATE=${folder}: it has no unit or property tests`);

/** What reads the sources as text would see the mutants' switches. */
const EXCLUDED = "--exclude '**/error-codes.test.ts'";

export default {
  mutate: [`src/${folder}/**/*.ts`],
  testRunner: "command",
  commandRunner: {
    command: `vitest run ${tests.join(" ")} ${EXCLUDED} --no-isolate --bail=1 --reporter=dot`,
  },
  // The runners that are installed serve the benchmark; the command runner is built in.
  plugins: [],
  concurrency: 2,
  timeoutMS: 20_000,
  ignorePatterns: ["dist", "coverage", "bench", "examples", "docs", "reports", "tmp", ".regoose"],
  reporters: ["clear-text", "html"],
  htmlReporter: { fileName: "reports/mutation.html" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 80, break: null },
  allowEmpty: false,
};
