import { describe, expect, test } from "vitest";
import { z } from "zod";
import { RegooseError } from "../../../src/kernel/errors.ts";
import { defineAction } from "../../../src/orchestration/action.ts";
import { defineScenario, defineStep } from "../../../src/orchestration/scenario.ts";
import { NO_TELEMETRY, type Telemetry } from "../../../src/ports/telemetry.ts";
import { createBench } from "./engine-harness.ts";

describe("telemetry of the engine", () => {
  test("has a span and a measurement for each attempt, and counts retries", async () => {
    const told: string[] = [];
    const telemetry: Telemetry = {
      ...NO_TELEMETRY,
      span: (name, attributes, work) => {
        told.push(`${name} ${JSON.stringify(attributes)}`);
        return work({
          traceparent: null,
          set: () => undefined,
          event: () => undefined,
          fail: (failure) => void told.push(`fails: ${String(failure)}`),
        });
      },
      count: (metric, labels) => void told.push(`${metric} ${JSON.stringify(labels)}`),
    };
    let calls = 0;
    const action = defineAction({
      name: "propose-tests",
      title: "x",
      input: z.number(),
      output: z.number(),
      effects: "none",
      retry: { attempts: 2, baseMs: 1, maxMs: 1 },
      run: () => {
        calls += 1;
        return calls === 1
          ? Promise.reject(new RegooseError("RGS-7003", "busy", {}))
          : Promise.resolve(1);
      },
    });
    const step = defineStep({ id: "propose", action, toInput: () => 1 });
    const end = await createBench({ telemetry }).run(
      defineScenario({ name: "s", title: "s", strategy: "pipeline", steps: [step] }),
    );
    expect(end.ending).toEqual({ kind: "completed" });
    const place = (attempt: number): string =>
      `action propose-tests {"regoose.action":"propose-tests","regoose.step":"propose","regoose.attempt":${attempt}}`;
    expect(told).toEqual([
      place(1),
      "fails: SandboxProcessGone: busy",
      'regoose_actions_total {"action":"propose-tests","outcome":"failed","class":"transient"}',
      'regoose_retries_total {"action":"propose-tests"}',
      place(2),
      'regoose_actions_total {"action":"propose-tests","outcome":"succeeded","class":"none"}',
    ]);
  });
});
