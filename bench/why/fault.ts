import type { Stage } from "./stage.ts";

/** One thing that goes wrong for a user, and what `regoose why` has to name first. */
export interface Fault {
  readonly name: string;
  /** The expected cause, in words. */
  readonly cause: string;
  /**
   * Each has to match what is said of the first cause: its words, codes and evidence, not the advice. They ask for
   * what any sensible answer holds, such as the file, the module, the setting, the signal or the limit.
   */
  readonly evidence: readonly RegExp[];
  /** None may match: what only another cause would say. */
  readonly not?: readonly RegExp[];
  /** Puts the fault into a stage and runs the command there. */
  inject(stage: Stage): Promise<Injected>;
}

/** What the injector saw, from the command's own answer and never from `regoose why`. */
export interface Injected {
  /** False where the command did not suffer from it; such a fault does not count. */
  readonly isFelt: boolean;
  /** How the command ended, for the table. */
  readonly ending: string;
}
