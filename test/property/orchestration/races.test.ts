import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { RunEvent, RunRecord } from "../../../src/contract/run-record.ts";
import { createDeadline } from "../../../src/kernel/clock.ts";
import { DisposeStack } from "../../../src/kernel/dispose.ts";
import { sha256 } from "../../../src/kernel/hash.ts";
import { defineAction } from "../../../src/orchestration/action.ts";
import { restoreResults } from "../../../src/orchestration/checkpoints.ts";
import { runScenario, type ScenarioEnd } from "../../../src/orchestration/run-scenario.ts";
import { openRunWriter } from "../../../src/orchestration/run-writer.ts";
import { defineScenario, defineStep } from "../../../src/orchestration/scenario.ts";
import type { ArtifactStore, RunLog } from "../../../src/ports/run-log.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";

/** A log and a store whose every answer comes when the scheduler says so. */
interface Slow {
  readonly records: RunRecord[];
  readonly log: RunLog;
  readonly artifacts: ArtifactStore;
}

function createSlow(scheduler: fc.Scheduler): Slow {
  const records: RunRecord[] = [];
  const texts = new Map<string, string>();
  const later = <T>(label: string, work: () => T): Promise<T> =>
    scheduler.schedule(Promise.resolve(label), label).then(work);
  return {
    records,
    log: {
      claim: () => later("claim", () => ({ epoch: 1, sequence: records.length })),
      append: (_runId, claim, events: readonly RunEvent[]) =>
        later("append", () => {
          if (claim.sequence !== records.length) return "conflict" as const;
          for (const event of events) {
            records.push({ ...event, sequence: records.length + 1, epoch: 1, at: "" });
          }
          return "stored" as const;
        }),
      release: () => later("release", () => undefined),
      read: () => Promise.resolve(records),
      epochOf: () => Promise.resolve(1),
      isOwned: () => Promise.resolve(true),
      isSuspended: () => Promise.resolve(false),
    },
    artifacts: {
      put: (_runId, text) =>
        later("put", () => {
          texts.set(sha256(text), text);
          return sha256(text);
        }),
      get: (_runId, hash) => Promise.resolve(texts.get(hash) ?? null),
    },
  };
}

describe("a run's log", () => {
  test("keeps the order of calls, whoever is slow", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 8 }), async (scheduler, count) => {
        const { log, records } = createSlow(scheduler);
        const opened = openRunWriter(log, "r");
        await scheduler.waitFor(opened);
        const writer = await opened;
        const names = Array.from({ length: count }, (_none, index) => `e${String(index)}`);
        const written = Promise.all(names.map((name) => writer.append({ name, data: {} })));
        await scheduler.waitFor(Promise.all([written, writer.release()]));
        expect(records.map(({ name }) => name)).toEqual(names);
      }),
    );
  });
});

describe("stopping while steps finish", () => {
  /** a and b side by side, then sum, then one that secures. */
  async function runUnder(scheduler: fc.Scheduler, stopsAt: number): Promise<[ScenarioEnd, Slow]> {
    const slow = createSlow(scheduler);
    const controller = new AbortController();
    const clock = createFakeClock();
    let ended = 0;
    const step = (id: string, after: readonly string[], finishes = false) =>
      defineStep({
        id,
        after,
        toInput: () => 1,
        action: defineAction({
          name: id,
          title: id,
          input: z.number(),
          output: z.number(),
          effects: "none",
          finishes,
          run: async (input, { signal }) => {
            await scheduler.schedule(Promise.resolve(id), `work of ${id}`);
            if ((ended += 1) === stopsAt) controller.abort(new Error("Ctrl-C"));
            if (!finishes) signal.throwIfAborted();
            return input;
          },
        }),
      });
    const scenario = defineScenario({
      name: "race",
      title: "",
      strategy: "graph",
      steps: [step("a", []), step("b", []), step("sum", ["a", "b"]), step("secure", ["sum"], true)],
    });
    const opened = openRunWriter(slow.log, "r");
    await scheduler.waitFor(opened);
    const restored = await restoreResults(slow.artifacts, scenario, { runId: "r", records: [] });
    const run = runScenario({ clock, artifacts: slow.artifacts, random: () => 0.5 }, scenario, {
      writer: await opened,
      restored,
      deadline: createDeadline(clock, Infinity),
      usedMs: () => 0,
      signal: controller.signal,
    });
    await scheduler.waitFor(run);
    return [await run, slow];
  }

  test("never hangs, never tells more than is stored, and never ends a step twice", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 0, max: 5 }),
        async (scheduler, stopsAt) => {
          const [{ results, ending }, { records, artifacts }] = await runUnder(scheduler, stopsAt);
          const ends = records.filter(({ name }) => name === "action-end");
          const ids = ends.map(({ data }) => String(data["step"]));
          expect(new Set(ids).size).toBe(ids.length);
          for (const id of ["a", "b", "sum", "secure"]) {
            const ref = { id, action: { output: z.number() } };
            expect(results.find(ref) !== undefined).toBe(ids.includes(id));
          }
          for (const { data } of ends) {
            expect(await artifacts.get("r", String(data["output"]))).toBe("1");
          }
          // What was begun has an ending of its own in the log.
          const begun = records.filter(({ name }) => name === "action-start").length;
          const failed = records.filter(({ name }) => name === "action-fail").length;
          expect(begun).toBe(ends.length + failed);
          expect(ending.kind).toBe(ids.length === 4 ? "completed" : "cancelled");
        },
      ),
    );
  });
});

test("resources are released once, in reverse, however often and by whomever they are disposed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 4 }), async (scheduler, callers) => {
      const owned = new DisposeStack();
      const released: number[] = [];
      for (const one of [1, 2, 3]) {
        owned.defer(async () => {
          await scheduler.schedule(Promise.resolve(one), `release ${String(one)}`);
          released.push(one);
        });
      }
      const all = Promise.all(Array.from({ length: callers }, () => owned[Symbol.asyncDispose]()));
      await scheduler.waitFor(all);
      await scheduler.waitIdle();
      expect(released).toEqual([3, 2, 1]);
    }),
  );
});
