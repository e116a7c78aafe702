import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isEnded, type Job } from "../../../src/contract/job.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { RunProcessEnding, RunProcesses } from "../../../src/ports/run-processes.ts";
import { createEventFeed, type FeedEvent } from "../../../src/server/event-feed.ts";
import { JobService } from "../../../src/server/job-service.ts";
import {
  aJournal,
  aRequest,
  CANCELLED,
  handOver,
  SILENT,
  SUCCEEDED,
} from "../../unit/server/fakes.ts";

type Later = <T>(label: string, work: () => T | Promise<T>) => Promise<T>;

const toLater =
  (scheduler: fc.Scheduler): Later =>
  (label, work) =>
    scheduler.schedule(Promise.resolve(label), label).then(work);

/** Processes that start and end when the scheduler says so; on SIGINT they end like `generate`, where they have not before. */
function scheduledProcesses(
  later: Later,
): RunProcesses & { readonly started: string[]; most: number } {
  const running = new Map<string, number>();
  const change = (project: string, by: number): void => {
    running.set(project, (running.get(project) ?? 0) + by);
  };
  const processes = {
    started: [] as string[],
    /** Most processes at a time; of one project there is never a second. */
    most: 0,
    start: (
      _args: readonly string[],
      project: string,
      environment?: Readonly<Record<string, string>>,
    ) =>
      later("start", () => {
        processes.started.push(environment?.["HANDED"] ?? "");
        change(project, 1);
        expect(running.get(project)).toBe(1);
        const all = [...running.values()].reduce((sum, one) => sum + one, 0);
        processes.most = Math.max(processes.most, all);
        const { promise: ended, resolve } = Promise.withResolvers<RunProcessEnding>();
        let isOver = false;
        const end = (stdout: string): void => {
          if (isOver) return;
          isOver = true;
          change(project, -1);
          resolve({ exitCode: 0, signal: null, stdout, stderrTail: "" });
        };
        void later("end", () => {
          end(SUCCEEDED);
        });
        return {
          owner: `${String(processes.started.length)}:1`,
          ended,
          interrupt: () => {
            end(CANCELLED);
          },
          kill: () => {
            end("");
          },
        };
      }),
    endOrphan: () => Promise.resolve(),
    readProgress: () => Promise.resolve(null),
    setLogLevels: () => Promise.resolve(),
    readSign: () => Promise.resolve(null),
  };
  return processes;
}

describe("runs that are cancelled while others begin and end", () => {
  test("end once, as they were told, and give their places back", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom("/a", "/b", "/c"), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
        fc.integer({ min: 1, max: 2 }),
        async (scheduler, projects, cancelled, concurrency) => {
          const later = toLater(scheduler);
          const journal = aJournal();
          // Slow, and in the order of the calls, as its port promises.
          let tail = Promise.resolve();
          journal.put = (job) =>
            (tail = tail.then(() => later("put", () => void journal.written.push(job))));
          const processes = scheduledProcesses(later);
          const service = new JobService(
            {
              ...{ clock: createSystemClock(), journal, processes, handOver, log: SILENT },
              logLevels: () => "",
            },
            { concurrency, waiting: 9 },
          );
          await service.recover();
          const told = new Map<string, (FeedEvent | null)[]>();
          const work = projects.map(async (project, index) => {
            const { id } = await service.submit(aRequest(project), null);
            const seen: (FeedEvent | null)[] = [...service.feedOf(id).since(null).events];
            told.set(id, seen);
            const over = new Promise<void>((resolve) => {
              service.feedOf(id).follow((event) => {
                seen.push(event);
                if (event === null) resolve();
              });
            });
            if (cancelled.includes(index)) await later("cancel", () => service.cancel(id));
            await over;
          });
          const all = Promise.all(work).then(() => service.stop());
          await scheduler.waitFor(all);
          await all;
          expect(processes.most).toBeLessThanOrEqual(concurrency);
          expect(service.counts()).toMatchObject({ waiting: 0, running: 0 });
          for (const id of told.keys()) {
            expectOneEnd(service.get(id), journal.written, told.get(id) ?? []);
            const starts = processes.started.filter((one) => one === id).length;
            expect(starts).toBeLessThanOrEqual(1);
            if (service.get(id).status === "succeeded") expect(starts).toBe(1);
          }
        },
      ),
    );
  });
});

function expectOneEnd(
  job: Job,
  written: readonly Job[],
  told: readonly (FeedEvent | null)[],
): void {
  expect(["succeeded", "cancelled"]).toContain(job.status);
  if (!job.isCancelAsked) expect(job.status).toBe("succeeded");
  const states = written.filter(({ id }) => id === job.id);
  expect(states.at(-1)).toEqual(job);
  // What has ended once stays as it ended, whoever asks to cancel it.
  const first = states.findIndex(({ status }) => isEnded(status));
  expect(new Set(states.slice(first).map(({ status }) => status))).toEqual(new Set([job.status]));
  expect(told.at(-1)).toBeNull();
  const events = told.slice(0, -1).flatMap((event) => event ?? []);
  expect(events).toHaveLength(told.length - 1);
  const ids = events.map(({ id }) => id);
  expect(ids).toEqual(ids.map((_, at) => ids[0]! + at));
  const names = events.map(({ name }) => name);
  expect(names.filter((name) => name === "run-end")).toEqual(["run-end"]);
  expect(names.at(-1)).toBe("run-end");
}

describe("the feed of a run", () => {
  test("tells each follower all that comes, in order and once, over lines that break and are taken up again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
        async (scheduler, pushes, capacity, followers) => {
          const later = toLater(scheduler);
          const feed = createEventFeed({ firstId: 5, capacity });
          const pushing = (async () => {
            for (let at = 0; at < pushes; at += 1) {
              await later("push", () => {
                feed.push(`e${String(at)}`, {});
              });
            }
            await later("close", () => {
              feed.close();
            });
          })();
          const following = followers.map(async (breaks) => {
            const seen: number[] = [];
            let gaps = 0;
            let ends = 0;
            for (let line = 0; line <= breaks; line += 1) {
              const unfollow = await later("connect", () => {
                const { events, hasGap } = feed.since(seen.at(-1) ?? null);
                seen.push(...events.map(({ id }) => id));
                gaps += hasGap ? 1 : 0;
                return feed.follow((event) => {
                  if (event === null) ends += 1;
                  else seen.push(event.id);
                });
              });
              if (line < breaks) await later("break", unfollow);
            }
            await pushing;
            const sorted = [...new Set(seen)].toSorted((a, b) => a - b);
            expect(seen).toEqual(sorted);
            expect(ends).toBeGreaterThanOrEqual(1);
            const last = 5 + pushes - 1;
            if (gaps === 0 && pushes > 0) {
              expect(seen).toEqual(Array.from({ length: pushes }, (_none, at) => 5 + at));
            } else if (pushes > 0) expect(seen.at(-1)).toBe(last);
          });
          const all = Promise.all([pushing, ...following]);
          await scheduler.waitFor(all);
          await all;
        },
      ),
    );
  });
});
