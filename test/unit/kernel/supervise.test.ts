import { describe, expect, test } from "vitest";
import { supervise, type ChildEnd, type Supervised } from "../../../src/kernel/supervise.ts";
import { createFakeClock } from "../../../src/testing/index.ts";

interface Life {
  readonly afterMs: number;
  readonly isCauseRemoved?: boolean;
}

/** Runs a child that is lost once for each life, and is done then. */
async function run(
  lives: readonly Life[],
): Promise<{ readonly outcome: Supervised<string>; readonly starts: readonly number[] }> {
  const clock = createFakeClock();
  const starts: number[] = [];
  const outcome = await supervise({ clock }, (restarts): Promise<ChildEnd<string>> => {
    starts.push(restarts);
    const life = lives[restarts];
    if (life === undefined) return Promise.resolve({ kind: "done", value: "useful" });
    clock.advance(life.afterMs);
    const { isCauseRemoved = false } = life;
    return Promise.resolve({ kind: "lost", reason: `reason ${String(restarts)}`, isCauseRemoved });
  });
  return { outcome, starts };
}

const often = (count: number, life: Life): Life[] => Array.from({ length: count }, () => life);

describe("supervision", () => {
  test("starts a child again until it is done", async () => {
    const { outcome, starts } = await run(often(5, { afterMs: 10 }));
    expect(outcome).toEqual({ kind: "done", value: "useful" });
    expect(starts).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("gives a child up after five restarts within a minute, with the last reason", async () => {
    const { outcome, starts } = await run(often(50, { afterMs: 10 }));
    expect(starts).toHaveLength(6);
    expect(outcome).toEqual({
      kind: "degraded",
      reason: "it ended 6 times within 60 s, the last time because reason 5",
    });
  });

  test("bears losses that lie far enough apart, and still not without end", async () => {
    expect((await run(often(25, { afterMs: 12_000 }))).outcome.kind).toBe("done");
    const { outcome, starts } = await run(often(50, { afterMs: 12_000 }));
    expect(starts).toHaveLength(26);
    expect(outcome).toMatchObject({ reason: expect.stringMatching(/^25 restarts/u) as string });
  });

  test("does not count a loss whose cause is gone against the minute", async () => {
    expect((await run(often(20, { afterMs: 1, isCauseRemoved: true }))).outcome.kind).toBe("done");
  });

  test("ends with what the start throws", async () => {
    const stopped = supervise({ clock: createFakeClock() }, () =>
      Promise.reject(new Error("stopped")),
    );
    await expect(stopped).rejects.toThrow("stopped");
  });
});
