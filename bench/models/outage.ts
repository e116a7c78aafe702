/**
 * `npm run bench:outage [-- --seconds 60]`: a provider goes away for a minute in the middle of a run, once for each way
 * to be away, against mock servers and in real time. Prints how soon calls went on to the other provider, how soon the
 * first one was used again, and what its breaker did. Goals: every call is answered; on to the other one within 2 s, for
 * one that hangs within the limit on its first token and 2 s. Exit code 1 where a goal is missed.
 */
import { parseArgs } from "node:util";
import { type OutageCall, OUTAGES, type OutageReport, runOutage } from "./outage-run.ts";

const GOAL_MS = 2_000;
const FIRST_TOKEN_MS = 5_000;

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });
const outageMs = Number(values.seconds) * 1_000;

const missed: string[] = [];
for (const outage of OUTAGES) {
  const plan = { beforeMs: 10_000, outageMs, afterMs: 40_000, everyMs: 250 };
  const report = await runOutage(outage, { ...plan, firstTokenMs: FIRST_TOKEN_MS });
  const goalMs = outage === "hang" ? FIRST_TOKEN_MS + GOAL_MS : GOAL_MS;
  if (!print(outage, report, goalMs)) missed.push(outage);
}
if (missed.length > 0) process.exitCode = 1;

/** @returns whether the goals are met */
function print(outage: string, report: OutageReport, goalMs: number): boolean {
  const { calls, recoveryMs, stalledMs, metrics } = report;
  const during = calls.filter(({ phase }) => phase === "during");
  const fallbacks = calls.flatMap(({ fallbackMs }) => (fallbackMs === null ? [] : [fallbackMs]));
  const unanswered = calls.filter(({ by }) => by === null);
  const worst = Math.max(0, ...fallbacks);
  const isMet = unanswered.length === 0 && worst <= goalMs && recoveryMs !== null;
  const lines = [
    `${outage}: ${isMet ? "goals met" : "GOAL MISSED"}`,
    `  calls: ${calls.length}, unanswered ${unanswered.length}; during the outage ${during.length}, of which met it ${fallbacks.length}`,
    `  on to the other provider: p50 ${shown(at(fallbacks, 0.5))}, worst ${shown(worst)} (goal ${shown(goalMs)}; this process stood still for ${shown(stalledMs)} at most)`,
    `  calls during the outage: p50 ${shown(at(toTimes(during), 0.5))}, p99 ${shown(at(toTimes(during), 0.99))}`,
    `  used again ${recoveryMs === null ? "never" : `${shown(recoveryMs)} after its return`}`,
    ...metrics
      .split("\n")
      .filter((line) => /^regoose_model_(?:breaker|fallbacks).*\} /u.test(line))
      .map((line) => `  ${line}`),
    ...new Set(unanswered.map(({ problem }) => `  ${String(problem)}`)),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return isMet;
}

function toTimes(calls: readonly OutageCall[]): readonly number[] {
  return calls.map(({ tookMs }) => tookMs);
}

function at(values_: readonly number[], share: number): number {
  const sorted = values_.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function shown(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
