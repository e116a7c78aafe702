import { monitorEventLoopDelay } from "node:perf_hooks";

import type { Clock } from "../../kernel/clock.ts";
import type { Metrics } from "./registry.ts";

/** Watches this process until it is disposed. */
export interface ProcessGauges extends Disposable {
  /** Writes what was seen into the metrics. */
  record(metrics: Metrics): void;
}

const RESOLUTION_MS = 20;
const NS_PER_SECOND = 1e9;

/** A server shows the lag of this minute and the last one, ms; of its whole life it would say nothing of now. */
export const SERVER_WINDOW_MS = 60_000;

/**
 * Event-loop lag, memory and processor time: what prom-client's own collector gives, without its open handles. With a
 * window the lag is that of the present window and the one before, else of all the time.
 */
export function watchProcess(window?: {
  readonly clock: Clock;
  readonly windowMs: number;
}): ProcessGauges {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let before: Lag | null = null;
  let sinceMs = window?.clock.monotonic() ?? 0;
  return {
    record(metrics) {
      const present = readLag(delay);
      recordLag(metrics, present, before);
      if (window !== undefined && window.clock.monotonic() - sinceMs >= window.windowMs) {
        before = present;
        delay.reset();
        sinceMs = window.clock.monotonic();
      }
      const memory = process.memoryUsage();
      metrics.set("regoose_process_memory_bytes", { kind: "rss" }, memory.rss);
      metrics.set("regoose_process_memory_bytes", { kind: "heap-used" }, memory.heapUsed);
      metrics.set("regoose_process_memory_bytes", { kind: "heap-total" }, memory.heapTotal);
      metrics.set("regoose_process_memory_bytes", { kind: "external" }, memory.external);
      const { user, system } = process.cpuUsage();
      metrics.set("regoose_process_cpu_seconds", { kind: "user" }, user / 1e6);
      metrics.set("regoose_process_cpu_seconds", { kind: "system" }, system / 1e6);
    },
    [Symbol.dispose]() {
      delay.disable();
    },
  };
}

/** In seconds. */
interface Lag {
  readonly mean: number;
  readonly p99: number;
  readonly max: number;
}

/** The histogram counts whole intervals; what is above the resolution is delay. Null where it has counted none. */
function readLag(delay: ReturnType<typeof monitorEventLoopDelay>): Lag | null {
  if (delay.count === 0) return null;
  const toSeconds = (ns: number): number => Math.max(0, ns / NS_PER_SECOND - RESOLUTION_MS / 1000);
  return {
    mean: toSeconds(delay.mean),
    p99: toSeconds(delay.percentile(99)),
    max: toSeconds(delay.max),
  };
}

function recordLag(metrics: Metrics, present: Lag | null, before: Lag | null): void {
  for (const kind of ["mean", "p99", "max"] as const) {
    const values = [present, before].flatMap((lag) => (lag === null ? [] : [lag[kind]]));
    if (values.length > 0)
      metrics.set("regoose_eventloop_lag_seconds", { kind }, Math.max(...values));
  }
}
