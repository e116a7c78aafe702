import { RESULT_FILE, RUN_FOLDER } from "../../../contract/run-folder.ts";
import type { MutantJob } from "../driver.ts";
import { toShellWord as q } from "../shell.ts";

/** Commands that read a file and run nothing of it but what its language runs while it compiles; the path stands last. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  perl: ["perl", "-I.", "-Ilib", "-c"],
  ruby: ["ruby", "-c"],
  php: ["php", "-l"],
  lua: ["luac", "-p"],
  sh: ["sh", "-n"],
  bash: ["bash", "-n"],
  python: ["python3", "-c", 'import sys; compile(open(sys.argv[1]).read(), "it", "exec")'],
  go: ["gofmt", "-l"],
};

/** The command that tells what parses in a language; null where none is known. */
export function toSyntaxCheck(language: string): readonly string[] | null {
  return CHECKS[language] ?? null;
}

const MARK = "#regoose unfit ";

/** Name of the file that holds a mutant's text. */
export const toMutantFile = (at: number): string => `${RUN_FOLDER}/m${String(at)}`;

/**
 * Names mutants that the check refuses. Where it refuses the file as it is, or is not installed, it says nothing of
 * that file's mutants: it may lack what the project's own way of running sets up.
 */
export function toCheckScript(
  check: readonly string[],
  mutants: readonly Omit<MutantJob, "tests">[],
): string {
  const files = Map.groupBy(
    mutants.map((mutant, at) => ({ ...mutant, at })),
    ({ file }) => file,
  );
  const run = (file: string): string =>
    `timeout -s KILL 10 ${check.map(q).join(" ")} ${q(`./${file}`)} >/dev/null 2>&1`;
  const lines = [...files].flatMap(([file, members]) => [
    `if ${run(file)}; then`,
    `cp ${q(`./${file}`)} ${RUN_FOLDER}/before`,
    ...members.flatMap(({ switchId, at }) => [
      `cat ${toMutantFile(at)} >${q(`./${file}`)}`,
      `${run(file)} || echo ${q(`${MARK}${switchId}`)} >>${RESULT_FILE}`,
    ]),
    `cat ${RUN_FOLDER}/before >${q(`./${file}`)}`,
    "fi",
  ]);
  return [...lines, "exit 0", ""].join("\n");
}

/** Switch ids of mutants that the check refused. */
export function readUnfit(content: Buffer | undefined): ReadonlySet<string> {
  const lines = (content?.toString("utf8") ?? "").split("\n");
  return new Set(lines.flatMap((line) => (line.startsWith(MARK) ? line.slice(MARK.length) : [])));
}
