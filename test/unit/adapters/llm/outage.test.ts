import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createBudget, NO_BUDGETS } from "../../../../src/adapters/llm/money/budget.ts";
import { createPriceTable } from "../../../../src/adapters/llm/money/prices.ts";
import {
  createCandidate,
  LIMITS,
  type Candidate,
} from "../../../../src/adapters/llm/router/candidate.ts";
import { createModelRouter } from "../../../../src/adapters/llm/router/create-model-router.ts";
import { openLearned } from "../../../../src/adapters/llm/router/learned.ts";
import type { Dispatchers } from "../../../../src/adapters/llm/wire/dispatchers.ts";
import { createModelProcesses } from "../../../../src/adapters/llm/wire/gguf/model-processes.ts";
import type { ModelAnswer } from "../../../../src/contract/model/answer.ts";
import { createDeadline } from "../../../../src/kernel/clock.ts";
import type { RegooseError } from "../../../../src/kernel/errors.ts";
import { Secret } from "../../../../src/kernel/secret.ts";
import type { ModelPort } from "../../../../src/ports/model.ts";
import { createFakeClock, type FakeClock } from "../../../../src/testing/fake-clock.ts";

const HELLO = { role: "check", messages: [{ role: "user", text: "Say hello." }] } as const;
const { signal } = new AbortController();
const FIRST_TOKEN_MS = 3_000;

type Outage = "refused" | "reset" | "status-503" | "hang";

/** Two servers without a network, the first of which is down from one moment to another, and time that is made. */
interface World {
  readonly clock: FakeClock;
  readonly port: ModelPort;
  /** Transitions of the first one's breaker, with their times. */
  readonly states: { readonly state: string; readonly atMs: number }[];
  /** Requests that the first one got. */
  readonly requests: () => number;
  /** Waits for `work`, and lets time pass where nothing else happens any more. */
  readonly finish: <T>(work: Promise<T>) => Promise<T>;
}

function aWorld(
  outage: Outage,
  downMs: readonly [from: number, to: number],
  names = ["first", "second"],
): World {
  const clock = createFakeClock();
  const states: { readonly state: string; readonly atMs: number }[] = [];
  let requests = 0;
  const fetch = async (url: string, init: { readonly signal?: AbortSignal }): Promise<Response> => {
    const isFirst = url.includes("first");
    const isDown = clock.monotonic() >= downMs[0] && clock.monotonic() < downMs[1];
    if (isFirst) requests += 1;
    return isFirst && isDown ? fail(outage, init.signal) : answer(isFirst ? "first" : "second");
  };
  const dispatchers = {
    open: () => Promise.resolve({ undici: { fetch }, dispatcher: {} }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  } as unknown as Dispatchers;
  const port = createModelRouter(
    {
      ...{ clock, dispatchers, random: () => 0.5, learned: openLearned(null) },
      processes: createModelProcesses({ clock }),
      prices: createPriceTable({}),
      budget: createBudget(NO_BUDGETS, null),
      onBreaker: ({ provider }, state) => {
        if (provider === "first") states.push({ state, atMs: clock.monotonic() });
      },
    },
    { candidates: names.map(aCandidate), deadlineMs: 120_000 },
  );
  const pass = (durationMs: number): void => {
    clock.advance(durationMs);
    // The breakers' library reads the time itself.
    vi.setSystemTime(clock.now());
  };
  return {
    ...{ clock, port, states, requests: () => requests },
    async finish(work) {
      const seen: { end: "open" | "over" } = { end: "open" };
      const end = (): void => {
        seen.end = "over";
      };
      work.then(end, end);
      for (let turn = 1; isOpen(seen); turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        if (turn % 40 === 0 && isOpen(seen)) pass(50);
      }
      return work;
    },
  };
}

const isOpen = (seen: { readonly end: "open" | "over" }): boolean => seen.end === "open";

function aCandidate(provider: string): Candidate {
  return createCandidate(
    {
      ...{ provider, kind: "openai-compatible", baseUrl: `http://${provider}.example/v1` },
      ...{ key: new Secret("key-of-the-test"), headers: {}, organization: null, project: null },
      ...{ proxy: null, authorities: [] },
    },
    "model",
    { limits: { ...LIMITS, firstTokenMs: FIRST_TOKEN_MS } },
  );
}

function fail(outage: Outage, cut: AbortSignal | undefined): Promise<Response> {
  const toError = (code: string): Error =>
    new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
  switch (outage) {
    case "refused":
      return Promise.reject(toError("ECONNREFUSED"));
    case "reset":
      return Promise.reject(toError("ECONNRESET"));
    case "status-503":
      return Promise.resolve(new Response("down", { status: 503 }));
    case "hang":
      return new Promise((_resolve, reject) => {
        cut?.addEventListener("abort", () => {
          reject(cut.reason as Error);
        });
      });
  }
}

function answer(content: string): Response {
  const frame = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({
      ...{ id: "1", object: "chat.completion.chunk", created: 1, model: "model" },
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`;
  const body = `${frame({ role: "assistant", content }, null)}${frame({}, "stop")}data: [DONE]\n\n`;
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** Asks once a second until `untilMs`; who answered, when, and after how long. */
async function callAway(
  { clock, port, finish }: World,
  untilMs: number,
): Promise<readonly { readonly by: string; readonly atMs: number; readonly tookMs: number }[]> {
  const calls: { readonly by: string; readonly atMs: number; readonly tookMs: number }[] = [];
  while (clock.monotonic() < untilMs) {
    const atMs = clock.monotonic();
    const { text } = await finish(port.generate(HELLO, { signal }));
    calls.push({ by: text, atMs, tookMs: clock.monotonic() - atMs });
    await finish(clock.sleep(Math.max(0, 1_000 - (clock.monotonic() - atMs))));
  }
  return calls;
}

describe("a provider that is down for 60 s in the middle of a run", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ["refused", 2_000],
    ["reset", 2_000],
    ["status-503", 2_000],
    ["hang", FIRST_TOKEN_MS + 2_000],
  ] as const)(
    "%s: each call is answered within %i ms, and the provider is asked again when it is back",
    async (outage, mostMs) => {
      const [fromMs, toMs] = [30_000, 90_000];
      const world = aWorld(outage, [fromMs, toMs]);
      const calls = await callAway(world, 150_000);

      const before = calls.filter(({ atMs }) => atMs < fromMs);
      const during = calls.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
      expect(new Set(before.map(({ by }) => by))).toEqual(new Set(["first"]));
      expect(new Set(during.map(({ by }) => by))).toEqual(new Set(["second"]));
      expect(Math.max(...during.map(({ tookMs }) => tookMs))).toBeLessThanOrEqual(mostMs);
      // Most of them do not meet the outage at all.
      expect(during.filter(({ tookMs }) => tookMs < 500).length).toBeGreaterThan(during.length / 2);
      const back = calls.find(({ atMs, by }) => atMs >= toMs && by === "first");
      expect(back?.atMs ?? Infinity).toBeLessThanOrEqual(toMs + 31_000);
      const later = calls.filter(({ atMs }) => atMs > (back?.atMs ?? Infinity));
      expect(later.length).toBeGreaterThan(10);
      expect(new Set(later.map(({ by }) => by))).toEqual(new Set(["first"]));

      const names = world.states.map(({ state }) => state);
      expect(names[0]).toBe("open");
      expect(names.slice(-2)).toEqual(["half-open", "closed"]);
      expect(world.port.models()[0]?.breaker).toBe("closed");
    },
  );

  test("and the only one: a call waits for it where its time allows", async () => {
    const { clock, port, finish } = aWorld("status-503", [0, 20_000], ["first"]);
    const { text, attempts } = await finish(port.generate(HELLO, { signal }));
    expect(text).toBe("first");
    expect(attempts.slice(0, -1).map(({ failure }) => failure?.code)).toContain("RGS-4008");
    expect(clock.monotonic()).toBeGreaterThan(20_000);
  });

  test("and the only one: a call whose time is over says what is down, and what was tried", async () => {
    const { clock, port, finish } = aWorld("status-503", [0, 60_000], ["first"]);
    const deadline = createDeadline(clock, 10_000);
    const failure = await finish(
      port.generate(HELLO, { signal, deadline }).catch((thrown: unknown) => thrown),
    );
    expect(failure).toMatchObject({ code: "RGS-4008", errorClass: "transient" });
    expect((failure as RegooseError).message).toMatch(/first\/model answered with 503/u);
    expect(clock.monotonic()).toBeLessThanOrEqual(12_000);
  });

  test("while one call tries whether it is back, the others do not wait for that", async () => {
    const world = aWorld("hang", [0, 600_000]);
    const { clock, port, finish } = world;
    const ask = (): Promise<ModelAnswer> => port.generate(HELLO, { signal });
    for (let call = 0; call < 5; call += 1) await finish(ask());
    expect(port.models()[0]?.breaker).toBe("open");
    await finish(clock.sleep(6_000));
    const before = world.requests();
    const times = await finish(
      Promise.all(
        Array.from({ length: 5 }, async () => {
          const startMs = clock.monotonic();
          await ask();
          return clock.monotonic() - startMs;
        }),
      ),
    );
    expect(world.requests() - before).toBe(1);
    const [fastest = 0, , , fourth = Infinity] = times.toSorted((a, b) => a - b);
    expect([fastest, fourth].every((ms) => ms < 500)).toBe(true);
  });
});
