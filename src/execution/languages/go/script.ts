import { posix } from "node:path";

import { COVERAGE_FILE, RESULT_FILE, RUN_FOLDER } from "../../../contract/run-folder.ts";
import type { MutantJob, MutantsRun, TestsRun } from "../driver.ts";
import { toShellWord as q } from "../shell.ts";

/** A package folder with the test files in it that are to be run. */
interface Package {
  readonly folder: string;
  readonly files: readonly string[];
}

/** Marks in the result file that are ours; what `test2json` writes stands between them. */
export const MARK = "#regoose";

/** Test functions in the text of a file. */
export function listTests(text: string): readonly string[] {
  return [...text.matchAll(/^func[ \t]+(Test\w*)[ \t]*\([ \t]*\w+[ \t]+\*testing\.T/gmu)].map(
    ([, name = ""]) => name,
  );
}

/** Go tests a folder at once. */
export function toPackages(files: readonly string[]): readonly Package[] {
  return [...Map.groupBy(files, (file) => posix.dirname(file))].map(([folder, members]) => ({
    folder,
    files: members,
  }));
}

const OUT = RESULT_FILE;
const RUN = RUN_FOLDER;
/** Where the build cache is handed over. */
export const CACHE_FILE: string = `${RUN}/gocache.tgz`;

/** Label of the project itself, before any test is laid over it. */
export const PROJECT = "project";

/** Builds a test binary; what the compiler says stands in the result file where it does not build. */
function build(folder: string, binary: string, flags: readonly string[]): string {
  const command = ["go", "test", "-c", ...flags, "-o", binary, q(`./${folder}`)].join(" ");
  return `${command} >${RUN}/build 2>&1`;
}

/** Runs a test binary where `go test` would, and reports it as `go test -json` would. */
function run(folder: string, binary: string, label: string, flags: readonly string[]): string {
  const up = "../".repeat(folder.split("/").length);
  const inside = `(cd ${q(folder)} && timeout -s KILL "$LIMIT" ${up}${binary} -test.v=true ${flags.join(" ")})`;
  return [
    `${inside} >${RUN}/out 2>&1; code=$?`,
    `go tool test2json -t -p ${q(label)} <${RUN}/out >>${OUT}`,
    `echo "${MARK} ran ${label} $code" >>${OUT}`,
  ].join("\n");
}

const head = (seconds: number): readonly string[] => [
  `[ ! -f ${CACHE_FILE} ] || tar xzf ${CACHE_FILE} -C ${RUN} 2>/dev/null`,
  `LIMIT=${String(Math.max(1, seconds))}`,
  `: >${OUT}`,
  `: >${COVERAGE_FILE}`,
];

/**
 * Fills the build cache with what every test needs, so that the many short-lived sandboxes need not each compile it.
 * It only compiles: nothing of the project runs. What the compiler says stands in the result file where it does not build.
 */
export function toWarmScript(sources: readonly string[]): string {
  const folders = [...new Set(sources.map((file) => q(`./${posix.dirname(file)}`)))];
  const warm = `${RUN}/warm`;
  return [
    `mkdir -p ${warm}`,
    `printf '%s\\n' 'package warm' 'import ("errors"; "fmt"; "math"; "reflect"; "sort"; "strings"; "testing")' 'func TestWarm(t *testing.T) { _, _, _, _, _ = errors.New, fmt.Sprint, math.Abs, reflect.DeepEqual, sort.Ints; _ = strings.ToUpper }' >${warm}/warm_test.go`,
    `go build ${folders.join(" ")} >${RUN}/build 2>&1 || { echo "${MARK} unbuilt ${PROJECT}"; cat ${RUN}/build; exit 0; } >${OUT}`,
    `go test -c -o ${RUN}/t ./${warm} >/dev/null 2>&1`,
    `tar czf ${CACHE_FILE} -C ${RUN} gocache 2>/dev/null`,
    "exit 0",
    "",
  ].join("\n");
}

/** A run of whole files. With coverage each test has a process of its own, since Go counts for a process. */
export function toTestsScript(
  { run: files, files: texts, shuffleSeed, hasCoverage, timeoutMs }: TestsRun,
  sources: readonly string[],
): string {
  const folders = [...new Set(sources.map((file) => `./${posix.dirname(file)}`))];
  const cover = hasCoverage
    ? ["-cover", "-covermode=set", `-coverpkg=${q(folders.join(","))}`]
    : [];
  const shuffle = shuffleSeed === null ? [] : [`-test.shuffle=${String(shuffleSeed + 1)}`];
  const lines = toPackages(files).flatMap(({ folder, files: members }, at) => {
    const binary = `${RUN}/t${String(at)}`;
    const names = members.flatMap((file) => listTests(texts[file] ?? ""));
    const runs = hasCoverage
      ? names.flatMap((name) => [
          run(folder, binary, folder, [
            `-test.run=${q(`^${name}$`)}`,
            `-test.coverprofile=${"../".repeat(folder.split("/").length)}${RUN}/profile`,
          ]),
          `echo "${MARK} ${folder} ${name}" >>${COVERAGE_FILE}; cat ${RUN}/profile >>${COVERAGE_FILE}; rm -f ${RUN}/profile`,
        ])
      : [run(folder, binary, folder, shuffle)];
    return [
      `if ${build(folder, binary, cover)}; then`,
      ...runs,
      "else",
      `echo "${MARK} unbuilt ${folder}" >>${OUT}; cat ${RUN}/build >>${OUT}`,
      "fi",
    ];
  });
  return [
    ...head(Math.ceil(timeoutMs / 1000)),
    ...lines,
    `echo "${MARK} end" >>${OUT}`,
    "exit 0",
    "",
  ].join("\n");
}

/** Name of the file that holds a mutant's text. */
export const toMutantFile = (at: number): string => `${RUN}/m${String(at)}.go`;
export const toOverlayFile = (at: number): string => `${RUN}/o${String(at)}.json`;

/** Each mutant by an overlay of the build, so that no file of the work copy changes. */
export function toMutantsScript({ jobs, mutantMs }: MutantsRun): string {
  const lines = jobs.flatMap(({ switchId, tests }, at) => [
    ...toPackages([...new Set(tests.map(({ file }) => file))]).flatMap(({ folder, files }) => {
      const names = tests.filter(({ file }) => files.includes(file)).map((test) => test.fullTitle);
      const binary = `${RUN}/t`;
      return [
        `if ${build(folder, binary, ["-overlay", toOverlayFile(at)])}; then`,
        run(folder, binary, `${switchId}:${folder}`, [`-test.run=${q(`^(${names.join("|")})$`)}`]),
        "else",
        `echo "${MARK} unbuilt ${switchId}:${folder}" >>${OUT}`,
        "fi",
      ];
    }),
    `echo "${MARK} mutant-end ${switchId}" >>${OUT}`,
  ]);
  return [...head(Math.ceil(mutantMs / 1000)), ...lines, "exit 0", ""].join("\n");
}

/** Compiles each mutant alone; names those that do not compile, or to the same object file. */
export function toCheckScript(mutants: readonly Omit<MutantJob, "tests">[]): string {
  const folders = Map.groupBy(
    mutants.map((mutant, at) => ({ ...mutant, at })),
    ({ file }) => posix.dirname(file),
  );
  const lines = [...folders].flatMap(([folder, members]) => {
    const up = "../".repeat(folder === "." ? 0 : folder.split("/").length);
    const compile = (object: string): string =>
      `go tool compile -p checked -importcfg ${up}${RUN}/cfg -o ${up}${RUN}/${object} $files >/dev/null 2>&1`;
    return [
      `go list -export -deps -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' ${q(`./${folder}`)} >${RUN}/cfg 2>/dev/null`,
      `files=$(go list -f '{{join .GoFiles " "}}' ${q(`./${folder}`)} 2>/dev/null)`,
      `(cd ${q(folder)}`,
      `if ${compile("base.o")}; then`,
      ...members.flatMap(({ file, switchId, at }) => {
        const name = q(posix.basename(file));
        const say = `echo "${MARK} unfit ${switchId}" >>${up}${OUT}`;
        return [
          `cp ${name} ${up}${RUN}/before; cat ${up}${toMutantFile(at)} >${name}`,
          `if ${compile("mutant.o")}; then cmp -s ${up}${RUN}/base.o ${up}${RUN}/mutant.o && ${say}; else ${say}; fi`,
          `cat ${up}${RUN}/before >${name}`,
        ];
      }),
      "fi)",
    ];
  });
  return [...head(60), ...lines, "exit 0", ""].join("\n");
}
