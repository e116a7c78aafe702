import type { CounterId } from "../contract/coverage.ts";
import type { ProofCard } from "../contract/proof-card.ts";
import type { TestRunReport } from "../contract/test-run.ts";
import type { VerifyInput } from "../ports/gate.ts";
import { planReruns } from "./conditions.ts";
import type { PairList } from "./mutants/jobs.ts";
import { runPatches } from "./mutants/run-patches.ts";
import type { Company, KillMatrix } from "./mutants/run-pairs.ts";
import { createKillMatrix, runPairs } from "./mutants/run-pairs.ts";
import { STANDARD_CONDITIONS, TimeEnded } from "./session.ts";
import type { Session, SessionRequest } from "./session.ts";
import { settleAll } from "./settle-all.ts";
import { toCardKey, toProjectPath } from "./verify-paths.ts";

/** A run of some of the suite's files. */
export interface FileRun {
  readonly files: readonly string[];
  readonly report: TestRunReport;
}

/** What the tests of the suite cover. */
export interface SuiteCoverage {
  /** Test key → counters it moved. */
  readonly counters: ReadonlyMap<string, ReadonlySet<CounterId>>;
  /** Project-relative files whose coverage could be measured. */
  readonly files: ReadonlySet<string>;
}

const NO_COVERAGE: SuiteCoverage = { counters: new Map(), files: new Set() };

/** What the files as they stand did. */
export interface SuiteRuns {
  /** The plain run and each re-run; a run that was not clean is split by file. */
  readonly plain: readonly (readonly FileRun[])[];
  readonly coverage: SuiteCoverage;
  readonly hasTimeEnded: boolean;
}

/** Runs the files that the proof names, as they stand: once plainly, all re-runs, once for coverage. */
export async function rerunSuite(session: Session, input: VerifyInput): Promise<SuiteRuns> {
  const files = toStandingFiles(input);
  if (Object.keys(files).length === 0) {
    return { plain: [], coverage: NO_COVERAGE, hasTimeEnded: false };
  }
  const seed = input.proof.cards[0]?.seed ?? 0;
  const conditions = [STANDARD_CONDITIONS, ...planReruns(seed, input.reruns)];
  try {
    const coverage = runByFile(session, {
      files,
      mode: { kind: "coverage" },
      overlay: input.coverageBuild.overlay,
    });
    const plain = conditions.map((one) => {
      const mode = { kind: "plain", shuffleSeed: one.shuffleSeed } as const;
      return runByFile(session, { files, mode, conditions: one });
    });
    const [measured, ...runs] = await settleAll([coverage, ...plain]);
    return { plain: runs, coverage: toCoverage(measured), hasTimeEnded: false };
  } catch (thrown) {
    if (!(thrown instanceof TimeEnded)) throw thrown;
    return { plain: [], coverage: NO_COVERAGE, hasTimeEnded: true };
  }
}

/** The files that the proof names and that are still there. */
function toStandingFiles(input: VerifyInput): Readonly<Record<string, string>> {
  const paths = Object.keys(input.proof.files).map((path) => toProjectPath(input, path));
  return Object.fromEntries(
    paths.sort().flatMap((path): (readonly [string, string])[] => {
      const content = input.files[path];
      return content === undefined ? [] : [[path, content]];
    }),
  );
}

/** One run of all files; when something breaks it, one of each, so that no file pays for another. */
async function runByFile(session: Session, request: SessionRequest): Promise<readonly FileRun[]> {
  const files = Object.entries(request.files);
  const report = await session.run(request);
  if (isClean(report) || files.length === 1) return [{ files: Object.keys(request.files), report }];
  return settleAll(
    files.map(async ([file, content]) => ({
      files: [file],
      report: await session.run({ ...request, files: { [file]: content } }),
    })),
  );
}

export function isClean(report: TestRunReport): boolean {
  return report.end.kind === "finished" && report.strayErrors.length === 0;
}

/** A file that did not run through has no coverage; the others keep theirs. */
function toCoverage(runs: readonly FileRun[]): SuiteCoverage {
  const measured = runs.flatMap(({ files, report }) =>
    report.perTest === null || !isClean(report) ? [] : [{ files, perTest: report.perTest }],
  );
  return {
    files: new Set(measured.flatMap(({ files }) => files)),
    counters: new Map(
      measured
        .flatMap(({ perTest }) => Object.entries(perTest))
        .map(([key, counters]): [string, ReadonlySet<CounterId>] => [key, new Set(counters)]),
    ),
  };
}

/**
 * How a claimed kill is looked for before it counts as lost: among others, which is quick; apart from them, as the
 * gate confirmed it; and in a run of its whole file, which shows what a user would see.
 */
const LOOKS: readonly Company[] = ["together", "apart", "whole-file"];

/** Tries every mutant that the given cards claim against their tests, again where a kill does not show. */
export async function reproveKills(
  session: Session,
  input: VerifyInput,
  cards: readonly ProofCard[],
  pairTimeoutMs: number,
): Promise<KillMatrix> {
  const matrix = createKillMatrix();
  for (const company of LOOKS) {
    const wanted = toClaims(input, cards, matrix);
    if (wanted.length === 0 || input.deadline.isOver()) break;
    const fresh = createKillMatrix();
    await runPairs({
      session,
      files: input.files,
      overlay: input.mutantBuild.overlay,
      wanted,
      matrix: fresh,
      until: input.deadline,
      pairTimeoutMs,
      company,
    });
    takeOver(matrix, fresh);
  }
  await reprovePatches(session, input, cards, matrix);
  return matrix;
}

/** Each patch that a card claims, once more in a run of the files of those cards; twice where a kill does not show. */
async function reprovePatches(
  session: Session,
  input: VerifyInput,
  cards: readonly ProofCard[],
  matrix: KillMatrix,
): Promise<void> {
  for (let look = 0; look < PATCH_LOOKS; look += 1) {
    const isOpen = (card: ProofCard, id: string): boolean =>
      card.kills.includes(id) &&
      matrix.outcomes.get(toCardKey(input, card))?.get(id)?.isAssertion !== true;
    const patches = (input.patches ?? []).filter(({ mutant }) =>
      cards.some((card) => isOpen(card, mutant.id)),
    );
    const claiming = cards.filter((card) => patches.some(({ mutant }) => isOpen(card, mutant.id)));
    if (claiming.length === 0 || input.deadline.isOver()) return;
    const run = [...new Set(claiming.map((card) => toProjectPath(input, card.file)))];
    const fresh = createKillMatrix();
    await runPatches({
      session,
      files: Object.fromEntries(run.map((file) => [file, input.files[file] ?? ""])),
      keys: claiming.map((card) => toCardKey(input, card)),
      patches,
      matrix: fresh,
      until: input.deadline,
    });
    takeOver(matrix, fresh);
  }
}

const PATCH_LOOKS = 2;

function takeOver(matrix: KillMatrix, fresh: KillMatrix): void {
  for (const [key, row] of fresh.outcomes) {
    matrix.outcomes.set(key, new Map([...(matrix.outcomes.get(key) ?? []), ...row]));
  }
}

/** The claimed kills that were not seen yet. */
function toClaims(
  input: VerifyInput,
  cards: readonly ProofCard[],
  seen: KillMatrix,
): readonly PairList[] {
  const switchIdOf = new Map(input.mutantBuild.mutants.map(({ id, switchId }) => [id, switchId]));
  return cards.flatMap((card) => {
    const printed = { file: toProjectPath(input, card.file), fullTitle: card.fullTitle };
    const key = toCardKey(input, card);
    const row = seen.outcomes.get(key);
    const switchIds = [...new Set(card.kills.flatMap((id) => switchIdOf.get(id) ?? []))].filter(
      (switchId) => row?.get(switchId)?.isAssertion !== true,
    );
    return switchIds.length === 0 ? [] : [{ test: { key, printed }, switchIds }];
  });
}
