import { describe, expect, test } from "vitest";
import { startSweeper } from "../../../src/app/sweeper.ts";
import { createFakeClock } from "../../../src/testing/index.ts";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the sweeper", () => {
  test("sweeps at the start and each minute until it is disposed", async () => {
    const clock = createFakeClock();
    let count = 0;
    const sweeper = await startSweeper(clock, [() => Promise.resolve([String(++count)])]);
    expect(count).toBe(1);
    for (const expected of [2, 3]) {
      clock.advance(59_999);
      await settle();
      expect(count).toBe(expected - 1);
      clock.advance(1);
      await settle();
      expect(count).toBe(expected);
    }
    await sweeper[Symbol.asyncDispose]();
    await sweeper[Symbol.asyncDispose]();
    clock.advance(600_000);
    await settle();
    expect(count).toBe(3);
  });

  test("goes on where one sweep fails, and the others do their work", async () => {
    const clock = createFakeClock();
    let count = 0;
    const fail = (): Promise<never> => Promise.reject(new Error("no such folder"));
    const sweeper = await startSweeper(clock, [fail, () => Promise.resolve([String(++count)])]);
    clock.advance(60_000);
    await settle();
    expect(count).toBe(2);
    await sweeper[Symbol.asyncDispose]();
  });

  test("waits for a sweep that is at it, but not for long", async () => {
    const clock = createFakeClock();
    let sweeps = 0;
    const stuck = (): Promise<readonly string[]> =>
      (sweeps += 1) === 1 ? Promise.resolve([]) : new Promise(() => undefined);
    const sweeper = await startSweeper(clock, [stuck]);
    clock.advance(60_000);
    await settle();
    const disposed = sweeper[Symbol.asyncDispose]();
    clock.advance(5_000);
    await disposed;
    expect(sweeps).toBe(2);
  });
});
