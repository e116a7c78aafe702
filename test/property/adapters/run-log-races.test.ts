import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRunLogFiles, type LogMachine } from "../../../src/adapters/store/run-log-files.ts";
import { openRunWriter, type RunWriter } from "../../../src/orchestration/run-writer.ts";
import type { RunRecord } from "../../../src/contract/run-record.ts";
import type { RunLog } from "../../../src/ports/run-log.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";
import { aDisk, aMachine, type MemoryDisk } from "./memory-disk.ts";

const clock = createFakeClock();
const open = (machine: LogMachine): RunLog => createRunLogFiles({ clock }, "/runs", machine);

/** The log as a process sees it that comes when all others are gone. */
async function readBack(scheduler: fc.Scheduler, disk: MemoryDisk): Promise<readonly RunRecord[]> {
  return finish(scheduler, open(aMachine(scheduler, disk, "9:9", () => false)).read("r"));
}

async function finish<T>(scheduler: fc.Scheduler, work: Promise<T>): Promise<T> {
  await scheduler.waitFor(work.catch(() => undefined));
  return work;
}

/** Appends one after the other and answers the names that the log has promised to keep. */
async function write(writer: RunWriter, names: readonly string[]): Promise<readonly string[]> {
  const stored: string[] = [];
  for (const name of names) {
    const isStored = await writer.append({ name, data: {} }).then(
      () => true,
      () => false,
    );
    if (!isStored) break;
    stored.push(name);
  }
  return stored;
}

const toNames = (mark: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_none, index) => `${mark}${String(index)}`);

const count = fc.integer({ min: 1, max: 4 });

describe("two claimants of one run", () => {
  test("get one owner, whose records are all that count", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), count, async (scheduler, events) => {
        const disk = aDisk();
        // What a process left that was killed.
        disk.files.set("/runs/r/owner-1", "dead");
        const isAlive = (owner: string): boolean => owner !== "dead";
        const claims = ["1:1", "2:2", "3:3"].map(async (owner) => {
          const writer = await openRunWriter(open(aMachine(scheduler, disk, owner, isAlive)), "r");
          return await write(writer, toNames(owner, events));
        });
        const ended = await finish(scheduler, Promise.allSettled(claims));
        const won = ended.filter((one) => one.status === "fulfilled");
        expect(won).toHaveLength(1);
        for (const one of ended) {
          if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "RGS-1014" });
        }
        const records = await readBack(scheduler, disk);
        expect(records.map(({ name }) => name)).toEqual(won[0]!.value);
        expect(won[0]!.value).toHaveLength(events);
        expect(records.every(({ epoch }) => epoch === 2)).toBe(true);
      }),
    );
  });
});

describe("two appenders to one log", () => {
  test("keep all that was promised, each record once, though one takes the other for dead", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), count, count, async (scheduler, first, second) => {
        const disk = aDisk();
        const old = open(aMachine(scheduler, disk, "1:1", () => true));
        const next = open(aMachine(scheduler, disk, "2:2", () => false));
        const writer = await finish(scheduler, openRunWriter(old, "r"));
        const both = Promise.all([
          write(writer, toNames("old", first)),
          openRunWriter(next, "r").then((taken) => write(taken, toNames("new", second))),
        ]);
        const stored = await finish(scheduler, both);
        const records = await readBack(scheduler, disk);
        const names = records.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, at) => at + 1));
        for (const kept of stored) {
          expect(names.filter((name) => kept.includes(name))).toEqual(kept);
        }
        // Whoever was fenced off writes nothing behind the one that came after it.
        const epochs = records.map(({ epoch }) => epoch);
        expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
      }),
      { numRuns: 1_000 },
    );
  });
});

test("a disk that is full for a while costs the records that it had no room for, and no others", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), count, count, async (scheduler, fullFrom, forHowMany) => {
      const disk = Object.assign(aDisk(), { fullFrom, fullUntil: fullFrom + forHowMany });
      const log = open(aMachine(scheduler, disk, "1:1", () => true));
      const writer = await finish(scheduler, openRunWriter(log, "r"));
      const names = toNames("e", fullFrom + forHowMany + 2);
      const stored: string[] = [];
      for (const name of names) {
        const written = writer.append({ name, data: {} }).then(
          () => stored.push(name),
          (failure: unknown) => {
            expect(failure).toMatchObject({ code: "ENOSPC" });
          },
        );
        await finish(scheduler, written);
      }
      expect(stored).toHaveLength(fullFrom + 2);
      const records = await readBack(scheduler, disk);
      expect(records.map(({ name }) => name)).toEqual(stored);
    }),
  );
});
