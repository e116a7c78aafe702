import type { TestRunReport } from "../contract/test-run.ts";

/** One run of tests that came to its own end. */
export interface KeptReport {
  readonly report: TestRunReport;
  /** When it ended, counted from the beginning of the work that it was for, ms. */
  readonly atMs: number;
}

/** What the sandboxed test runs of one piece of work reported: kept, so that the work can be taken up after a kill. */
export interface RunReports {
  /** What a run of this name reported to an earlier process of the same work; null where it was not kept. */
  find(name: string): KeptReport | null;
  /** Keeps a report. Lost to a kill only while it is being written; to a power cut, for at most two seconds. */
  add(name: string, kept: KeptReport): Promise<void>;
}
