import { describe, expect, test } from "vitest";
import { BUILT_IN_TRIGGERS, type TriggerRule } from "../../../../src/contract/triggers.ts";
import { TRIGGER_RULES } from "../../../../src/contract/metrics/labels.ts";
import { toMetricDefinition } from "../../../../src/contract/metrics.ts";
import { createTriggerActions } from "../../../../src/server/triggers/actions.ts";
import {
  createRunsBreaker,
  type RunsBreaker,
} from "../../../../src/server/triggers/runs-breaker.ts";
import { createSilenceMeter, type Silence } from "../../../../src/server/triggers/silence-meter.ts";
import type { TriggerActions } from "../../../../src/server/triggers/trigger-engine.ts";
import { createFakeClock } from "../../../../src/testing/fake-clock.ts";
import { aJob } from "../fakes.ts";

const ruleOf = (name: string): TriggerRule => {
  const rule = BUILT_IN_TRIGGERS.find((one) => one.name === name);
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return rule;
};

interface Scene {
  readonly actions: TriggerActions;
  readonly breaker: RunsBreaker;
  readonly held: string[];
  readonly restarted: string[];
  readonly counted: number[];
  /** What the next probe finds. */
  level: string | null;
}

function aScene(
  options: { readonly silences?: readonly Silence[]; readonly swept?: readonly string[] } = {},
): Scene {
  const held: string[] = [];
  const restarted: string[] = [];
  const counted: number[] = [];
  const breaker = createRunsBreaker();
  const probed = { level: null as string | null };
  const actions = createTriggerActions({
    service: {
      hold: (who) => void held.push(who),
      release: (who) => void held.splice(0, held.length, ...held.filter((one) => one !== who)),
      restart(id) {
        if (id === "r000000009") return false;
        restarted.push(id);
        return true;
      },
    },
    machine: {
      sweep: () => Promise.resolve(options.swept ?? []),
      probe: () => Promise.resolve({ level: probed.level, why: "bubblewrap: no" }),
    },
    breaker,
    metrics: { count: (_metric, _labels, by = 1) => void counted.push(by) },
    silences: () => options.silences ?? [],
  });
  return Object.assign(probed, { actions, breaker, held, restarted, counted });
}

describe("the built-in rules", () => {
  test("name gauges of a server with values that they can have", () => {
    expect(BUILT_IN_TRIGGERS.map(({ name }) => name)).toEqual(TRIGGER_RULES);
    for (const { metric, labels } of BUILT_IN_TRIGGERS) {
      const definition = toMetricDefinition(metric);
      expect(definition).toMatchObject({ kind: "gauge", scope: "server" });
      for (const [label, value] of Object.entries(labels))
        expect(definition?.labels[label]).toContain(value);
    }
  });
});

describe("what a server does by itself", () => {
  test("holds the work, and lets it go", async () => {
    const { actions, held } = aScene();
    expect(await actions.fire(ruleOf("disk-short"))).toMatchObject({ isHeld: true });
    expect(held).toEqual(["disk-short"]);
    actions.release("disk-short");
    expect(held).toEqual([]);
  });

  test("ends processes of runs that are silent for longer than the rule says", async () => {
    const silences = [
      { id: "r000000009", seconds: 500 },
      { id: "r000000001", seconds: 121 },
      { id: "r000000002", seconds: 119 },
    ];
    const { actions, restarted, counted } = aScene({ silences });
    const { detail } = await actions.fire(ruleOf("run-silent"));
    expect(restarted).toEqual(["r000000001"]);
    expect(counted).toEqual([1]);
    expect(detail).toContain("r000000001 after 121 s");
    expect((await aScene().actions.fire(ruleOf("run-silent"))).detail).toContain("no process");
  });

  test("sweeps, and names what went", async () => {
    const swept = Array.from({ length: 7 }, (_, index) => `removed /tmp/${index}`);
    const { detail } = await aScene({ swept }).actions.fire(ruleOf("orphans-left"));
    expect(detail).toContain("removed /tmp/4; and 2 more");
    expect((await aScene().actions.fire(ruleOf("orphans-left"))).detail).toBe("nothing was left");
  });

  test("holds the work while no sandbox works, and closes the breaker with the first probe that finds one", async () => {
    const scene = aScene();
    const { actions, breaker, held } = scene;
    const lost = { status: "failed", error: { code: "RGS-7001", name: "", message: "" } } as const;
    for (let run = 0; run < 3; run += 1) breaker.observe(lost);
    expect(breaker.failures).toBe(3);
    expect(await actions.fire(ruleOf("sandbox-lost"))).toMatchObject({ isHeld: true });
    expect([held, breaker.state]).toEqual([["sandbox-lost"], "open"]);
    scene.level = "namespace";
    expect(await actions.fire(ruleOf("sandbox-lost"))).toMatchObject({ isHeld: false });
    expect([held, breaker.state, breaker.failures]).toEqual([[], "closed", 0]);
  });
});

describe("the breaker around runs", () => {
  test("counts failures in a row that any run would have had", () => {
    const breaker = createRunsBreaker();
    const toError = (code: string): { code: string; name: string; message: string } => ({
      code,
      name: "",
      message: "",
    });
    breaker.observe({ status: "failed", error: toError("RGS-7504") });
    breaker.observe({ status: "cancelled", error: toError("RGS-1300") });
    breaker.observe({ status: "failed", error: toError("RGS-7002") });
    expect(breaker.failures).toBe(2);
    breaker.observe({ status: "failed", error: toError("RGS-1001") });
    expect(breaker.failures).toBe(0);
    breaker.observe({ status: "failed", error: toError("RGS-7001") });
    breaker.observe({ status: "succeeded", error: null });
    expect(breaker.failures).toBe(0);
  });
});

describe("the silence of a run", () => {
  test("is measured from when its sign was seen to change, whatever the clock of the machine says", async () => {
    const clock = createFakeClock();
    let sign: number | null = null;
    const meter = createSilenceMeter({
      clock,
      processes: { readSign: () => Promise.resolve(sign) },
    });
    const job = aJob(1, { status: "running", owner: "7:7", runId: "20260101-000000-aaaaaa" });
    const measure = async (one = job): Promise<number | undefined> =>
      (await meter.measure([one]))[0]?.seconds;
    expect(await measure()).toBe(0);
    clock.advance(30_000);
    expect(await measure()).toBe(30);
    // From an hour ago, or from the future: it has changed.
    sign = clock.now() - 3_600_000;
    expect(await measure()).toBe(0);
    clock.advance(5_000);
    expect(await measure()).toBe(5);
    // Another process of the same run begins anew.
    expect(await measure({ ...job, owner: "8:8" })).toBe(0);
    expect(await measure({ ...job, owner: null })).toBeUndefined();
  });
});
