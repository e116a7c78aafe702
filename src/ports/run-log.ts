import type { RunEvent, RunRecord } from "../contract/run-record.ts";

/** `lost-ownership`: another owner took over. `conflict`: the log holds more than the writer knows of. */
export type AppendOutcome = "stored" | "lost-ownership" | "conflict";

/** The right to write a run's log, until someone else claims it. */
export interface RunClaim {
  /** Fencing token: records of lower epochs that come later do not count. */
  readonly epoch: number;
  /** Sequence of the last record; 0 in an empty log. */
  readonly sequence: number;
}

/** Append-only logs of runs. Shaped for a database: every call is asynchronous and names its run. */
export interface RunLog {
  /**
   * Takes the log over; a log that does not exist is created.
   * @throws RunBusy (RGS-1014) while a live owner holds it
   */
  claim(runId: string): Promise<RunClaim>;
  /**
   * Appends all events or none. With `isDurable` they are on disk when the promise resolves.
   * Outside effects are at-least-once: whoever is answered other than `stored` must stop.
   */
  append(
    runId: string,
    claim: RunClaim,
    events: readonly RunEvent[],
    options?: { readonly isDurable?: boolean },
  ): Promise<AppendOutcome>;
  /** Gives the log up, so that another may claim it at once. */
  release(runId: string, claim: RunClaim): Promise<void>;
  /** All records in order; an empty list for a run that does not exist. */
  read(runId: string): Promise<readonly RunRecord[]>;
  /** How often the log was claimed: the epoch of the last claim, 0 without one. */
  epochOf(runId: string): Promise<number>;
  /** True while the owner that claimed last is alive and has not released the log. */
  isOwned(runId: string): Promise<boolean>;
  /** True while that owner is known to be stopped, as by SIGSTOP, and does nothing until it is continued. */
  isSuspended(runId: string): Promise<boolean>;
}

/** Results of Actions, named by their content. */
export interface ArtifactStore {
  /**
   * Stores a text, on disk when the promise resolves; equal texts are stored once.
   * @returns SHA-256 of the text, hex
   * @throws ArtifactTooLarge (RGS-1016)
   */
  put(runId: string, text: string): Promise<string>;
  /**
   * @returns the text, or null when there is none of that name
   * @throws ArtifactDamaged (RGS-1017) when what is stored has another hash
   */
  get(runId: string, hash: string): Promise<string | null>;
}
