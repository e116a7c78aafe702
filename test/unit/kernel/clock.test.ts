import { describe, expect, test } from "vitest";
import { createDeadline, createSystemClock, type Clock } from "../../../src/kernel/clock.ts";

function aFrozenClock(): Clock & { advance(durationMs: number): void } {
  let nowMs = 0;
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: () => Promise.resolve(),
    advance: (durationMs) => {
      nowMs += durationMs;
    },
  };
}

describe("deadline", () => {
  test("counts down and never goes below zero", () => {
    const clock = aFrozenClock();
    const deadline = createDeadline(clock, 100);
    clock.advance(40);
    expect(deadline.remainingMs()).toBe(60);
    expect(deadline.isOver()).toBe(false);
    clock.advance(100);
    expect(deadline.remainingMs()).toBe(0);
    expect(deadline.isOver()).toBe(true);
  });

  test("never ends when infinite", () => {
    const clock = aFrozenClock();
    const deadline = createDeadline(clock, Number.POSITIVE_INFINITY);
    clock.advance(1e12);
    expect(deadline.isOver()).toBe(false);
  });
});

describe("system clock", () => {
  test("moves forward", async () => {
    const clock = createSystemClock();
    const before = clock.monotonic();
    await clock.sleep(2);
    expect(clock.monotonic()).toBeGreaterThan(before);
    expect(clock.now()).toBeGreaterThan(0);
  });

  test("rejects a sleep that is aborted, with the reason", async () => {
    const controller = new AbortController();
    const sleeping = createSystemClock().sleep(60_000, controller.signal);
    controller.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
  });

  test("rejects at once when already aborted, also with a reason that is no error", async () => {
    await expect(createSystemClock().sleep(60_000, AbortSignal.abort("text"))).rejects.toThrow(
      "text",
    );
  });
});
