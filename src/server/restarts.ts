import type { RunProcess } from "../ports/run-processes.ts";
import { createRunSilent } from "./errors.ts";
import type { Loss } from "./job-runner.ts";
import { toJobError } from "./run-command.ts";

/** Ends processes of runs so that the runs are taken up again, each a few times at most. */
export interface Restarts {
  /** The process that does a run, or that none does. */
  hold(id: string, child: RunProcess | null): void;
  /** Ends the process; its run begins again at its last checkpoint. False where it has none. */
  restart(id: string, why: string): boolean;
  /** What a process that left no answer was ended for. */
  onLoss(id: string): Loss;
  /** The run has ended. */
  forget(id: string): void;
}

/** A run that is silent again after these is given up. */
const MOST_RESTARTS = 2;

export function createRestarts(): Restarts {
  const children = new Map<string, RunProcess>();
  const counts = new Map<string, number>();
  const reasons = new Map<string, string>();
  return {
    hold(id, child) {
      if (child === null) children.delete(id);
      else children.set(id, child);
    },
    restart(id, why) {
      const child = children.get(id);
      if (child === undefined || reasons.has(id)) return false;
      reasons.set(id, why);
      child.kill();
      return true;
    },
    onLoss(id) {
      const why = reasons.get(id);
      reasons.delete(id);
      if (why === undefined) return { kind: "none" };
      const count = (counts.get(id) ?? 0) + 1;
      counts.set(id, count);
      if (count <= MOST_RESTARTS) return { kind: "restart" };
      return { kind: "given-up", error: toJobError(createRunSilent(why, count)) };
    },
    forget(id) {
      counts.delete(id);
      reasons.delete(id);
    },
  };
}
