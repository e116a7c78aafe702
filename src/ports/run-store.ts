/** One line of a run's log. */
export interface RunEvent {
  /** `noun-verb`, lifecycle as `-start`, `-end`. */
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A run being written. */
export interface RunHandle {
  /** Sorts by time: `20261124-081500-3f9a2c`. */
  readonly id: string;
  /** Absolute folder of the run, for artifacts and search saves. */
  readonly folder: string;
  /** Appends to the log; with `isCheckpoint` it is on disk when the promise resolves. */
  append(event: RunEvent, options?: { readonly isCheckpoint: boolean }): Promise<void>;
  /** Writes `<folder>/<name>` through a temporary file, so that a reader sees all of it or nothing. */
  writeArtifact(name: string, content: string): Promise<void>;
}

/** What a listing shows of one run. */
export interface RunSummary {
  readonly id: string;
  readonly startedAt: string;
  /** Outcome of the run, or `running`/`interrupted` when its log has no end. */
  readonly outcome: string;
  readonly target: string;
  readonly tests: number | null;
}

/** Runs of one project, under `.regoose/runs/`. */
export interface RunStore {
  create(target: string): Promise<RunHandle>;
  /** Newest first. */
  list(): Promise<readonly RunSummary[]>;
  /** Full id for an id, a unique prefix, or `latest`. @throws RunNotFound (RGS-1010) */
  resolve(text: string): Promise<string>;
  /** @throws RunNotFound (RGS-1010) when the run has no such artifact. */
  readArtifact(runId: string, name: string): Promise<string>;
  readEvents(runId: string): Promise<readonly (RunEvent & { readonly at: string })[]>;
}
