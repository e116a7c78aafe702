import { createDeadline } from "../../../src/kernel/clock.ts";
import type { Sandbox } from "../../../src/ports/sandbox.ts";
import { createCrew, type Crew, type JobOrder } from "../../../src/search/crew.ts";
import type { Job, WorkerMessage } from "../../../src/search/protocol.ts";
import type { Workspace } from "../../../src/search/workspace.ts";
import { createFakeClock, type FakeClock } from "../../../src/testing/index.ts";

/** A crew on a fake clock whose processes are scripted. */
export interface CrewBench {
  readonly crew: Crew;
  readonly clock: FakeClock;
  readonly jobs: Job[];
  readonly run: () => Promise<{ readonly isSaturated: boolean }>;
}

/** A crew whose n-th process says what `lives` answers for n and then ends, as if it had been killed. */
export function openCrew(
  lives: (life: number) => readonly WorkerMessage[],
  lifeMs = 10,
): CrewBench {
  const clock = createFakeClock();
  const jobs: Job[] = [];
  const start = (): ReturnType<Sandbox["start"]> => {
    const said = lives(jobs.length - 1);
    clock.advance(lifeMs);
    return Promise.resolve({
      send: () => Promise.resolve(),
      lines: (async function* () {
        for (const message of said) yield await Promise.resolve(JSON.stringify(message));
      })(),
      ended: Promise.resolve({ end: { kind: "signalled", signal: "SIGKILL" }, stderr: "" }),
      kill: () => undefined,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  };
  const sandbox = { start, pathOf: () => "/work" } as unknown as Sandbox;
  const workspace = {
    open: () => Promise.resolve(sandbox),
    listTranspiled: () => [],
    entryIn: () => "entry.js",
  } as unknown as Workspace;
  const crew = createCrew(
    { workspace, clock, deadline: createDeadline(clock, 3_600_000), onEndless: () => undefined },
    { signal: new AbortController().signal },
  );
  const order: JobOrder = {
    build: "plain",
    limit: { kind: "executions", count: 1_000 },
    create: (base) => {
      const job = { ...base, kind: "record", modules: [], programs: [] } as unknown as Job;
      jobs.push(job);
      return job;
    },
    onMessage: () => undefined,
  };
  return { crew, clock, jobs, run: () => crew.run(order) };
}
