import type { RunRecord } from "../contract/run-record.ts";
import type { ArtifactStore, RunLog } from "./run-log.ts";

/** What a listing shows of one run. */
export interface RunSummary {
  readonly id: string;
  readonly startedAt: string;
  /** Outcome of the run, or `running`/`interrupted` when its log has no end. */
  readonly outcome: string;
  readonly target: string;
  readonly tests: number | null;
}

/** Some records of one run. */
export interface RunRecords {
  readonly runId: string;
  readonly records: readonly RunRecord[];
}

/** Runs of one project, under `.regoose/runs/`. */
export interface RunStore {
  readonly log: RunLog;
  readonly artifacts: ArtifactStore;
  /**
   * Makes room for a new run, and removes the oldest that have ended where there are too many, but none of `spare`.
   * @returns its id, which sorts by time: `20261124-081500-3f9a2c`
   * @throws RunFolderUnwritable (RGS-7010)
   */
  create(options?: { readonly spare?: readonly string[] }): Promise<string>;
  /** Absolute folder of a run, for named files and search saves. */
  folderOf(runId: string): string;
  /** Newest first. */
  list(): Promise<readonly RunSummary[]>;
  /** Full id for an id, a unique prefix, or `latest`. @throws RunNotFound (RGS-1010) */
  resolve(text: string): Promise<string>;
  /**
   * Writes `<folder>/<name>` through a temporary file, so that a reader sees all of it or nothing. With `isDurable` it is
   * on disk when the promise resolves.
   */
  writeFile(
    runId: string,
    name: string,
    content: string,
    options?: { readonly isDurable?: boolean },
  ): Promise<void>;
  /** @throws RunNotFound (RGS-1010) when the run has no such file. */
  readFile(runId: string, name: string): Promise<string>;
  /** Removes such a file, or a folder with all in it; nothing happens where there is none. */
  removeFile(runId: string, name: string): Promise<void>;
  readRecords(runId: string): Promise<readonly RunRecord[]>;
  /**
   * The records by which experiments are judged, oldest run first: of runs that are kept, and of those that made room
   * for others. Runs without any are left out.
   */
  readLasting(): Promise<readonly RunRecords[]>;
}
