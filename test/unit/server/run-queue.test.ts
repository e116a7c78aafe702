import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRunQueue } from "../../../src/server/run-queue.ts";

describe("the queue of runs", () => {
  test("starts the oldest first, as many as may run", () => {
    const queue = createRunQueue({ concurrency: 2, waiting: 9 });
    for (const id of ["a", "b", "c"]) queue.add(id, `/${id}`);
    expect([queue.takeNext(), queue.takeNext(), queue.takeNext()]).toEqual(["a", "b", null]);
    queue.release("a");
    expect(queue.takeNext()).toBe("c");
  });

  test("runs one of a project at a time and lets others pass", () => {
    const queue = createRunQueue({ concurrency: 3, waiting: 9 });
    queue.add("a1", "/a");
    queue.add("a2", "/a");
    queue.add("b1", "/b");
    expect([queue.takeNext(), queue.takeNext(), queue.takeNext()]).toEqual(["a1", "b1", null]);
    queue.release("a1");
    expect(queue.takeNext()).toBe("a2");
  });

  test("has no place beyond its bounds, reservations included", () => {
    const queue = createRunQueue({ concurrency: 1, waiting: 1 });
    expect([queue.reserve(), queue.reserve(), queue.reserve()]).toEqual([true, true, false]);
    queue.cancelReservation();
    queue.add("a", "/a");
    expect(queue.reserve()).toBe(false);
    expect(queue.remove("a")).toBe(true);
    expect(queue.remove("a")).toBe(false);
    expect(queue.reserve()).toBe(true);
  });

  test("loses none and never runs more than it may, whatever the order of ends", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat()),
        (projects, concurrency, picks) => {
          const queue = createRunQueue({ concurrency, waiting: 100 });
          projects.forEach((project, index) => {
            queue.add(String(index), String(project));
          });
          const running: string[] = [];
          const done: string[] = [];
          while (done.length < projects.length) {
            for (let id = queue.takeNext(); id !== null; id = queue.takeNext()) running.push(id);
            expect(running.length).toBeGreaterThan(0);
            expect(running.length).toBeLessThanOrEqual(concurrency);
            const busy = running.map((id) => projects[Number(id)]);
            expect(new Set(busy).size).toBe(busy.length);
            const [ended] = running.splice((picks.next().value as number) % running.length, 1);
            queue.release(ended!);
            done.push(ended!);
          }
          expect(new Set(done).size).toBe(projects.length);
        },
      ),
    );
  });
});
