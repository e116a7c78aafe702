import { describe, expect, test } from "vitest";
import { createBudget, NO_BUDGETS } from "../../../src/adapters/llm/money/budget.ts";
import { createPriceTable, formatDollars } from "../../../src/adapters/llm/money/prices.ts";
import { openAnswerStore } from "../../../src/adapters/llm/router/answer-store.ts";
import { boundCalls } from "../../../src/app/models/bound-calls.ts";
import { addSpent, createMeter } from "../../../src/app/models/meter.ts";
import { createDeadline } from "../../../src/kernel/clock.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";
import { aCandidate, aFolder, aRouter, HELLO, signal } from "./router-bench.ts";
import { aMock, clock } from "./wire-bench.ts";

const PRICES = createPriceTable({ "openai/gpt-4.1": { input: "0.1", output: "0.000001" } });

describe("the meter of a run", () => {
  test("counts calls that failed, as budget and provider do, to the picodollar", async () => {
    const mock = await aMock({
      answers: [{ text: "hello", usage: { input: 1_001, output: 7 } }],
      // The answer without a text has been paid for as well; what a server that fails takes is nothing.
      faults: [
        { fault: "empty", times: 1 },
        { fault: "refusal", when: { includes: "refuse" } },
        { fault: "status-500", when: { requests: [2] } },
      ],
    });
    const budget = createBudget(NO_BUDGETS, null);
    const router = aRouter([aCandidate(mock, "openai")], { deps: { budget, prices: PRICES } });
    const meter = createMeter(router);

    await meter.port.generate(HELLO, { signal });
    const refused = { ...HELLO, messages: [{ role: "user", text: "refuse" }] } as const;
    await expect(meter.port.generate(refused, { signal })).rejects.toMatchObject({
      code: "RGS-4014",
    });

    const provider = mock.requests.reduce(
      (sum, { usage }) => sum + (usage?.input ?? 0) + (usage?.output ?? 0),
      0,
    );
    const { tokens, usd, calls } = meter.spent();
    const booked = await budget.spent();
    expect(mock.requests).toHaveLength(4);
    expect(provider).toBe(3 * 1_008);
    expect({ calls, tokens }).toEqual({ calls: 2, tokens: provider });
    expect(booked.tokens).toBe(provider);
    // 3,003 at $0.1 and 21 at $0.000001 a million: a float in micros would say 0.0003.
    expect(usd).toBe("0.000300300021");
    expect(formatDollars(booked.cost)).toBe(usd);
    expect(meter.failure()).toMatchObject({ code: "RGS-4014" });
  });

  test("tells answers apart that were known and cost nothing now", async () => {
    const mock = await aMock({ answers: [{ text: "hello", usage: { input: 90, output: 10 } }] });
    const store = openAnswerStore(await aFolder());
    const open = (): ReturnType<typeof createMeter> =>
      createMeter(aRouter([aCandidate(mock, "openai")], { recording: { store, mode: "record" } }));
    await open().port.generate(HELLO, { signal });

    const meter = open();
    await meter.port.generate(HELLO, { signal });
    await meter.port.generate({ ...HELLO, sample: 1 }, { signal });

    expect(meter.spent()).toEqual({
      ...{ calls: 2, tokens: 100, usd: "0.00026", known: { calls: 1, tokens: 100 } },
    });
  });

  test("says no price where a model has none", async () => {
    const mock = await aMock({});
    const meter = createMeter(aRouter([aCandidate(mock, "openai", { model: "brand-new" })]));
    await meter.port.generate(HELLO, { signal });
    expect(meter.spent().usd).toBeNull();
    const known = { calls: 0, tokens: 0 };
    const priced = { calls: 1, tokens: 2, usd: "0.000000000001", known };
    expect(addSpent([priced, priced]).usd).toBe("0.000000000002");
    expect(addSpent([priced, meter.spent()]).usd).toBeNull();
  });
});

describe("one deadline for all calls of a run", () => {
  const failureOf = async (work: Promise<unknown>): Promise<RegooseError> => {
    const failure: unknown = await work.catch((thrown: unknown) => thrown);
    if (failure instanceof RegooseError) return failure;
    throw failure;
  };

  test("is not outlasted by a Retry-After, nor by those who wait for their turn behind it", async () => {
    const mock = await aMock({ faults: [{ fault: "rate-limit", retryAfter: 50 }] });
    const router = aRouter([aCandidate(mock, "openai")], { deadlineMs: 900_000 });
    const port = boundCalls(clock, router, createDeadline(clock, 3_000));
    const startMs = clock.monotonic();

    const first = await failureOf(port.generate(HELLO, { signal }));
    // The provider has asked for patience, so that this one would wait for 50 s.
    const second = await failureOf(port.generate({ ...HELLO, sample: 1 }, { signal }));

    expect(first).toMatchObject({ code: "RGS-4007", retryAfterMs: 50_000 });
    expect(second.code).toBe("RGS-4009");
    expect(mock.requests).toHaveLength(1);
    expect(clock.monotonic() - startMs).toBeLessThan(45_000);
  });

  test("a wait of minutes is nobody's, however much time there is", async () => {
    const mock = await aMock({ faults: [{ fault: "rate-limit", retryAfter: 600 }] });
    const router = aRouter([aCandidate(mock, "openai")], { deadlineMs: 3_600_000 });
    const port = boundCalls(clock, router, createDeadline(clock, Infinity));
    const failure = await failureOf(port.generate(HELLO, { signal }));
    expect(failure).toMatchObject({ code: "RGS-4007", retryAfterMs: 600_000 });
    expect(mock.requests).toHaveLength(1);
  });
});
