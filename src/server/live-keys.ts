import { availableParallelism } from "node:os";

import type { ServerParts } from "../app/serve/server-parts.ts";
import type { ServerValues } from "../config/server/server-keys.ts";
import type { JobService } from "./job-service.ts";
import type { QueueLimits } from "./run-queue.ts";

/**
 * Puts into effect what counts at once. `server.runLog` is read where a run is followed, which is at once, too; what
 * else a server goes by it reads when it starts.
 */
export function applyLiveKeys(
  { log, service }: Pick<ServerParts, "log"> & { readonly service: Pick<JobService, "setLimits"> },
  server: ServerValues,
): void {
  log.setLevels(server.log);
  service.setLimits(toQueueLimits(server));
}

/** A run uses several processes itself. */
export function toQueueLimits({
  concurrency,
  queue,
}: Pick<ServerValues, "concurrency" | "queue">): QueueLimits {
  return {
    concurrency: concurrency ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    waiting: queue,
  };
}
