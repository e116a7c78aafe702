import { COVERAGE_GLOBAL } from "../../../../src/contract/search-runtime.ts";
import type { TestProgram } from "../../../../src/contract/program.ts";
import { searchCoverage } from "../../../../src/search/engine/search-coverage.ts";
import type { CoverageJob } from "../../../../src/search/protocol.ts";
import { installCounters, type Counters } from "../../../../src/search/worker/counters.ts";
import { createWorld, drive, FILE, ofKind, openSession } from "./fake-world.ts";

/** One for the process: the global they live in can not be taken away again. */
export const counters: Counters = installCounters({
  files: [FILE],
  goalFiles: [],
  onLayout: () => undefined,
});

interface Hits {
  readonly s: Record<number, number>;
  readonly f: Record<number, number>;
  readonly b: Record<number, Record<number, number>>;
}

const hits: Hits = {
  s: Object.fromEntries(Array.from({ length: 8 }, (_, at) => [at, 0])),
  f: {},
  b: { 0: [0, 0], 1: [0, 0] },
};
(globalThis as unknown as Record<string, Record<string, Hits>>)[COVERAGE_GLOBAL]![FILE] = hits;

/** Numbers of the counters: eight statements, then two arms each of two branches. */
export const ARM: number = 8;

export const hit = (statement: number): void => {
  hits.s[statement] = (hits.s[statement] ?? 0) + 1;
};

export const take = (branch: number, isTaken: boolean): boolean => {
  const arms = hits.b[branch] ?? {};
  const arm = isTaken ? 0 : 1;
  arms[arm] = (arms[arm] ?? 0) + 1;
  return isTaken;
};

/** Searches a target that is made anew, and tells what was kept. */
export async function searchCounted(
  job: CoverageJob,
  shape: (world: ReturnType<typeof createWorld>) => Record<string, unknown>,
): Promise<
  ReturnType<typeof openSession> & {
    programs: readonly TestProgram[];
    isSaturated: boolean;
    needsRestart: boolean;
  }
> {
  const world = createWorld();
  const opened = openSession(job, { [FILE]: shape(world) }, world, { counters, mutants: null });
  const end = await drive(searchCoverage(opened.session, job));
  const items = ofKind(opened.messages, "items").flatMap((message) => message.items);
  return { ...opened, ...end, programs: items.map(({ program }) => program) };
}
