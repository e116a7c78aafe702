import type { Job } from "../../contract/job.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { RunProcesses } from "../../ports/run-processes.ts";

/** How long a run has given no sign of life. */
export interface Silence {
  readonly id: string;
  readonly seconds: number;
}

/** Watches the signs of life of runs. */
export interface SilenceMeter {
  /** Looks at the runs that are being done; the longest silence first. */
  measure(running: readonly Job[]): Promise<readonly Silence[]>;
}

interface Seen {
  readonly sign: number | null;
  readonly atMs: number;
}

/**
 * Measures from the moment at which a sign was seen to have changed, so that neither the clock of the machine nor what
 * an earlier process of the run did can make a run look silent.
 */
export function createSilenceMeter(deps: {
  readonly clock: Clock;
  readonly processes: Pick<RunProcesses, "readSign">;
}): SilenceMeter {
  let seen: ReadonlyMap<string, Seen> = new Map();
  return {
    async measure(running) {
      const next = new Map<string, Seen>();
      const silences: Silence[] = [];
      for (const { id, owner, runId, request } of running) {
        if (owner === null) continue;
        const key = `${id} ${owner}`;
        const sign = runId === null ? null : await deps.processes.readSign(request.project, runId);
        const nowMs = deps.clock.monotonic();
        const before = seen.get(key);
        const last = before !== undefined && before.sign === sign ? before : { sign, atMs: nowMs };
        next.set(key, last);
        silences.push({ id, seconds: (nowMs - last.atMs) / 1_000 });
      }
      seen = next;
      return silences.sort((left, right) => right.seconds - left.seconds);
    },
  };
}
