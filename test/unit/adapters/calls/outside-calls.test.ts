import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { anError, BUSY, openCallBench } from "./call-bench.ts";

/** Work that fails with these, one after the other, and then works. */
function failing(...failures: readonly Error[]): () => Promise<string> {
  const left = [...failures];
  return () => {
    const failure = left.shift();
    return failure === undefined ? Promise.resolve("done") : Promise.reject(failure);
  };
}

describe("retry", () => {
  test("repeats what passes, with growing waits under full jitter that a seed repeats", async () => {
    const delays = async (): Promise<readonly (number | null)[]> => {
      const bench = openCallBench();
      const seen = await bench.settle(bench.run(failing(BUSY, BUSY, BUSY)));
      expect(seen.value).toBe("done");
      return bench.events.map(({ data }) => data.delayMs);
    };
    const first = await delays();
    expect(first).toHaveLength(3);
    for (const [index, ms] of first.entries()) {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(200 * 2 ** index);
    }
    expect(await delays()).toEqual(first);
  });

  test("gives up after the last attempt, as MachineBusy where the machine was", async () => {
    const bench = openCallBench();
    const { error } = await bench.settle(bench.run(() => Promise.reject(BUSY)));
    expect(error).toMatchObject({
      code: "RGS-7504",
      correlationId: "sandbox#1",
      cause: BUSY,
      retryable: true,
    });
    expect(bench.events.map(({ name, data }) => [name, data.id, data.attempt])).toEqual([
      ["call-retry", "sandbox#1", 1],
      ["call-retry", "sandbox#1", 2],
      ["call-retry", "sandbox#1", 3],
      ["call-failed", "sandbox#1", 4],
    ]);
    expect(bench.call.snapshot()).toMatchObject({
      calls: 1,
      retries: 3,
      failures: 1,
      running: 0,
      waiting: 0,
      lastFailure: { code: "RGS-7504", at: expect.stringMatching(/^2026-01-15T/u) as string },
    });
  });

  test.each([
    ["permanent", anError("RGS-7002")],
    ["the user's", anError("RGS-1001")],
    ["the configuration's", anError("RGS-2001")],
    ["a defect", new TypeError("x is not a function")],
    ["missing", Object.assign(new Error(), { code: "ENOENT" })],
    ["transient, and may have done something", anError("RGS-7003", { sideEffect: "maybe" })],
  ])("never repeats what is %s", async (_name, failure) => {
    const bench = openCallBench();
    const { error, ms } = await bench.settle(bench.run(failing(failure)));
    expect(error).toBe(failure);
    expect(ms).toBe(0);
    expect(bench.events.filter(({ name }) => name === "call-retry")).toEqual([]);
  });

  test("repeats what may have done something where twice is as good as once", async () => {
    const bench = openCallBench();
    const work = failing(anError("RGS-7003", { sideEffect: "maybe" }));
    expect(await bench.settle(bench.run(work, { isIdempotent: true }))).toMatchObject({
      value: "done",
    });
  });

  test("waits as long as the other side asks for, and not at all past the deadline", async () => {
    const bench = openCallBench();
    const asked = anError("RGS-7503", { retryAfterMs: 7_000 });
    const heeded = await bench.settle(bench.run(failing(asked)));
    expect(heeded.value).toBe("done");
    expect(bench.events[0]?.data.delayMs).toBe(7_000);
    expect(heeded.ms).toBeGreaterThanOrEqual(7_000);
    const late = await bench.settle(bench.run(failing(asked), { leftMs: 6_999 }));
    expect(late).toMatchObject({ error: asked, ms: 0 });
  });

  test("is cut short by its caller, also in a wait", async () => {
    const bench = openCallBench();
    const stop = new AbortController();
    const pending = bench.run(failing(anError("RGS-7503", { retryAfterMs: 30_000 })), {
      signal: stop.signal,
    });
    setTimeout(() => {
      stop.abort(new Error("stop"));
    }, 1_000);
    const { error, ms } = await bench.settle(pending);
    expect(error).toMatchObject({ message: "stop" });
    expect(ms).toBe(1_000);
    await expect(bench.run(failing(), { signal: stop.signal })).rejects.toThrow("stop");
  });
});

describe("retry budget", () => {
  test("ends retries once they are a tenth of the window's calls, above a floor", async () => {
    const bench = openCallBench({
      budget: { share: 0.1, windowMs: 60_000, floor: 2 },
      breaker: { share: 0.9, windowMs: 30_000, leastCalls: 1_000, openMs: 1, mostOpenMs: 1 },
    });
    for (let index = 0; index < 3; index += 1) {
      await bench.settle(bench.run(() => Promise.reject(BUSY)));
    }
    expect(bench.call.snapshot()).toMatchObject({ calls: 3, retries: 2, failures: 3 });
    for (let index = 0; index < 47; index += 1) await bench.run(failing());
    await bench.settle(bench.run(() => Promise.reject(BUSY)));
    // 51 calls give room for 5 retries; two are used up.
    expect(bench.call.snapshot().retries).toBe(5);
    await bench.pass(66_000);
    await bench.settle(bench.run(failing(BUSY)));
    expect(bench.call.snapshot().retries).toBe(6);
  });
});

describe("circuit breaker", () => {
  const once = { attempts: 1 };

  test("opens after half of ten calls, lets one probe through and closes when it works", async () => {
    const bench = openCallBench(once);
    for (let index = 0; index < 10; index += 1) {
      await bench.settle(bench.run(() => Promise.reject(BUSY)));
    }
    expect(bench.call.snapshot().breaker).toBe("open");
    const refused = await bench.settle(bench.run(failing()));
    expect(refused.error).toMatchObject({ code: "RGS-7502", retryAfterMs: 10_000, cause: BUSY });
    await bench.pass(10_000);
    let probes = 0;
    let finish = (): void => undefined;
    const slow = (): Promise<string> => {
      probes += 1;
      return new Promise((resolve) => {
        finish = () => {
          resolve("done");
        };
      });
    };
    const all = Promise.allSettled([1, 2, 3].map(() => bench.run(slow)));
    await bench.pass(100);
    expect([probes, bench.call.snapshot().breaker]).toEqual([1, "half-open"]);
    finish();
    await bench.pass(0);
    expect([probes, bench.call.snapshot().breaker]).toEqual([3, "closed"]);
    finish();
    await bench.pass(60_000);
    await all;
  });

  test("stays open twice as long after a probe that fails", async () => {
    const bench = openCallBench(once);
    for (let index = 0; index < 10; index += 1) {
      await bench.settle(bench.run(() => Promise.reject(BUSY)));
    }
    await bench.pass(10_000);
    await bench.settle(bench.run(() => Promise.reject(BUSY)));
    const { error } = await bench.settle(bench.run(failing()));
    expect(error).toMatchObject({ code: "RGS-7502", retryAfterMs: 20_000 });
  });

  test.each([
    ["rate-limited", anError("RGS-7503", { retryAfterMs: 1 })],
    ["permanent", anError("RGS-7002")],
  ])("does not count what is %s", async (_name, failure) => {
    const bench = openCallBench(once);
    for (let index = 0; index < 20; index += 1) await bench.settle(bench.run(failing(failure)));
    expect(bench.call.snapshot().breaker).toBe("closed");
  });

  test("lets a call wait for the next probe, where its deadline has the time", async () => {
    const bench = openCallBench({ attempts: 2, budget: { share: 1, windowMs: 60_000, floor: 99 } });
    for (let index = 0; index < 10; index += 1) {
      await bench.settle(bench.run(() => Promise.reject(BUSY), { leftMs: 1_000 }));
    }
    const { value, ms } = await bench.settle(bench.run(failing()));
    expect(value).toBe("done");
    expect(ms).toBeGreaterThan(5_000);
  });
});

describe("bulkhead", () => {
  test("runs and queues no more than it may, and says so to the rest", async () => {
    const bench = openCallBench({ attempts: 1, bulkhead: { running: 1, waiting: 1 } });
    let finish = (): void => undefined;
    const first = bench.run(() => new Promise<void>((resolve) => (finish = resolve)));
    const second = bench.run(failing());
    await bench.pass(0);
    expect(bench.call.snapshot()).toMatchObject({ running: 1, waiting: 1 });
    const third = await bench.settle(bench.run(failing()));
    expect(third.error).toMatchObject({ code: "RGS-7503", errorClass: "rate-limited" });
    finish();
    await first;
    expect(await second).toBe("done");
  });
});

describe("time", () => {
  const hanging = (): Promise<never> => new Promise(() => undefined);

  test("of an attempt is bounded, and the work is told", async () => {
    const bench = openCallBench({ attempts: 1 });
    let told: unknown = null;
    const work = ({ signal }: { readonly signal: AbortSignal }): Promise<never> => {
      signal.addEventListener("abort", () => (told = "yes"));
      return hanging();
    };
    const { error, ms } = await bench.settle(bench.run(work, { attemptMs: 300 }));
    expect(error).toMatchObject({ code: "RGS-7501", sideEffect: "maybe", retryable: false });
    expect([ms, told]).toEqual([300, "yes"]);
  });

  test("of an attempt is never longer than what is left", async () => {
    const bench = openCallBench();
    const { error, ms } = await bench.settle(bench.run(hanging, { leftMs: 200 }));
    expect(error).toMatchObject({ code: "RGS-7501" });
    expect(ms).toBe(200);
  });

  test("of the queue is bounded by the deadline too", async () => {
    const bench = openCallBench({ bulkhead: { running: 1, waiting: 5 } });
    const first = bench.run(hanging, { leftMs: 10_000 }).catch(() => undefined);
    let started = false;
    const queued = bench.run(
      () => {
        started = true;
        return Promise.resolve();
      },
      { leftMs: 100 },
    );
    const { error, ms } = await bench.settle(queued);
    expect(error).toMatchObject({ code: "RGS-7501" });
    expect(ms).toBe(100);
    await bench.pass(20_000);
    await first;
    expect(started).toBe(false);
  });

  test("that an idempotent attempt took too long is a reason to repeat it", async () => {
    const bench = openCallBench();
    let attempts = 0;
    const work = (): Promise<string> =>
      (attempts += 1) === 1 ? hanging() : Promise.resolve("done");
    const seen = await bench.settle(bench.run(work, { attemptMs: 50, isIdempotent: true }));
    expect(seen.value).toBe("done");
  });

  test("leaves no timer behind", async () => {
    const bench = openCallBench();
    await bench.settle(bench.run(failing(BUSY)));
    expect(vi.getTimerCount()).toBe(0);
  });

  // Node keeps a signal made of others for as long as something listens to it: one listener left is a leak for good.
  test("leaves no listener behind, on its caller's signal or on an attempt's", async () => {
    const bench = openCallBench();
    const { signal } = new AbortController();
    const seen: AbortSignal[] = [signal];
    const work = failing(BUSY, BUSY);
    await bench.settle(
      bench.run(
        (attempt) => {
          seen.push(attempt.signal);
          return work();
        },
        { signal },
      ),
    );
    expect(seen).toHaveLength(4);
    expect(seen.map((one) => getEventListeners(one, "abort").length)).toEqual([0, 0, 0, 0]);
  });
});
