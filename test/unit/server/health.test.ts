import { describe, expect, test } from "vitest";
import { createHealth } from "../../../src/server/health.ts";
import { renderMetrics } from "../../../src/server/metrics.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";

const check = { name: "a", status: "ok", detail: "", fix: null } as const;

describe("the health of a server", () => {
  test("is looked at once in 30 s, whoever asks", async () => {
    const clock = createFakeClock();
    let looks = 0;
    const health = createHealth(clock, () => {
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

  test("is looked at again after a look that broke", async () => {
    let isBroken = true;
    const health = createHealth(createFakeClock(), () =>
      isBroken ? Promise.reject(new Error("no")) : Promise.resolve([check]),
    );
    await expect(health()).rejects.toThrow("no");
    isBroken = false;
    expect(await health()).toMatchObject({ ready: true });
  });
});

describe("numbers of a server", () => {
  test("are in the text format, with every outcome", () => {
    const text = renderMetrics(
      { waiting: 2, running: 1, oldestWaitingMs: 1_500, ended: { failed: 3 } },
      { applied: 4, refused: 1, inRefusal: 1, pendingRestart: 2, version: 5 },
    );
    expect(text).toMatch(/^regoose_config_reloads_total\{outcome="refused"\} 1$/mu);
    expect(text).toMatch(/^regoose_config_refused 1$/mu);
    expect(text).toMatch(/^regoose_config_pending_restart_keys 2$/mu);
    expect(text).toMatch(/^regoose_runs_waiting 2$/mu);
    expect(text).toMatch(/^regoose_queue_age_seconds 1.5$/mu);
    expect(text).toMatch(/^regoose_runs_ended_total\{outcome="failed"\} 3$/mu);
    expect(text).toMatch(/^regoose_runs_ended_total\{outcome="succeeded"\} 0$/mu);
    expect(text.endsWith("\n")).toBe(true);
  });
});
