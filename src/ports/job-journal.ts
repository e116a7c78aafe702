import type { Job } from "../contract/job.ts";

/** What a server was asked to do and how far it came; survives the server. One process has it open at a time. */
export interface JobJournal extends AsyncDisposable {
  /** Grows by one each time a journal is opened. */
  readonly epoch: number;
  /** As the journal was found when it was opened, oldest first. */
  readonly found: readonly Job[];
  /**
   * Keeps the job as it is now, on disk when the promise resolves; calls are written in their order.
   * @throws LostOwnership (RGS-1018)
   */
  put(job: Job): Promise<void>;
  /** Keeps the object that a run printed, on disk when the promise resolves. */
  putAnswer(jobId: string, text: string): Promise<void>;
  /** @returns what {@link putAnswer} kept, or null */
  getAnswer(jobId: string): Promise<string | null>;
}
