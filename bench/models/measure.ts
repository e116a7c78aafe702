/**
 * `npm run bench:models`: 100 calls at a time through the router and through the AI SDK alone, in turns against the same
 * mock server in a process of its own, so that both meet the same minute. Prints p50 and p99 of each, their differences
 * pair by pair, and of each beside the other what a busy machine cannot blur: processor time of a call and delay of the
 * event loop. The heap is taken after each third of the pairs. The server answers at once, which no model does; with
 * `--paced` it speaks as one does, first token after 200 ms, then 100 a second. Both ask for a stream: the same bytes for each.
 */
import { createOpenAI } from "@ai-sdk/openai";
import { streamText } from "ai";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { join } from "node:path";
import { createBudget, NO_BUDGETS } from "../../src/adapters/llm/money/budget.ts";
import { createPriceTable } from "../../src/adapters/llm/money/prices.ts";
import { createCandidate } from "../../src/adapters/llm/router/candidate.ts";
import { createModelRouter } from "../../src/adapters/llm/router/create-model-router.ts";
import { openLearned } from "../../src/adapters/llm/router/learned.ts";
import { createDispatchers } from "../../src/adapters/llm/wire/dispatchers.ts";
import { createModelProcesses } from "../../src/adapters/llm/wire/gguf/model-processes.ts";
import type { Endpoint } from "../../src/adapters/llm/wire/wire.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { Secret } from "../../src/kernel/secret.ts";

const CALLS = 100;
const PAIRS = 12;
const MODEL = "gpt-4.1";
const clock = createSystemClock();
const bin = join(import.meta.dirname, "../../bin/regoose.js");

const isPaced = process.argv.includes("--paced");
const folder = mkdtempSync(join(tmpdir(), "regoose-bench-"));
const script = join(folder, "script.json");
const pace = isPaced ? { firstTokenMs: 200, tokensPerSecond: 100 } : {};
writeFileSync(script, JSON.stringify({ pace }));
const server = spawn(process.execPath, [bin, "mock-llm", "--json", "--script", script], {
  stdio: ["ignore", "pipe", "ignore"],
});
const url = await new Promise<string>((resolve) => {
  server.stdout.setEncoding("utf8").once("data", (line: string) => {
    resolve((JSON.parse(line) as { data: { url: string } }).data.url);
  });
});
await using dispatchers = createDispatchers();
await using processes = createModelProcesses({ clock });
const endpoint: Endpoint = {
  ...{ provider: "openai", kind: "openai" as const, baseUrl: `${url}/v1`, key: new Secret("k") },
  ...{ headers: {}, organization: null, project: null, proxy: new Secret(""), authorities: [] },
};
const router = createModelRouter(
  {
    ...{ clock, dispatchers, processes, random: Math.random },
    prices: createPriceTable({}),
    budget: createBudget(NO_BUDGETS, null),
    learned: openLearned(null),
  },
  { candidates: [createCandidate(endpoint, MODEL, { concurrency: CALLS })], deadlineMs: 60_000 },
);
const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: "k" });
const text = "Say hello, at some length, and mean it. ".repeat(20);
const { signal } = new AbortController();

async function throughRouter(): Promise<void> {
  await router.generate({ role: "check", messages: [{ role: "user", text }] }, { signal });
}

async function throughSdk(): Promise<void> {
  await streamText({ model: openai.chat(MODEL), prompt: text, maxRetries: 0 }).text;
}

/** What one way of asking has cost in all pairs. */
interface Cost {
  cpuMs: number;
  /** 99th percentile of each round, ms. */
  readonly lags: number[];
}

const aCost = (): Cost => ({ cpuMs: 0, lags: [] });
const costs = new Map([
  [throughRouter, aCost()],
  [throughSdk, aCost()],
]);

async function measured(work: () => Promise<void>): Promise<readonly number[]> {
  const cost = costs.get(work) ?? aCost();
  const before = process.cpuUsage();
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const times = await round(work);
  lag.disable();
  cost.lags.push(lag.percentile(99) / 1e6);
  const { user, system } = process.cpuUsage(before);
  cost.cpuMs += (user + system) / 1_000;
  return times;
}

async function round(work: () => Promise<void>): Promise<readonly number[]> {
  const one = async (): Promise<number> => {
    const startMs = performance.now();
    await work();
    return performance.now() - startMs;
  };
  return (await Promise.all(Array.from({ length: CALLS }, one))).toSorted((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
const shown = (ms: number): string => ms.toFixed(1).padStart(8);

await round(throughRouter);
await round(throughSdk);
const heapNow = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1_048_576;
};
const heaps = [heapNow()];
const differences: number[] = [];
console.log(`pair   router p50      p99   sdk p50      p99   p99 difference, ms`);
for (let pair = 1; pair <= PAIRS; pair += 1) {
  // Turn about, so that neither always goes first.
  const order = pair % 2 === 0 ? [throughSdk, throughRouter] : [throughRouter, throughSdk];
  const results = new Map<() => Promise<void>, readonly number[]>();
  for (const work of order) results.set(work, await measured(work));
  const own = results.get(throughRouter) ?? [];
  const sdk = results.get(throughSdk) ?? [];
  const difference = at(own, 0.99) - at(sdk, 0.99);
  differences.push(difference);
  console.log(
    `${String(pair).padStart(4)} ${shown(at(own, 0.5))} ${shown(at(own, 0.99))} ${shown(at(sdk, 0.5))} ${shown(at(sdk, 0.99))} ${shown(difference)}`,
  );
  if (pair % (PAIRS / 3) === 0) heaps.push(heapNow());
}
const medianOf = (values: readonly number[]): number =>
  at(
    values.toSorted((a, b) => a - b),
    0.5,
  );
console.log(`median difference of p99: ${shown(medianOf(differences))} ms`);
for (const [work, { cpuMs, lags }] of costs) {
  const name = work === throughRouter ? "router" : "SDK   ";
  const cpu = `processor ${(cpuMs / PAIRS / CALLS).toFixed(2)} ms a call`;
  console.log(`${name}: ${cpu}, p99 of event loop delay ${shown(medianOf(lags))} ms`);
}
const flat = heaps.map((one) => one.toFixed(1)).join(", ");
console.log(`heap after 0, 1/3, 2/3 and all of ${2 * PAIRS * CALLS} calls: ${flat} MiB`);
server.kill();
rmSync(folder, { recursive: true });
