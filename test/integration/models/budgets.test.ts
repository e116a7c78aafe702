import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Budgets, createBudget, NO_BUDGETS } from "../../../src/adapters/llm/money/budget.ts";
import { type Ledger, openLedger } from "../../../src/adapters/llm/money/ledger.ts";
import { parseDollars } from "../../../src/adapters/llm/money/prices.ts";
import { parseState } from "../../../src/adapters/llm/money/ledger-state.ts";
import type { WireKind } from "../../../src/adapters/llm/kinds.ts";
import type { MockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import type { ModelParameters } from "../../../src/contract/model/parameters.ts";
import type { ModelPort } from "../../../src/ports/model.ts";
import { aCandidate, aFolder, aRouter, HELLO, signal } from "./router-bench.ts";
import { aMock, clock } from "./wire-bench.ts";

const TODAY = "2026-11-28";
const tokens = (most: number): { readonly usd: null; readonly tokens: number } => ({
  usd: null,
  tokens: most,
});

interface At {
  readonly folder: string;
  readonly repository?: string;
  readonly day?: string;
  readonly run?: string;
}

/** As each process of the machine opens its own. */
function aLedger({ folder, repository = "one", day = TODAY, run }: At): Ledger {
  const ledger = openLedger(clock, folder, { repository, run, today: () => day });
  onTestFinished(() => ledger[Symbol.asyncDispose]());
  return ledger;
}

function aPort(mock: MockLlm, at: At, budgets: Partial<Budgets>): ModelPort {
  const budget = createBudget({ ...NO_BUDGETS, ...budgets }, aLedger(at));
  return aRouter([aCandidate(mock, "openai")], { deps: { budget } });
}

const ask = (port: ModelPort, sample = 0, maxOutputTokens = 300): Promise<unknown> =>
  port.generate({ ...HELLO, sample, parameters: { maxOutputTokens } }, { signal });

const readBook = async (folder: string): ReturnType<typeof readFile> =>
  readFile(join(folder, "spend.json"), "utf8");

describe("budgets", () => {
  test("of the day and of the repository outlast the run", async () => {
    const folder = await aFolder();
    const mock = await aMock({ answers: [{ text: "x", usage: { input: 700, output: 300 } }] });
    const day = { day: tokens(1_200) };
    const repository = { repository: tokens(1_200) };

    await ask(aPort(mock, { folder }, day));
    const two = { folder, repository: "two" };
    await expect(ask(aPort(mock, two, day))).rejects.toMatchObject({ code: "RGS-4016" });
    await ask(aPort(mock, { ...two, day: "2026-11-29" }, day));
    const later = { folder, day: "2026-12-01" };
    await expect(ask(aPort(mock, later, repository))).rejects.toMatchObject({ code: "RGS-4016" });
    await ask(aPort(mock, { ...later, repository: "three" }, repository));
  });

  test.each(["day", "repository"] as const)(
    "of the %s hold across processes that ask at the same time",
    async (scope) => {
      const folder = await aFolder();
      const mock = await aMock({
        answers: [{ text: "x", usage: { input: 40, output: 300 } }],
        pace: { firstTokenMs: 200 },
      });
      // Room for three calls; each process alone would have room for all of its own.
      const limits = { [scope]: tokens(1_200) };
      const ports = [1, 2, 3].map(() => aPort(mock, { folder }, limits));

      const ends = await Promise.allSettled(
        ports.flatMap((port, at) => [1, 2].map((sample) => ask(port, at * 2 + sample))),
      );

      expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
      expect(mock.requests).toHaveLength(3);
      for (const end of ends)
        if (end.status === "rejected") expect(end.reason).toMatchObject({ code: "RGS-4016" });
    },
  );

  test("of a run count what its earlier processes spent, and another run begins at nothing", async () => {
    const folder = await aFolder();
    const mock = await aMock({ answers: [{ text: "x", usage: { input: 700, output: 300 } }] });
    const run = { run: tokens(1_500) };

    await ask(aPort(mock, { folder, run: "first" }, run), 1);
    const again = aPort(mock, { folder, run: "first" }, run);
    await expect(ask(again, 2, 600)).rejects.toMatchObject({ code: "RGS-4016" });
    await ask(aPort(mock, { folder, run: "first" }, { run: tokens(3_000) }), 2, 600);
    await ask(aPort(mock, { folder, run: "second" }, run), 3);
    const spent = await createBudget(NO_BUDGETS, aLedger({ folder, run: "first" })).spent();
    // 700 at $2 and 300 at $8 a million, twice.
    expect(spent).toEqual({ tokens: 2_000, cost: parseDollars("0.0076"), isPriced: true });
  });

  test("what a process had set aside when it died counts with the most that it could come to", async () => {
    const folder = await aFolder();
    const mock = await aMock({});
    const run = { run: tokens(1_000) };
    await aLedger({ folder, run: "killed" }).hold({ cost: 5n, tokens: 900 }, () => undefined);
    const text = String(await readBook(folder));
    // Process 1 is another one: the start time says so.
    await writeFile(join(folder, "spend.json"), text.replace(/"owner":"[^"]+"/u, '"owner":"1:1"'));

    const port = aPort(mock, { folder, run: "killed" }, run);

    await expect(ask(port)).rejects.toMatchObject({ code: "RGS-4016" });
    expect(parseState(String(await readBook(folder)))).toMatchObject({ held: [] });
    await ask(aPort(mock, { folder, run: "another" }, run));
  });

  test("a call that fails frees what was set aside for it", async () => {
    const folder = await aFolder();
    const mock = await aMock({ faults: [{ fault: "bad-request", times: 3 }] });
    const port = aPort(mock, { folder }, { day: tokens(700) });
    for (const sample of [1, 2, 3])
      await expect(ask(port, sample)).rejects.toMatchObject({ code: "RGS-4003" });
    await ask(port, 4);
  });

  test("keep a book that stays small, however many calls there are", async () => {
    const folder = await aFolder();
    const ledger = aLedger({ folder, run: "long" });
    const spend = (): void => {
      for (let call = 0; call < 200; call += 1) ledger.add({ cost: 7n, tokens: 3, isPriced: true });
    };
    spend();
    await ledger.spentByRun();
    const before = String(await readBook(folder)).length;
    for (let round = 0; round < 5; round += 1) spend();
    expect(await ledger.spentByRun()).toEqual({ cost: 8_400n, tokens: 3_600, isPriced: true });
    expect(String(await readBook(folder)).length).toBeLessThan(before + 20);

    for (let day = 10; day < 30; day += 1)
      aLedger({ folder, day: `2026-10-${String(day)}` }).add({
        ...{ cost: 1n, tokens: 1, isPriced: true },
      });
    await expect
      .poll(async () => Object.keys(parseState(String(await readBook(folder))).days).length)
      .toBe(2);
  });

  test("a damaged book is an error where a budget rests on it, and never nothing spent", async () => {
    const folder = await aFolder();
    const mock = await aMock({});
    await writeFile(join(folder, "spend.json"), '{"v":1,');
    const bounded = ask(aPort(mock, { folder }, { day: tokens(5_000) }));
    await expect(bounded).rejects.toMatchObject({ code: "RGS-7010" });
    expect(mock.requests).toHaveLength(0);
    await ask(aPort(mock, { folder }, {}));
    expect(await readBook(folder)).toBe('{"v":1,');
  });
});

describe("what is set aside for a call", () => {
  const most = async (
    kind: WireKind,
    parameters: ModelParameters = {},
    model?: string,
  ): Promise<{ readonly sent: unknown; readonly aside: number }> => {
    const mock = await aMock({});
    const asides: number[] = [];
    const own = { parameters, ...(model === undefined ? {} : { model }) };
    const router = aRouter([aCandidate(mock, kind, own)], {
      deps: {
        budget: {
          reserve: ({ usage }) => {
            asides.push(usage.outputTokens);
            return Promise.resolve({ settle: () => undefined });
          },
          spent: () => Promise.resolve({ cost: 0n, tokens: 0, isPriced: true }),
        },
      },
    });
    await router.generate(HELLO, { signal });
    const body = mock.requests[0]?.body as Record<string, unknown> & {
      readonly generationConfig?: { readonly maxOutputTokens?: number };
    };
    const sent =
      body["max_tokens"] ?? body["max_completion_tokens"] ?? body.generationConfig?.maxOutputTokens;
    return { sent, aside: asides[0] ?? 0 };
  };

  test.each<[string, WireKind, ModelParameters, string | undefined, number]>([
    ["nothing is said", "openai", {}, undefined, 8_192],
    ["nothing is said", "deepseek", {}, undefined, 8_192],
    ["nothing is said", "openai-compatible", {}, undefined, 8_192],
    // Their library would put 64,000 there.
    ["nothing is said", "anthropic", {}, undefined, 8_192],
    ["a model thinks unasked", "google", {}, undefined, 24_576],
    ["a model thinks unasked", "openai", {}, "gpt-5.1", 24_576],
    ["an effort is said", "anthropic", { reasoningEffort: "high" }, undefined, 24_576],
    ["a number is said", "anthropic", { maxOutputTokens: 700 }, undefined, 700],
    [
      "a number is said beside room for thinking",
      "anthropic",
      { maxOutputTokens: 700, reasoningTokens: 2_000 },
      undefined,
      2_700,
    ],
    ["the body is said", "openai", { extraBody: { max_completion_tokens: 50 } }, undefined, 50],
  ])("where %s, %s is sent a limit, and as much is set aside", async (_, ...rest) => {
    const [kind, parameters, model, expected] = rest;
    const { sent, aside } = await most(kind, parameters, model);
    expect(sent).toBe(expected);
    expect(aside).toBe(expected);
  });

  test("where the limit is taken out of the body, as much is set aside as the model can say", async () => {
    const { sent, aside } = await most("openai", { extraBody: { max_completion_tokens: null } });
    expect(sent).toBeUndefined();
    expect(aside).toBe(128_000);
  });

  test("counts a question in Chinese, and the dearest kind of input", async () => {
    const mock = await aMock({});
    const text = "预算".repeat(500);
    const costs: (bigint | null)[] = [];
    const budget = createBudget(NO_BUDGETS, null);
    const router = aRouter([aCandidate(mock, "anthropic")], {
      deps: {
        budget: {
          ...budget,
          reserve: (spending, what) => {
            costs.push(spending.cost);
            return budget.reserve(spending, what);
          },
        },
      },
    });
    await router.generate({ ...HELLO, messages: [{ role: "user", text }] }, { signal });
    // A thousand tokens at least, written to the cache at $3.75, and 8,192 at $15.
    expect(costs[0]).toBeGreaterThan(parseDollars("0.12663"));
  });
});
