import type { RunRecord } from "../contract/run-record.ts";

/** How a process of a run ended. */
export interface RunProcessEnding {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** What it printed on stdout; null where that was too much to keep. */
  readonly stdout: string | null;
  /** The last that it printed on stderr. */
  readonly stderrTail: string;
}

/** A command in a process group of its own. */
export interface RunProcess {
  /** `pid:starttime`. */
  readonly owner: string;
  /** Resolves when the process is gone and its group with it; never rejects. */
  readonly ended: Promise<RunProcessEnding>;
  /** Asks it to stop, as Ctrl-C does; its run can be resumed. */
  interrupt(): void;
  /** Ends its whole group at once. */
  kill(): void;
}

/** What an owner's run has written so far. */
export interface RunProgress {
  readonly runId: string;
  readonly records: readonly RunRecord[];
}

/** Runs as processes of their own, so that a defect of one touches no other. */
export interface RunProcesses {
  /**
   * `environment`: variables beside those of this process. @throws MachineBusy (RGS-7504) when no process is to be
   * had, and what spawning throws
   */
  start(
    args: readonly string[],
    cwd: string,
    environment?: Readonly<Record<string, string>>,
  ): Promise<RunProcess>;
  /** Ends what a server that was killed has left running, group and all. */
  endOrphan(owner: string): Promise<void>;
  /** Reads the log of the run that this owner works on; null while there is none. */
  readProgress(project: string, owner: string, runId: string | null): Promise<RunProgress | null>;
  /** Changes the levels of a run's log, such as `info,search=debug`, within a second or two. */
  setLogLevels(project: string, runId: string, levels: string): Promise<void>;
  /** When a run last gave a sign of life, ms since the Unix epoch; null while it has no log. */
  readSign(project: string, runId: string): Promise<number | null>;
}
