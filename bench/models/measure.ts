/**
 * `npm run bench:models [-- --paced --pairs 18 --calls 100]`: 100 calls at a time through the AI SDK alone and through the
 * router: by itself, as `openModels` sets it up, and with cache, recording and telemetry as a run has it. They take turns
 * against the same mock server in a process of its own, so that all meet the same minute. Goals: median of the differences
 * of p99 under 10 ms for each, and a heap that does not grow; ends with 3 where one is missed. Beside them stand what a busy
 * machine cannot blur, processor time of a call, and the delay of the event loop, by which a difference is to be read. The
 * server answers at once, which no model does; with `--paced` it speaks as one does, first token after 200 ms, then 100 a
 * second. All ask for a stream: the same bytes for each.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { at, judgeHeap, judgeP99, medianOf } from "./judge.ts";
import { openWays, type Way } from "./ways.ts";

const { values } = parseArgs({
  options: {
    paced: { type: "boolean", default: false },
    pairs: { type: "string", default: "18" },
    calls: { type: "string", default: "100" },
  },
});
const pairs = Number(values.pairs);
const calls = Number(values.calls);
const { gc } = globalThis;
if (gc === undefined) throw new Error("start it with --expose-gc");

/** What one way of asking has cost. */
interface Cost {
  cpuMs: number;
  /** Of each round, ms. */
  readonly p50s: number[];
  readonly p99s: number[];
  /** 99th percentile of the delay of the event loop in each round, ms. */
  readonly lags: number[];
}

const costs = new Map<Way, Cost>();
let questions = 0;
const folder = mkdtempSync(join(tmpdir(), "regoose-bench-"));
process.env["XDG_STATE_HOME"] = folder;
process.env["XDG_CONFIG_HOME"] = folder;
process.env["OPENAI_API_KEY"] = "k";
process.env["NO_PROXY"] = "*";
const server = startServer();
try {
  await using ways = await openWays(await server.url, folder, calls);
  const all = [ways.sdk, ...ways.own];
  const heaps: number[] = [];
  for (const way of all) await measure(way);
  costs.clear();
  for (let pair = 0; pair < pairs; pair += 1) {
    // In turns, so that nobody always goes first.
    const from = pair % all.length;
    for (const way of [...all.slice(from), ...all.slice(0, from)]) await measure(way);
    gc();
    heaps.push(process.memoryUsage().heapUsed);
  }
  report(ways.sdk, ways.own, heaps);
} finally {
  server.stop();
  rmSync(folder, { recursive: true });
}

interface Server {
  readonly url: Promise<string>;
  stop(): void;
}

function startServer(): Server {
  const bin = join(import.meta.dirname, "../../bin/regoose.js");
  const script = join(folder, "script.json");
  const pace = values.paced ? { firstTokenMs: 200, tokensPerSecond: 100 } : {};
  writeFileSync(script, JSON.stringify({ pace }));
  const child = spawn(process.execPath, [bin, "mock-llm", "--json", "--script", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", (line: string) => {
      resolve((JSON.parse(line) as { data: { url: string } }).data.url);
    });
    child.once("exit", (code) => {
      reject(new Error(`the mock server ended with ${String(code)}`));
    });
  });
  return { url, stop: () => void child.kill() };
}

/** One round: all calls at once. */
async function measure(way: Way): Promise<void> {
  const cost = costs.get(way) ?? { cpuMs: 0, p50s: [], p99s: [], lags: [] };
  costs.set(way, cost);
  const before = process.cpuUsage();
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const one = async (): Promise<number> => {
    const startMs = performance.now();
    await way.ask((questions += 1));
    return performance.now() - startMs;
  };
  const times = (await Promise.all(Array.from({ length: calls }, one))).toSorted((a, b) => a - b);
  lag.disable();
  const { user, system } = process.cpuUsage(before);
  cost.cpuMs += (user + system) / 1_000;
  cost.p50s.push(at(times, 0.5));
  cost.p99s.push(at(times, 0.99));
  cost.lags.push(lag.percentile(99) / 1e6);
}

function report(sdk: Way, own: readonly Way[], heaps: readonly number[]): void {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  say(`${String(pairs)} rounds of ${String(calls)} calls each, in turns`);
  for (const [way, { cpuMs, p50s, p99s, lags }] of costs) {
    const times = `p50 ${ms(medianOf(p50s))}, p99 ${ms(medianOf(p99s))}`;
    const cpu = `processor ${(cpuMs / pairs / calls).toFixed(2)} ms a call`;
    say(`${way.name}: ${times}, ${cpu}, p99 of event loop delay ${ms(medianOf(lags))}`);
  }
  const alone = costs.get(sdk)?.p99s ?? [];
  const verdicts = [
    ...own.map((way) => {
      const p99s = costs.get(way)?.p99s ?? [];
      const differences = p99s.map((p99, pair) => p99 - (alone[pair] ?? Number.NaN));
      return { name: `${way.name} beside ${sdk.name}`, ...judgeP99(differences) };
    }),
    { name: "all", ...judgeHeap(heaps, calls * (own.length + 1)) },
  ];
  for (const { name, figure, isMet } of verdicts)
    say(`${isMet ? "met   " : "MISSED"} ${name}: ${figure}`);
  if (verdicts.some(({ isMet }) => !isMet)) process.exitCode = 3;
}
