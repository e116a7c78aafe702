import type { FastifyInstance } from "fastify";

import type { Machine } from "../app/serve/machine.ts";
import type { ServerMetrics } from "../app/serve/server-metrics.ts";
import { BREAKER_STATES, SERVER_STATES } from "../contract/metrics/labels.ts";
import type { BusyMeter } from "./busy-meter.ts";
import type { ConfigService } from "./config-service.ts";
import type { JobService } from "./job-service.ts";
import type { RunsBreaker } from "./triggers/runs-breaker.ts";
import type { Silence, SilenceMeter } from "./triggers/silence-meter.ts";

/** What the gauges of a server are read from. */
export interface GaugeSources {
  readonly metrics: Pick<ServerMetrics, "set" | "recordProcess">;
  readonly service: Pick<JobService, "counts" | "state" | "running">;
  readonly machine: Pick<Machine, "measure">;
  readonly meter: BusyMeter;
  readonly breaker: RunsBreaker;
  readonly silence: SilenceMeter;
  readonly configuration: Pick<ConfigService, "counts">;
  /** How many runs may go on at a time. */
  readonly places: () => number;
}

/** Reads gauges into the registry. */
export interface Sampler {
  /** Whoever asks while a look is going on gets that one. */
  sample(): Promise<void>;
  /** Of the last look, the longest silence first. */
  silences(): readonly Silence[];
}

export function createSampler(sources: GaugeSources): Sampler {
  let going: Promise<void> | null = null;
  let silences: readonly Silence[] = [];
  const look = async (): Promise<void> => {
    recordService(sources);
    recordConfig(sources);
    silences = await sources.silence.measure(sources.service.running());
    sources.metrics.set("regoose_run_silence_seconds", {}, silences[0]?.seconds ?? 0);
    await recordMachine(sources);
  };
  return {
    async sample() {
      going ??= look().finally(() => {
        going = null;
      });
      await going;
    },
    silences: () => silences,
  };
}

function recordService({ metrics, service, meter, breaker, places }: GaugeSources): void {
  const { waiting, running, oldestWaitingMs } = service.counts();
  metrics.set("regoose_queue_runs", {}, waiting);
  metrics.set("regoose_queue_age_seconds", {}, oldestWaitingMs / 1_000);
  metrics.set("regoose_runs_active", {}, running);
  metrics.set("regoose_busy_ratio", {}, meter.share(places()));
  for (const state of SERVER_STATES)
    metrics.set("regoose_server_state", { state }, state === service.state ? 1 : 0);
  for (const state of BREAKER_STATES)
    metrics.set("regoose_breaker_state", { call: "runs", state }, state === breaker.state ? 1 : 0);
  metrics.set("regoose_machine_failures_runs", {}, breaker.failures);
}

function recordConfig({ metrics, configuration }: GaugeSources): void {
  const { inRefusal, pendingRestart } = configuration.counts();
  metrics.set("regoose_config_refused_files", {}, inRefusal);
  metrics.set("regoose_config_pending_keys", {}, pendingRestart);
}

async function recordMachine({ metrics, machine }: GaugeSources): Promise<void> {
  const { stateFreeBytes, temporaryFreeBytes, availableMemoryBytes, orphans } =
    await machine.measure();
  if (stateFreeBytes !== null)
    metrics.set("regoose_disk_free_bytes", { folder: "state" }, stateFreeBytes);
  if (temporaryFreeBytes !== null)
    metrics.set("regoose_disk_free_bytes", { folder: "temporary" }, temporaryFreeBytes);
  metrics.set("regoose_memory_available_bytes", {}, availableMemoryBytes);
  metrics.set("regoose_orphans_active", {}, orphans);
  metrics.recordProcess();
}

/** Counts answers and their time. Streams last as long as their run: no time is taken of them. */
export function observeRequests(
  app: FastifyInstance,
  metrics: Pick<ServerMetrics, "count" | "observe">,
): void {
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "";
    const status = `${Math.floor(reply.raw.statusCode / 100)}xx`;
    metrics.count("regoose_http_requests_total", { route, status });
    if (!route.endsWith("/events"))
      metrics.observe(
        "regoose_http_request_duration_seconds",
        { route },
        reply.elapsedTime / 1_000,
      );
    done();
  });
}
