/**
 * `npm run corpus:check [-- MODULE…]`: runs every candidate of `test/corpus` in a bubblewrap sandbox of
 * its own and holds what it does against its label: a good one passes under all conditions and kills a
 * mutant, one that exposes a planted bug is red before its cure and green after it, and so on (the rules
 * stand in `corpus/rules.ts`). Prints the counts per label and module. Takes minutes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { AnswerFile } from "../test/corpus/answer-files.ts";
import type { CorpusModule } from "../test/corpus/schema.ts";
import { CANDIDATE_LABELS, loadCorpus } from "../test/corpus/schema.ts";
import type { BoxedResult } from "./corpus/boxed-run.ts";
import { runBoxed, writeCopy, writePreload } from "./corpus/boxed-run.ts";
import type { Conditions } from "./corpus/conditions.ts";
import { mutateSource } from "./corpus/mutants.ts";
import type { Subject } from "./corpus/rules.ts";
import { checkCandidate } from "./corpus/rules.ts";

const asked = process.argv.slice(2);
const corpus = loadCorpus().filter(({ name }) => asked.length === 0 || asked.includes(name));
const scratch = mkdtempSync(join(tmpdir(), "regoose-corpus-"));
const preload = writePreload(scratch);
let failures = 0;
let copies = 0;

try {
  for (const module of corpus) await checkModule(module);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
printTable();
console.log(failures === 0 ? "every candidate is what its label says" : `${failures} are not`);
process.exitCode = failures === 0 && corpus.length > 0 ? 0 : 1;

async function checkModule(module: CorpusModule): Promise<void> {
  const startedMs = performance.now();
  const mutated = await mutateSource(module);
  const queue: Subject[] = module.answers.flatMap((answer) =>
    answer.candidates.map((candidate) => ({ module, answer, candidate })),
  );
  const total = queue.length;
  const work = async (): Promise<void> => {
    for (let subject = queue.shift(); subject !== undefined; subject = queue.shift()) {
      const problems = await checkCandidate(subject, { run: toRun(subject), mutated });
      if (problems.length === 0) continue;
      failures += 1;
      const { label, title } = subject.candidate;
      console.log(`\n${module.name}: ${label} "${title}"\n  ${problems.join("\n  ")}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${module.name}: ${total} candidates, ${mutated.ids.length} mutants, ${seconds} s`);
}

function toRun({ module, candidate }: Subject) {
  return async (
    file: AnswerFile,
    source: string,
    conditions: Conditions,
    mutantId?: string,
  ): Promise<BoxedResult> => {
    copies += 1;
    const folder = join(scratch, String(copies));
    writeCopy(module, source, file, folder);
    const { title } = candidate;
    const mutant = mutantId === undefined ? {} : { mutantId };
    const result = await runBoxed({
      preload,
      folder,
      file: file.path,
      title,
      conditions,
      ...mutant,
    });
    rmSync(folder, { recursive: true, force: true });
    return result;
  };
}

function printTable(): void {
  const rows = corpus.map(({ name, answers }) => {
    const labels = answers.flatMap(({ candidates }) => candidates.map(({ label }) => label));
    return [name, ...CANDIDATE_LABELS.map((label) => labels.filter((one) => one === label).length)];
  });
  const sums = CANDIDATE_LABELS.map((_, index) =>
    rows.reduce((sum, row) => sum + Number(row[index + 1]), 0),
  );
  console.log(`\n| module | ${CANDIDATE_LABELS.join(" | ")} | all |`);
  console.log(`|---|${"--:|".repeat(CANDIDATE_LABELS.length + 1)}`);
  for (const [name, ...counts] of [...rows, ["all", ...sums]]) {
    const sum = counts.reduce<number>((total, count) => total + Number(count), 0);
    console.log(`| ${String(name)} | ${counts.join(" | ")} | ${sum} |`);
  }
  console.log();
}
