import { z } from "zod";

/** What the processes of a search taught: a search that goes on need not lose processes to learn it again. */
export interface CrewMemory {
  /** Calls that never run again, and those that do not on the mutant build. */
  readonly blacklist: readonly string[];
  readonly mutantBlacklist: readonly string[];
  /** How often calls of a kind hung. */
  readonly hangs: Readonly<Record<string, number>>;
  /** Modules that do not load → why. */
  readonly loadFailures: Readonly<Record<string, string>>;
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
}

/** Of a search that has just begun. */
export const EMPTY_MEMORY: CrewMemory = {
  blacklist: [],
  mutantBlacklist: [],
  hangs: {},
  loadFailures: {},
  degradations: [],
  notes: [],
};

const texts = z.array(z.string());

/** Reads a memory that was saved. */
export const crewMemorySchema: z.ZodType<CrewMemory> = z.strictObject({
  blacklist: texts,
  mutantBlacklist: texts,
  hangs: z.record(z.string(), z.number().int().min(0)),
  loadFailures: z.record(z.string(), z.string()),
  degradations: texts,
  notes: texts,
});
