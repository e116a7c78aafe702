import { describe, expect, test } from "vitest";
import { createHealth } from "../../../src/server/health.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";

const check = { name: "a", status: "ok", detail: "", fix: null } as const;

describe("the health of a server", () => {
  test("is looked at once in 30 s, whoever asks", async () => {
    const clock = createFakeClock();
    let looks = 0;
    const { ask: health } = createHealth(clock, () => {
      looks += 1;
      return Promise.resolve([check, { ...check, status: looks > 1 ? "problem" : "warning" }]);
    });
    expect((await Promise.all([health(), health()])).map(({ ready }) => ready)).toEqual([
      true,
      true,
    ]);
    expect(looks).toBe(1);
    clock.advance(30_001);
    expect(await health()).toMatchObject({ ready: false });
  });

  test("is told without a wait, and looked at again in the background until it is good", async () => {
    const clock = createFakeClock();
    let status: "ok" | "problem" = "problem";
    const health = createHealth(clock, () => Promise.resolve([{ ...check, status }]));
    // Nobody has looked yet.
    expect(health.isGood()).toBe(false);
    await health.ask();
    expect(health.isGood()).toBe(false);
    status = "ok";
    clock.advance(30_001);
    expect(health.isGood()).toBe(false);
    await health.ask();
    expect(health.isGood()).toBe(true);
  });

  test("is looked at again after a look that broke", async () => {
    let isBroken = true;
    const { ask: health } = createHealth(createFakeClock(), () =>
      isBroken ? Promise.reject(new Error("no")) : Promise.resolve([check]),
    );
    await expect(health()).rejects.toThrow("no");
    isBroken = false;
    expect(await health()).toMatchObject({ ready: true });
  });
});
