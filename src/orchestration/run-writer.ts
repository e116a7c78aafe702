import type { RunEvent } from "../contract/run-record.ts";
import type { RunClaim, RunLog } from "../ports/run-log.ts";
import { createLostOwnership } from "./errors.ts";

/** Writes one run's log, in the order of the calls. */
export interface RunWriter {
  readonly runId: string;
  /** @throws LostOwnership (RGS-1018) once another process has taken the run over */
  append(event: RunEvent, options?: { readonly isDurable?: boolean }): Promise<void>;
  /** Waits for what is being written and gives the log up. */
  release(): Promise<void>;
}

/** Claims the run's log. @throws RunBusy (RGS-1014) */
export async function openRunWriter(log: RunLog, runId: string): Promise<RunWriter> {
  const claimed = await log.claim(runId);
  const { epoch } = claimed;
  let { sequence } = claimed;
  let tail: Promise<void> = Promise.resolve();
  const write = async (event: RunEvent, isDurable: boolean): Promise<void> => {
    const claim: RunClaim = { epoch, sequence };
    const outcome = await log.append(runId, claim, [event], { isDurable });
    if (outcome !== "stored") throw createLostOwnership(runId, outcome);
    sequence += 1;
  };
  return {
    runId,
    append(event, options = {}) {
      const written = tail.then(() => write(event, options.isDurable === true));
      tail = written.catch(() => undefined);
      return written;
    },
    async release() {
      await tail;
      await log.release(runId, { epoch, sequence });
    },
  };
}
