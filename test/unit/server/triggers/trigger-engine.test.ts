import { describe, expect, test } from "vitest";
import type { TriggerRecord, TriggerRule } from "../../../../src/contract/triggers.ts";
import {
  createTriggerEngine,
  type Fired,
  type TriggerEngine,
} from "../../../../src/server/triggers/trigger-engine.ts";
import { createFakeClock, type FakeClock } from "../../../../src/testing/fake-clock.ts";

const SECOND = 1_000;

function aRule(change: Partial<TriggerRule> = {}): TriggerRule {
  return {
    name: "queue-old",
    metric: "regoose_queue_age_seconds",
    labels: {},
    condition: "above",
    threshold: 10,
    forMs: 30 * SECOND,
    action: "sweep-orphans",
    cooldownMs: 60 * SECOND,
    mostPerHour: 3,
    ...change,
  };
}

interface Scene {
  readonly engine: TriggerEngine;
  readonly clock: FakeClock;
  readonly records: TriggerRecord[];
  readonly released: string[];
  value: number | null;
  fire: () => Promise<Fired>;
  /** Lets time pass in steps of ten seconds, with a look after each. */
  pass(seconds: number): Promise<void>;
  outcomes(): readonly string[];
}

function aScene(rule: TriggerRule): Scene {
  const clock = createFakeClock();
  const records: TriggerRecord[] = [];
  const released: string[] = [];
  const isHeld = rule.action === "hold-work";
  const scene: Scene = {
    clock,
    records,
    released,
    value: 0,
    fire: () => Promise.resolve({ detail: "done it", isHeld }),
    engine: createTriggerEngine(
      {
        clock,
        read: (metric) =>
          metric === "regoose_queue_age_seconds"
            ? Promise.resolve(scene.value)
            : Promise.reject(new Error("another metric")),
        actions: {
          fire: () => scene.fire(),
          release: (name) => void released.push(name),
        },
        record: (record) => Promise.resolve(void records.push(record)),
      },
      [rule],
    ),
    async pass(seconds) {
      for (let passed = 0; passed < seconds; passed += 10) {
        clock.advance(10 * SECOND);
        await scene.engine.evaluate();
      }
    },
    outcomes: () => records.map(({ outcome }) => outcome),
  };
  return scene;
}

describe("a rule", () => {
  test("fires when its condition has held for its time, and not before", async () => {
    const scene = aScene(aRule());
    scene.value = 11;
    await scene.pass(30);
    expect(scene.records).toEqual([]);
    expect(scene.engine.states()[0]).toMatchObject({ state: "pending", value: 11, firedAt: null });
    await scene.pass(10);
    expect(scene.records).toEqual([
      {
        at: "2026-01-15T12:00:40.000Z",
        rule: "queue-old",
        metric: "regoose_queue_age_seconds",
        labels: {},
        value: 11,
        condition: "above",
        threshold: 10,
        action: "sweep-orphans",
        outcome: "done",
        detail: "done it",
      },
    ]);
    expect(scene.engine.states()[0]?.state).toBe("firing");
  });

  test("begins to wait anew after a gap, and where the value is not known", async () => {
    const scene = aScene(aRule());
    for (const gap of [10, null]) {
      scene.value = 11;
      await scene.pass(30);
      scene.value = gap;
      await scene.pass(10);
    }
    scene.value = 11;
    await scene.pass(30);
    expect(scene.records).toEqual([]);
  });

  test("below a threshold is meant as it says", async () => {
    const scene = aScene(aRule({ condition: "below", forMs: 0 }));
    scene.value = 10;
    await scene.pass(10);
    expect(scene.records).toEqual([]);
    scene.value = 9;
    await scene.pass(10);
    expect(scene.outcomes()).toEqual(["done"]);
  });

  test("fires again after its rest, at most so often in an hour, and says once that it is too often", async () => {
    const scene = aScene(aRule({ forMs: 0 }));
    scene.value = 11;
    await scene.pass(1_800);
    expect(scene.outcomes()).toEqual(["done", "done", "done", "limited"]);
    const times = scene.records.map(({ at }) => at.slice(14, 19));
    expect(times).toEqual(["00:10", "01:10", "02:10", "03:10"]);
    await scene.pass(3_600);
    expect(scene.outcomes().slice(4)).toEqual(["done", "done", "done", "limited"]);
  });

  test("that fails, or takes too long, is told so and tried again", async () => {
    const scene = aScene(aRule({ forMs: 0 }));
    scene.value = 11;
    scene.fire = () => Promise.reject(new Error("no such folder"));
    await scene.pass(10);
    expect(scene.records[0]).toMatchObject({ outcome: "failed", detail: "no such folder" });
    scene.fire = () => new Promise(() => undefined);
    scene.clock.advance(60 * SECOND);
    const looked = scene.engine.evaluate();
    await expect
      .poll(() => {
        scene.clock.advance(60 * SECOND);
        return scene.records[1];
      })
      .toMatchObject({ outcome: "failed", detail: "it takes longer than 60 s" });
    await looked;
  });
});

describe("what a rule holds", () => {
  test("is held once, and taken back when the condition has been gone for its time", async () => {
    const scene = aScene(aRule({ action: "hold-work" }));
    scene.value = 11;
    await scene.pass(300);
    expect(scene.outcomes()).toEqual(["done"]);
    expect(scene.engine.states()[0]?.state).toBe("held");
    scene.value = 9;
    await scene.pass(20);
    scene.value = 11;
    await scene.pass(10);
    scene.value = 9;
    await scene.pass(30);
    expect(scene.released).toEqual([]);
    await scene.pass(10);
    expect(scene.released).toEqual(["queue-old"]);
    expect(scene.outcomes()).toEqual(["done", "released"]);
    expect(scene.engine.states()[0]?.state).toBe("firing");
    await scene.pass(600);
    expect(scene.engine.states()[0]?.state).toBe("quiet");
    expect(scene.outcomes()).toEqual(["done", "released"]);
  });

  test("does not flap: it is not taken back before its rest is over", async () => {
    const scene = aScene(aRule({ action: "hold-work", forMs: 0, cooldownMs: 60 * SECOND }));
    for (let round = 0; round < 30; round += 1) {
      scene.value = round % 2 === 0 ? 11 : 9;
      await scene.pass(10);
    }
    // Five minutes of flapping: two changes a minute at most.
    expect(scene.records.length).toBeLessThanOrEqual(10);
  });

  test("stays while the value is not known", async () => {
    const scene = aScene(aRule({ action: "hold-work", forMs: 0 }));
    scene.value = 11;
    await scene.pass(10);
    scene.value = null;
    await scene.pass(600);
    expect(scene.released).toEqual([]);
    expect(scene.engine.states()[0]?.state).toBe("held");
  });

  test("is also taken back where the action failed half-way", async () => {
    const scene = aScene(aRule({ action: "hold-work", forMs: 0 }));
    scene.fire = () => Promise.reject(new Error("half-way"));
    scene.value = 11;
    await scene.pass(10);
    scene.value = 9;
    await scene.pass(60);
    expect(scene.released).toContain("queue-old");
    expect(scene.outcomes()).toEqual(["failed"]);
  });
});
