import { RESULT_FILE, RUN_FOLDER } from "../../../contract/run-folder.ts";
import type { RunEnd, TestFailure, TestResult } from "../../../contract/test-run.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { toCutEnd } from "../../to-run-end.ts";
import { toOutput } from "../../to-output.ts";
import type { BoxResult, LanguageDriver, MutantOutcome, MutantsRun, RunBox } from "../driver.ts";
import { readUnfit, toCheckScript, toMutantFile, toSyntaxCheck } from "./syntax-check.ts";

export interface CommandSetup {
  /** Words with `{file}` for the path of a test file. */
  readonly command: readonly string[];
  /** Title of the one test that a file is. */
  readonly title: string;
  /** As typed: what does not parse is left out where a command is known that tells. */
  readonly language: string;
}

/** Checks only parse. */
const CHECK_MS = 60_000;

const CHECK_FILE = `${RUN_FOLDER}/check.sh`;

/** What a shell answers where there is no such program, and where it may not be run; see POSIX, 2.8.2. */
const NO_PROGRAM = new Set([126, 127]);

/**
 * Drives a command that the user named: a process for each test file, which passes with exit code 0. Nothing is known
 * of what it covers, so each mutant is tried on each test.
 */
export function createCommandDriver(
  { clock }: { readonly clock: Clock },
  { command, title, language }: CommandSetup,
): LanguageDriver {
  const start = (
    box: RunBox,
    file: string,
    files: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<BoxResult> =>
    box({
      files,
      argv: ["/usr/bin/env", "--", ...command.map((word) => word.replaceAll("{file}", file))],
      timeoutMs,
      collect: [],
    });
  return {
    runner: "command",
    findMissing: (box) => findMissing(box, command),
    findUnfit: (box, mutants) => findUnfit(box, mutants, language),
    async runTests(box, run) {
      const tests: TestResult[] = [];
      const outputs: string[] = [];
      let end: RunEnd = { kind: "finished" };
      for (const file of run.run) {
        const result = await start(box, file, run.files, run.timeoutMs);
        const output = toOutput(result);
        outputs.push(output);
        if (result.end.kind !== "exited") {
          end = toCutEnd(result.end, output);
          continue;
        }
        if (NO_PROGRAM.has(result.end.code)) {
          end = { kind: "broken", detail: `the test command cannot be run: ${output}` };
          continue;
        }
        tests.push({
          ...{ file, fullTitle: title, durationMs: result.durationMs },
          status: result.end.code === 0 ? "passed" : "failed",
          failure:
            result.end.code === 0 ? null : toFailure(result.end.code, output, result.workPath),
        });
      }
      return { end, tests, strayErrors: [], coverage: null, output: outputs.join("\n") };
    },
    runMutants: (box, run) =>
      tryMutants(clock, run, (file, files, ms) => start(box, file, files, ms)),
  };
}

async function findMissing(
  box: RunBox,
  [program = ""]: readonly string[],
): ReturnType<LanguageDriver["findMissing"]> {
  const { end } = await box({
    ...{ files: {}, timeoutMs: 10_000, collect: [] },
    argv: ["/bin/sh", "-c", 'command -v "$1" >/dev/null', "sh", program],
  });
  if (end.kind === "exited" && end.code === 0) return null;
  return {
    what: `"${program}" of the test command`,
    hint: "the sandbox shows programs in /usr and /bin only; install it there, or name another with --test-command",
  };
}

/** Nobody can tell what builds in a language that nobody knows. */
async function findUnfit(
  box: RunBox,
  mutants: Parameters<LanguageDriver["findUnfit"]>[1],
  language: string,
): Promise<ReadonlySet<string>> {
  const check = toSyntaxCheck(language);
  if (check === null) return new Set();
  const result = await box({
    files: {
      ...Object.fromEntries(mutants.map(({ text }, at) => [toMutantFile(at), text])),
      [CHECK_FILE]: toCheckScript(check, mutants),
    },
    argv: ["/bin/sh", CHECK_FILE],
    ...{ timeoutMs: CHECK_MS, collect: [RESULT_FILE] },
  });
  return readUnfit(result.files.get(RESULT_FILE)?.content);
}

/** One process a mutant and file. */
async function tryMutants(
  clock: Clock,
  run: MutantsRun,
  start: (
    file: string,
    files: Readonly<Record<string, string>>,
    timeoutMs: number,
  ) => Promise<BoxResult>,
): Promise<readonly MutantOutcome[]> {
  const until = clock.monotonic() + run.timeoutMs;
  const outcomes: MutantOutcome[] = [];
  for (const job of run.jobs) {
    const leftMs = until - clock.monotonic();
    if (leftMs <= 0) break;
    const files = { ...run.files, [job.file]: job.text };
    const results: MutantOutcome["results"][number][] = [];
    let end: MutantOutcome["end"] = "ended";
    for (const { file, fullTitle } of job.tests) {
      const result = await start(file, files, Math.min(run.mutantMs, leftMs));
      if (result.end.kind === "exited") {
        const { code } = result.end;
        const failure = code === 0 ? null : toFailure(code, toOutput(result), result.workPath);
        results.push({ file, fullTitle, failure });
      } else end = result.end.kind === "timed-out" ? "timed-out" : "died";
    }
    outcomes.push({ switchId: job.switchId, results, end });
  }
  return outcomes;
}

/** An exit code other than 0 is all that such a test can say: it counts as its own assertion. */
function toFailure(code: number, output: string, workPath: string): TestFailure {
  const said = output.replaceAll(`${workPath}/`, "").trim();
  return {
    name: `exit code ${String(code)}`,
    message: said === "" ? "it printed nothing" : said.slice(0, 4_000),
    ...{ code: null, isAssertion: true, stack: "" },
  };
}
