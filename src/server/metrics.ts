import type { FastifyInstance } from "fastify";

import type { ServerMetrics } from "../app/serve/server-metrics.ts";
import { SERVER_STATES } from "../contract/metrics/labels.ts";
import type { BusyMeter } from "./busy-meter.ts";
import type { JobService } from "./job-service.ts";

/** What the gauges of a server are read from. */
export interface GaugeSources {
  readonly service: Pick<JobService, "counts" | "state">;
  readonly meter: BusyMeter;
  /** How many runs may go on at a time. */
  readonly places: number;
}

/** Reads the gauges of a server into its registry. */
export function recordGauges(
  metrics: Pick<ServerMetrics, "set">,
  { service, meter, places }: GaugeSources,
): void {
  const { waiting, running, oldestWaitingMs } = service.counts();
  metrics.set("regoose_queue_runs", {}, waiting);
  metrics.set("regoose_queue_age_seconds", {}, oldestWaitingMs / 1_000);
  metrics.set("regoose_runs_active", {}, running);
  metrics.set("regoose_busy_ratio", {}, meter.share(places));
  for (const state of SERVER_STATES)
    metrics.set("regoose_server_state", { state }, state === service.state ? 1 : 0);
}

/** Counts answers and their time. Streams last as long as their run: no time is taken of them. */
export function observeRequests(app: FastifyInstance, metrics: ServerMetrics): void {
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
