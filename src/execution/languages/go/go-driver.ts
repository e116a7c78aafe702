import { posix } from "node:path";

import { COVERAGE_FILE, RESULT_FILE, RUN_FOLDER } from "../../../contract/run-folder.ts";
import type { RunEnd } from "../../../contract/test-run.ts";
import { toCutEnd } from "../../to-run-end.ts";
import { toOutput } from "../../to-output.ts";
import type {
  BoxResult,
  LanguageDriver,
  MutantJob,
  MutantOutcome,
  MutantsRun,
  Obstacle,
  RunBox,
  TestsOutcome,
  TestsRun,
} from "../driver.ts";
import { KILLED, readGoResults, toResults, type GoResults } from "./read-events.ts";
import {
  CACHE_FILE,
  listTests,
  PROJECT,
  toCheckScript,
  toMutantFile,
  toMutantsScript,
  toOverlayFile,
  toTestsScript,
  toWarmScript,
} from "./script.ts";
import { toGoCoverage } from "./to-coverage.ts";

export interface GoSetup {
  /** Absolute folder inside that holds the `go` command. */
  readonly binFolder: string;
  /** Work-relative sources that are measured. */
  readonly sources: readonly string[];
  /** The project brings its dependencies in `vendor/`. */
  readonly isVendored: boolean;
}

/** A Go without compiled packages compiles its own library first. */
const WARM_MS = 120_000;

const INSTALL = "install it: `apt-get install golang-go`, or unpack Go in /usr/local/go";

interface Warm {
  /** Packages that are compiled already; null where there is no telling. */
  readonly cache: Buffer | null;
  /** What the compiler says of the project as it is; empty where it builds. */
  readonly said: string;
}

/** Drives `go test`. Nothing is fetched: modules come from `vendor/` or there are none. */
export function createGoDriver(setup: GoSetup): LanguageDriver {
  const runScript = (
    box: RunBox,
    script: string,
    files: Readonly<Record<string, string | Uint8Array>>,
    timeoutMs: number,
  ): Promise<BoxResult> =>
    box({
      files: { ...files, [`${RUN_FOLDER}/run.sh`]: script },
      argv: ["/bin/sh", `${RUN_FOLDER}/run.sh`],
      env: toEnv(setup),
      timeoutMs,
      collect: [RESULT_FILE, COVERAGE_FILE, CACHE_FILE],
    });
  let warm: Promise<Warm> | null = null;
  const warmUp = async (box: RunBox): Promise<Warm> => {
    const result = await runScript(box, toWarmScript(setup.sources), {}, WARM_MS);
    const file = result.files.get(CACHE_FILE);
    const { unbuilt } = readGoResults(result.files.get(RESULT_FILE)?.content);
    return {
      cache: file === undefined || file.truncated ? null : file.content,
      said: unbuilt.get(PROJECT) ?? "",
    };
  };
  const start: typeof runScript = async (box, script, files, timeoutMs) => {
    warm ??= warmUp(box);
    const { cache } = await warm;
    const known = cache === null ? {} : { [CACHE_FILE]: cache };
    return runScript(box, script, { ...files, ...known }, timeoutMs);
  };
  return {
    runner: "go-test",
    async findMissing(box) {
      const argv = [`${setup.binFolder}/go`, "version"];
      const { end, stderr } = await box({
        ...{ files: {}, argv, env: toEnv(setup), timeoutMs: 30_000, collect: [] },
      });
      if (end.kind === "exited" && end.code === 0) return null;
      return { what: `go (${stderr.trim().split("\n").at(-1) ?? ""})`, hint: INSTALL };
    },
    async findLacking(box) {
      warm ??= warmUp(box);
      return toLacking((await warm).said, setup.isVendored);
    },
    async findUnfit(box, mutants) {
      const result = await start(box, toCheckScript(mutants), toMutantFiles(mutants), 120_000);
      return readGoResults(result.files.get(RESULT_FILE)?.content).unfit;
    },
    async runTests(box, run) {
      const result = await start(box, toTestsScript(run, setup.sources), run.files, run.timeoutMs);
      return toTestsOutcome(result, run, setup.sources);
    },
    async runMutants(box, run) {
      const files = { ...run.files, ...toMutantFiles(run.jobs) };
      const result = await start(box, toMutantsScript(run), files, run.timeoutMs);
      return toMutantOutcomes(readGoResults(result.files.get(RESULT_FILE)?.content), run);
    },
  };
}

/** How Go says that a module is not there and would have to be fetched; what else does not build is no business of `vendor/`. */
const LACKING =
  /cannot find (?:module|package)|no required module|is not in (?:GOROOT|std)|inconsistent vendoring|missing go\.sum|GOPROXY=off|updates to go\.mod/u;

function toLacking(said: string, isVendored: boolean): Obstacle | null {
  const lines = said.split("\n").filter((line) => LACKING.test(line));
  const [first] = lines;
  if (first === undefined) return null;
  const more = lines.length === 1 ? "" : `, and ${String(lines.length - 1)} more`;
  const where = isVendored ? "in `vendor/`" : "in the project, which has no `vendor/modules.txt`";
  return {
    what: `a dependency of the Go module is not ${where}: ${first.trim()}${more}`,
    hint: "run `go mod vendor` in the project and try again: tests run without a network, so nothing is fetched",
  };
}

function toTestsOutcome(
  result: BoxResult,
  run: TestsRun,
  sources: readonly string[],
): TestsOutcome {
  const found = readGoResults(result.files.get(RESULT_FILE)?.content);
  const output = toOutput(result);
  const fileOf = (folder: string, name: string): string | undefined =>
    run.run.find(
      (file) => posix.dirname(file) === folder && listTests(run.files[file] ?? "").includes(name),
    );
  const profiles = result.files.get(COVERAGE_FILE)?.content;
  return {
    end: toEnd(result, found, run, output),
    tests: toResults(found, (folder) => folder, run.files, run.run),
    strayErrors: [],
    coverage: run.hasCoverage ? toGoCoverage(profiles, sources, fileOf) : null,
    output,
  };
}

/** See `go help environment`. The folder of caches is the sandbox's own and goes with it. */
function toEnv({ binFolder, isVendored }: GoSetup): Readonly<Record<string, string>> {
  return {
    PATH: `${binFolder}:/usr/bin:/bin`,
    GOCACHE: `{work}/${RUN_FOLDER}/gocache`,
    GOPATH: `{work}/${RUN_FOLDER}/gopath`,
    GOFLAGS: isVendored ? "-mod=vendor" : "-mod=mod",
    ...{ GOPROXY: "off", GOSUMDB: "off", GOTOOLCHAIN: "local", GOWORK: "off", CGO_ENABLED: "0" },
    ...{ GO111MODULE: "on", GOTELEMETRY: "off" },
  };
}

function toMutantFiles(
  mutants: readonly Pick<MutantJob, "file" | "text">[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    mutants.flatMap(({ file, text }, at) => [
      [toMutantFile(at), text],
      [toOverlayFile(at), JSON.stringify({ Replace: { [file]: toMutantFile(at) } })],
    ]),
  );
}

function toEnd(
  result: BoxResult,
  { unbuilt, codes, isWhole }: GoResults,
  run: TestsRun,
  output: string,
): RunEnd {
  if (result.end.kind !== "exited") return toCutEnd(result.end, output);
  const [failed] = unbuilt;
  if (failed !== undefined) {
    return { kind: "broken", detail: `${failed[0]} does not build: ${failed[1].trim()}` };
  }
  if (!isWhole) return { kind: "broken", detail: `go test broke off\n${output}`.slice(0, 2_000) };
  if ([...codes.values()].includes(KILLED)) return { kind: "timed-out", afterMs: run.timeoutMs };
  return { kind: "finished" };
}

function toMutantOutcomes(found: GoResults, { jobs, files }: MutantsRun): readonly MutantOutcome[] {
  return jobs.flatMap(({ switchId, tests }): MutantOutcome[] => {
    if (!found.ended.has(switchId)) return [];
    const label = (folder: string): string => `${switchId}:${folder}`;
    const own = [...new Set(tests.map(({ file }) => file))];
    const results = toResults(found, label, files, own).map((one) => ({
      ...{ file: one.file, fullTitle: one.fullTitle },
      failure: one.failure,
    }));
    // What does not build shows nothing: none of its tests was red.
    const silent = tests
      .filter(({ file }) => found.unbuilt.has(label(posix.dirname(file))))
      .map((test) => ({ ...test, failure: null }));
    const isCut = own.some((file) => found.codes.get(label(posix.dirname(file))) === KILLED);
    return [{ switchId, results: [...results, ...silent], end: isCut ? "timed-out" : "ended" }];
  });
}
