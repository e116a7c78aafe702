import type { TestProgram } from "../../contract/program.ts";
import type { CorpusItem } from "../protocol.ts";

/** Switch ids that one program kills. */
export interface Kills {
  readonly program: TestProgram;
  readonly kills: readonly string[];
}

/**
 * What the phase at work has found and not yet merged into the archive. Phases merge in a fixed order once all
 * islands are done; until then this is what the saved state holds of them. Nothing in a search reads it.
 */
export interface RunningFinds {
  readonly items: readonly CorpusItem[];
  readonly kills: readonly Kills[];
  /** Callees that change what later programs find. */
  readonly deferred: readonly string[];
  addItems(items: readonly CorpusItem[]): void;
  addKills(program: TestProgram, kills: readonly string[]): void;
  addDeferred(callee: string): void;
  /** All of it is merged. */
  clear(): void;
}

/** Creates an empty one. */
export function createRunningFinds(): RunningFinds {
  const items: CorpusItem[] = [];
  const kills: Kills[] = [];
  const deferred: string[] = [];
  return {
    items,
    kills,
    deferred,
    addItems: (more) => void items.push(...more),
    addKills: (program, switchIds) => void kills.push({ program, kills: switchIds }),
    addDeferred: (callee) => void deferred.push(callee),
    clear() {
      for (const list of [items, kills, deferred]) list.length = 0;
    },
  };
}
