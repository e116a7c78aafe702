import type { Candidate } from "../contract/candidate.ts";
import { toTestKey } from "../contract/test-run.ts";
import type { AdmitInput } from "../ports/gate.ts";
import type { PrintedTest, SuitePrinter } from "../ports/suite-printer.ts";

/** A candidate as it stands in a printed file. */
export interface SuiteTest {
  readonly candidate: Candidate;
  readonly printed: PrintedTest;
  /** `file::fullTitle`, as runner reports name it. */
  readonly key: string;
}

/** Printed files and the tests in them, in the order of the files. */
export interface Suite {
  readonly files: Readonly<Record<string, string>>;
  readonly tests: readonly SuiteTest[];
  readonly unprintable: readonly { readonly candidateId: string; readonly reason: string }[];
}

/** Prints some candidates as a suite of their own. */
export type PrintSuite = (candidates: readonly Candidate[], isDraft: boolean) => Promise<Suite>;

export function createPrintSuite(
  deps: { readonly printer: SuitePrinter },
  input: Pick<AdmitInput, "project" | "runner" | "outDir">,
  signal: AbortSignal,
): PrintSuite {
  return async (candidates, isDraft) => {
    signal.throwIfAborted();
    if (candidates.length === 0) return { files: {}, tests: [], unprintable: [] };
    const { project, runner, outDir } = input;
    const printed = await deps.printer.print(
      { project, runner, outDir, candidates, isDraft },
      { signal },
    );
    return toSuite(candidates, printed);
  };
}

function toSuite(
  candidates: readonly Candidate[],
  printed: Awaited<ReturnType<SuitePrinter["print"]>>,
): Suite {
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const fileOrder = Object.keys(printed.files).sort();
  const tests = printed.tests
    .flatMap((test) => {
      const candidate = byId.get(test.candidateId);
      return candidate === undefined ? [] : [{ candidate, printed: test, key: toTestKey(test) }];
    })
    .sort((a, b) => fileOrder.indexOf(a.printed.file) - fileOrder.indexOf(b.printed.file));
  const answered = new Set([
    ...tests.map((test) => test.candidate.id),
    ...printed.unprintable.map((entry) => entry.candidateId),
  ]);
  const forgotten = candidates
    .filter((candidate) => !answered.has(candidate.id))
    .map((candidate) => ({ candidateId: candidate.id, reason: "the printer left it out" }));
  return {
    files: Object.fromEntries(fileOrder.map((file) => [file, printed.files[file] ?? ""])),
    tests,
    unprintable: [...printed.unprintable, ...forgotten],
  };
}
