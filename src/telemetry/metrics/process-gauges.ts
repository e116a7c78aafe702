import { monitorEventLoopDelay } from "node:perf_hooks";

import type { Metrics } from "./registry.ts";

/** Watches this process until it is disposed. */
export interface ProcessGauges extends Disposable {
  /** Writes what was seen into the metrics. */
  record(metrics: Metrics): void;
}

const RESOLUTION_MS = 20;
const NS_PER_SECOND = 1e9;

/** Event-loop lag, memory and processor time: what prom-client's own collector gives, without its open handles. */
export function watchProcess(): ProcessGauges {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    record(metrics) {
      recordLag(metrics, delay);
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

/** The histogram counts whole intervals; what is above the resolution is delay. */
function recordLag(metrics: Metrics, delay: ReturnType<typeof monitorEventLoopDelay>): void {
  if (delay.count === 0) return;
  const toSeconds = (ns: number): number => Math.max(0, ns / NS_PER_SECOND - RESOLUTION_MS / 1000);
  metrics.set("regoose_eventloop_lag_seconds", { kind: "mean" }, toSeconds(delay.mean));
  metrics.set("regoose_eventloop_lag_seconds", { kind: "p99" }, toSeconds(delay.percentile(99)));
  metrics.set("regoose_eventloop_lag_seconds", { kind: "max" }, toSeconds(delay.max));
}
