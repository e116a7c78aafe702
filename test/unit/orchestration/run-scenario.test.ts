import { describe, expect, test } from "vitest";
import { z } from "zod";
import { RegooseError, type RegooseErrorOptions } from "../../../src/kernel/errors.ts";
import {
  defineAction,
  type Action,
  type ActionContext,
} from "../../../src/orchestration/action.ts";
import { defineScenario, defineStep } from "../../../src/orchestration/scenario.ts";
import { createBench } from "./engine-harness.ts";

/** An Action on numbers. */
function anAction(
  name: string,
  run: (input: number, context: ActionContext) => number | Promise<number>,
  over: Partial<Action<number, number>> = {},
): Action<number, number> {
  return defineAction({
    name,
    title: name,
    input: z.number(),
    output: z.number(),
    effects: "none",
    run: async (input, context) => run(input, context),
    ...over,
  });
}

const transient = (message: string, options: RegooseErrorOptions = {}): RegooseError =>
  new RegooseError("RGS-7003", message, options);

describe("strategies", () => {
  test("pipeline: each step is fed with the result before it", async () => {
    const bench = createBench();
    const first = defineStep({ id: "first", action: anAction("a", () => 2), toInput: () => 0 });
    const second = defineStep({ id: "second", action: anAction("b", (input) => input * 10) });
    const end = await bench.run(
      defineScenario({ name: "p", title: "p", strategy: "pipeline", steps: [first, second] }),
    );
    expect(end.ending).toEqual({ kind: "completed" });
    expect(end.results.of(second)).toBe(20);
  });

  test("sequential: one after the other; parallel: all at once", async () => {
    for (const [strategy, most] of [
      ["sequential", 1],
      ["parallel", 3],
    ] as const) {
      const bench = createBench();
      let running = 0;
      let peak = 0;
      const steps = ["a", "b", "c"].map((id) =>
        defineStep({
          id,
          toInput: () => 1,
          action: anAction(id, async () => {
            running += 1;
            peak = Math.max(peak, running);
            await new Promise((resolve) => setTimeout(resolve, 5));
            return (running -= 1);
          }),
        }),
      );
      await bench.run(defineScenario({ name: "s", title: "s", strategy, steps }));
      expect(peak).toBe(most);
    }
  });

  test("graph: a step waits for those it names, in whatever order they are listed", async () => {
    const bench = createBench();
    const a = defineStep({ id: "a", action: anAction("a", () => 1), toInput: () => 0 });
    const b = defineStep({ id: "b", action: anAction("b", () => 2), toInput: () => 0 });
    const sum = defineStep({
      id: "sum",
      after: ["a", "b"],
      action: anAction("sum", (input) => input),
      toInput: (results) => results.of(a) + results.of(b),
    });
    const end = await bench.run(
      defineScenario({ name: "g", title: "g", strategy: "graph", steps: [sum, b, a] }),
    );
    expect(end.results.of(sum)).toBe(3);
  });

  test.each([
    ["two steps of one id", [["a"], ["a"]], "same id"],
    ["an unknown step", [["a", "nowhere"]], 'no step "nowhere"'],
    [
      "a circle",
      [
        ["a", "b"],
        ["b", "a"],
      ],
      "wait for each other",
    ],
  ])("refuses %s", (_name, plan, message) => {
    const steps = plan.map(([id = "", ...after]) =>
      defineStep({ id, after, action: anAction(id, () => 1), toInput: () => 0 }),
    );
    expect(() => defineScenario({ name: "bad", title: "", strategy: "graph", steps })).toThrow(
      message,
    );
  });
});

describe("a step that fails", () => {
  const failing = (
    failure: unknown,
    over: Partial<Action<number, number>> = {},
    onAttempt: (context: ActionContext) => void = () => undefined,
  ) => {
    let attempts = 0;
    const previous: unknown[] = [];
    const step = defineStep({
      id: "s",
      toInput: () => 0,
      action: anAction(
        "s",
        (_input, context) => {
          attempts += 1;
          onAttempt(context);
          previous.push(context.previous?.message ?? null);
          if (attempts < 3) throw failure;
          return 7;
        },
        { retry: { attempts: 3, baseMs: 100, maxMs: 1_000 }, ...over },
      ),
    });
    const scenario = defineScenario({
      name: "f",
      title: "",
      strategy: "sequential",
      steps: [step],
    });
    return { scenario, step, previous, attempts: () => attempts };
  };

  test("of class transient is tried again, with what went wrong before", async () => {
    const bench = createBench();
    const { scenario, step, previous } = failing(transient("no room"));
    const end = await bench.run(scenario);
    expect(end.results.of(step)).toBe(7);
    expect(previous).toEqual([null, "no room", "no room"]);
    expect(bench.names()).toEqual([
      ...["action-start", "action-fail", "action-start", "action-fail"],
      ...["action-start", "action-end"],
    ]);
  });

  test("waits as long as the other side asks, and not at all where time is too short", async () => {
    const bench = createBench();
    const started = bench.clock.monotonic();
    await bench.run(failing(transient("busy", { retryAfterMs: 4_000 })).scenario);
    expect(bench.clock.monotonic() - started).toBe(8_000);
    const short = createBench({ timeMs: 3_000 });
    const { scenario, attempts } = failing(transient("busy", { retryAfterMs: 4_000 }));
    const end = await short.run(scenario);
    expect([end.ending.kind, attempts()]).toEqual(["failed", 1]);
  });

  test.each(["maybe", "done"] as const)(
    "after it has %s changed something outside is tried again only under a key that makes it harmless",
    async (sideEffect) => {
      const failure = transient("cut off", { sideEffect });
      const blind = failing(failure, { effects: "outside" });
      const bench = createBench();
      const end = await bench.run(blind.scenario);
      expect([end.ending, blind.attempts()]).toEqual([{ kind: "failed", step: "s", failure }, 1]);
      expect(bench.records.at(-1)?.data).toMatchObject({ sideEffect, retryInMs: null });
      const keys = new Set<string>();
      const keyed = failing(failure, { effects: "outside", isIdempotent: true }, (context) =>
        keys.add(context.idempotencyKey),
      );
      expect((await createBench().run(keyed.scenario)).ending).toEqual({ kind: "completed" });
      expect([...keys]).toEqual(["r/s"]);
      // What changes nothing outside may have left something half done in its own place only.
      const inner = failing(failure);
      expect((await createBench().run(inner.scenario)).ending).toEqual({ kind: "completed" });
    },
  );

  test("outside, before it changed anything, is tried again", async () => {
    const { scenario, attempts } = failing(transient("refused"), { effects: "outside" });
    expect((await createBench().run(scenario)).ending).toEqual({ kind: "completed" });
    expect(attempts()).toBe(3);
  });

  test("outside because of its limit may have changed something, and is not tried again", async () => {
    let attempts = 0;
    const step = defineStep({
      id: "slow",
      toInput: () => 0,
      action: anAction("slow", () => new Promise(() => void (attempts += 1)), {
        timeoutMs: 500,
        effects: "outside",
        retry: { attempts: 3, baseMs: 100, maxMs: 1_000 },
      }),
    });
    const end = await createBench().run(
      defineScenario({ name: "t", title: "", strategy: "sequential", steps: [step] }),
    );
    expect(end.ending).toMatchObject({ failure: { code: "RGS-1019", sideEffect: "maybe" } });
    expect(attempts).toBe(1);
  });

  test.each([
    ["of another class", new RegooseError("RGS-2001", "no")],
    ["that is a defect", new TypeError("x is not a function")],
  ])("%s ends the run, and what waits for it is not begun", async (_name, failure) => {
    const bench = createBench();
    const { step, attempts } = failing(failure);
    let isBegun = false;
    const next = defineStep({ id: "n", action: anAction("n", () => Number((isBegun = true))) });
    const end = await bench.run(
      defineScenario({ name: "f", title: "", strategy: "pipeline", steps: [step, next] }),
    );
    expect(end.ending).toEqual({ kind: "failed", step: "s", failure });
    expect([attempts(), isBegun]).toEqual([1, false]);
  });

  test("stops its neighbours", async () => {
    const bench = createBench();
    const bad = defineStep({
      id: "bad",
      toInput: () => 0,
      action: anAction("bad", () => Promise.reject(new Error("bad"))),
    });
    const endless = defineStep({
      id: "endless",
      toInput: () => 0,
      action: anAction(
        "endless",
        (_input, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              reject(signal.reason as Error);
            });
          }),
      ),
    });
    const end = await bench.run(
      defineScenario({ name: "f", title: "", strategy: "parallel", steps: [bad, endless] }),
    );
    expect(end.ending).toMatchObject({ kind: "failed", step: "bad" });
  });

  test("because of its limit is transient, whether it heeds its signal or not", async () => {
    const bench = createBench();
    const step = defineStep({
      id: "slow",
      toInput: () => 0,
      action: anAction("slow", () => new Promise(() => undefined), { timeoutMs: 500 }),
    });
    const end = await bench.run(
      defineScenario({ name: "t", title: "", strategy: "sequential", steps: [step] }),
    );
    expect(end.ending).toMatchObject({ failure: { code: "RGS-1019", errorClass: "transient" } });
  });

  test("takes an input of the wrong shape for what it is", async () => {
    const bench = createBench();
    const step = defineStep({
      id: "s",
      toInput: () => "text" as unknown as number,
      action: anAction("s", () => 1),
    });
    const end = await bench.run(
      defineScenario({ name: "i", title: "", strategy: "sequential", steps: [step] }),
    );
    expect(end.ending).toMatchObject({ failure: { code: "RGS-1021" } });
  });
});

describe("a run that is stopped", () => {
  test("begins nothing more but what secures results, and marks what is not whole", async () => {
    const bench = createBench();
    const half = defineStep({
      id: "half",
      toInput: () => 0,
      action: anAction("half", (_input, { markPartial }) => {
        bench.controller.abort(new Error("Ctrl-C"));
        markPartial();
        return 1;
      }),
    });
    const secure = defineStep({
      id: "secure",
      after: ["half"],
      action: anAction("secure", (input) => input, { finishes: true }),
      toInput: (results) => results.of(half),
    });
    const more = defineStep({
      id: "more",
      after: ["secure"],
      action: anAction("more", () => 3),
      toInput: () => 0,
    });
    const scenario = defineScenario({
      name: "c",
      title: "",
      strategy: "graph",
      steps: [half, secure, more],
    });
    const end = await bench.run(scenario);
    expect(end.ending).toEqual({ kind: "cancelled" });
    expect([end.results.find(secure), end.results.find(more)]).toEqual([1, undefined]);
    // A resume does again what was not whole, and what was built on it.
    const again = createBench({ from: bench });
    expect((await again.run(scenario)).results.of(half)).toBe(1);
    expect(again.names().filter((name) => name === "action-end")).toHaveLength(5);
  });

  test("while its last step finishes has completed", async () => {
    const bench = createBench();
    const step = defineStep({
      id: "s",
      toInput: () => 0,
      action: anAction("s", () => {
        bench.controller.abort(new Error("Ctrl-C"));
        return 1;
      }),
    });
    const end = await bench.run(
      defineScenario({ name: "c", title: "", strategy: "sequential", steps: [step] }),
    );
    expect(end.ending).toEqual({ kind: "completed" });
  });

  test("does not try forever to secure what cannot be secured", async () => {
    const bench = createBench();
    bench.controller.abort(new Error("Ctrl-C"));
    const step = defineStep({
      id: "s",
      toInput: () => 0,
      action: anAction("s", () => Promise.reject(new Error("no")), { finishes: true }),
    });
    const end = await bench.run(
      defineScenario({ name: "c", title: "", strategy: "sequential", steps: [step] }),
    );
    expect(end.ending).toEqual({ kind: "cancelled" });
  });
});

describe("checkpoints", () => {
  const count = { a: 0, b: 0 };
  const a = defineStep({ id: "a", toInput: () => 0, action: anAction("a", () => (count.a += 1)) });
  const b = defineStep({ id: "b", action: anAction("b", (input) => input + (count.b += 1)) });
  const scenario = defineScenario({ name: "k", title: "", strategy: "pipeline", steps: [a, b] });

  test("are not done again, and their results are read back", async () => {
    count.a = count.b = 0;
    const first = createBench();
    await first.run(scenario);
    const second = createBench({ from: first });
    const end = await second.run(scenario);
    expect(end.results.of(b)).toBe(2);
    expect(count).toEqual({ a: 1, b: 1 });
    expect(Object.keys(end.timings)).toEqual(["a", "b"]);
  });

  test("that are gone or damaged are done again, with all that was built on them", async () => {
    count.a = count.b = 0;
    const first = createBench();
    await first.run(scenario);
    first.artifacts.clear();
    const end = await createBench({ from: first }).run(scenario);
    expect(count).toEqual({ a: 2, b: 2 });
    expect(end.results.of(b)).toBe(4);
  });

  test("end a run whose owner was replaced before anything is done twice", async () => {
    count.a = 0;
    const bench = createBench();
    bench.answer = "lost-ownership";
    await expect(bench.run(scenario)).rejects.toMatchObject({ code: "RGS-1018" });
    expect(count.a).toBe(0);
  });
});
