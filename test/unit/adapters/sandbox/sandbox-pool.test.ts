import { describe, expect, test } from "vitest";
import { createSandboxPool } from "../../../../src/adapters/sandbox/sandbox-pool.ts";
import type { Sandbox, SandboxBackend, SandboxCommand } from "../../../../src/ports/sandbox.ts";
import { CONTRACT_LIMITS, NEVER } from "../../../../src/testing/sandbox-bench.ts";
import { createFakeClock, type FakeClock } from "../../../../src/testing/index.ts";

const SPEC = { layers: [], dependencies: [], mounts: [], limits: CONTRACT_LIMITS };
const COMMAND: SandboxCommand = {
  argv: ["node"],
  env: {},
  timeoutMs: 1_000,
  collect: [],
  collectBytes: 0,
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Bench {
  readonly pool: SandboxBackend;
  readonly clock: FakeClock;
  /** Ends the oldest command that runs. */
  readonly endOne: () => Promise<void>;
  readonly counts: { open: number; mostOpen: number; running: number; mostRunning: number };
  readonly failNext: () => void;
}

function open(limits = { sandboxes: 2, processes: 3 }): Bench {
  const clock = createFakeClock();
  const counts = { open: 0, mostOpen: 0, running: 0, mostRunning: 0 };
  const running: (() => void)[] = [];
  let isFailing = false;
  const failOnce = (): void => {
    if (!isFailing) return;
    isFailing = false;
    throw new Error("could not be built");
  };
  const begin = (): Promise<void> => {
    counts.running += 1;
    counts.mostRunning = Math.max(counts.mostRunning, counts.running);
    return new Promise((resolve) => {
      running.push(() => {
        counts.running -= 1;
        resolve();
      });
    });
  };
  const sandbox = {
    run: async () => {
      failOnce();
      await begin();
      return {};
    },
    start: () => {
      failOnce();
      return Promise.resolve({ ended: begin() });
    },
    [Symbol.asyncDispose]: () => {
      counts.open -= 1;
      return Promise.resolve();
    },
  } as unknown as Sandbox;
  const backend = {
    create: () => {
      failOnce();
      counts.open += 1;
      counts.mostOpen = Math.max(counts.mostOpen, counts.open);
      return Promise.resolve({ ...sandbox });
    },
  } as unknown as SandboxBackend;
  return {
    clock,
    counts,
    pool: createSandboxPool({ clock }, backend, limits),
    endOne: async () => {
      running.shift()?.();
      await settle();
    },
    failNext: () => (isFailing = true),
  };
}

describe("a pool of sandboxes", () => {
  test("holds commands to their number, one-off and long-lived together, in the order of the calls", async () => {
    const { pool, counts, endOne } = open();
    const sandbox = await pool.create(SPEC);
    const order: number[] = [];
    const all = [0, 1, 2, 3, 4, 5].map(async (id) => {
      if (id % 2 === 0) await sandbox.start(COMMAND, { signal: NEVER });
      else await sandbox.run(COMMAND, { signal: NEVER });
      order.push(id);
    });
    await settle();
    expect(counts.running).toBe(3);
    for (let index = 0; index < 6; index += 1) await endOne();
    await Promise.all(all);
    expect(counts).toMatchObject({ running: 0, mostRunning: 3 });
    expect(order).toHaveLength(6);
  });

  test("holds sandboxes to their number, and hands none out twice", async () => {
    const { pool, counts } = open();
    const first = await pool.create(SPEC);
    const second = await pool.create(SPEC);
    const third = pool.create(SPEC);
    await settle();
    expect(counts.open).toBe(2);
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    expect(new Set([first, second, await third]).size).toBe(3);
    // The slot of a sandbox that was disposed twice was given back once.
    const fourth = pool.create(SPEC);
    await settle();
    expect(counts.mostOpen).toBe(2);
    await second[Symbol.asyncDispose]();
    await fourth;
  });

  test("gives slots back where nothing could be made or started", async () => {
    const { pool, counts, failNext } = open({ sandboxes: 1, processes: 1 });
    failNext();
    await expect(pool.create(SPEC)).rejects.toThrow("could not be built");
    const sandbox = await pool.create(SPEC);
    for (const way of ["run", "start"] as const) {
      failNext();
      await expect(sandbox[way](COMMAND, { signal: NEVER })).rejects.toThrow("could not be built");
    }
    await sandbox.start(COMMAND, { signal: NEVER });
    expect(counts.running).toBe(1);
  });

  test("lets go who stops waiting for a process, and fails who waits too long for a sandbox", async () => {
    const { pool, clock, endOne } = open({ sandboxes: 1, processes: 1 });
    const sandbox = await pool.create(SPEC);
    const stop = new AbortController();
    await sandbox.start(COMMAND, { signal: NEVER });
    const waiting = sandbox.run(COMMAND, { signal: stop.signal });
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    await endOne();
    await sandbox.start(COMMAND, { signal: NEVER });
    const late = pool.create(SPEC);
    clock.advance(120_000);
    await expect(late).rejects.toMatchObject({ code: "RGS-7002" });
  });
});
