import fc from "fast-check";
import { expect, test } from "vitest";
import { supervise, type ChildEnd, type RestartLimits } from "../../../src/kernel/supervise.ts";
import { createFakeClock } from "../../../src/testing/index.ts";

const life = fc.record({
  afterMs: fc.integer({ min: 0, max: 2_000 }),
  isCauseRemoved: fc.boolean(),
});
const anyLimits: fc.Arbitrary<RestartLimits> = fc.record({
  restarts: fc.integer({ min: 0, max: 5 }),
  withinMs: fc.integer({ min: 1, max: 5_000 }),
  total: fc.integer({ min: 0, max: 15 }),
});

/** The first loss that is one too many, found by looking at every window; -1 where all are borne. */
function findLast(
  lives: readonly { readonly afterMs: number; readonly isCauseRemoved: boolean }[],
  limits: RestartLimits,
): number {
  let now = 0;
  const losses = lives.map(({ afterMs, isCauseRemoved }) => {
    now += afterMs;
    return { atMs: now, isCauseRemoved };
  });
  return losses.findIndex(({ atMs, isCauseRemoved }, index) => {
    const inWindow = losses
      .slice(0, index + 1)
      .filter((one) => !one.isCauseRemoved && atMs - one.atMs < limits.withinMs);
    return index >= limits.total || (!isCauseRemoved && inWindow.length > limits.restarts);
  });
}

test("a child is given up at the first window with too many losses, or when all are used up", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { maxLength: 20 }), anyLimits, async (lives, limits) => {
      const clock = createFakeClock();
      let starts = 0;
      const start = (restarts: number): Promise<ChildEnd<null>> => {
        expect(restarts).toBe(starts);
        starts += 1;
        const one = lives[restarts];
        clock.advance(one?.afterMs ?? 0);
        return Promise.resolve(
          one === undefined
            ? { kind: "done", value: null }
            : { kind: "lost", reason: "why", isCauseRemoved: one.isCauseRemoved },
        );
      };
      const outcome = await supervise({ clock }, start, limits);
      const last = findLast(lives, limits);
      expect(outcome.kind).toBe(last === -1 ? "done" : "degraded");
      expect(starts).toBe(last === -1 ? lives.length + 1 : last + 1);
    }),
  );
});
