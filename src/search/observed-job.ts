import type { Telemetry } from "../ports/telemetry.ts";
import {
  runJobProcess,
  type JobEnd,
  type JobProcessDeps,
  type JobProcessOptions,
} from "./job-process.ts";
import type { Job, WorkerMessage } from "./protocol.ts";
import type { BuildName } from "./workspace.ts";

/** What only executing a program brings; a beat does with a number above 0. */
const FRUITS: ReadonlySet<WorkerMessage["kind"]> = new Set([
  "items",
  "kills",
  "measured",
  "shrunk",
  "recorded",
]);

/**
 * Runs one job in a span, with the time to load the target and the time to work on it below. Both are read off
 * the process's own messages as they come in: a clock inside would be the target's to set.
 */
export function runObservedJob(
  telemetry: Telemetry,
  deps: JobProcessDeps,
  job: Job,
  options: JobProcessOptions & { readonly build: BuildName },
): Promise<JobEnd> {
  const attributes = {
    "search.job": job.kind,
    "search.build": options.build,
    "search.limit": job.limit.kind,
  };
  return telemetry.span("search.job", attributes, async (span) => {
    let part = telemetry.start("search.load", { "search.modules": job.modules.length });
    let isUseful = false;
    const count = (outcome: string): void => {
      telemetry.count("regoose_search_jobs_total", { job: job.kind, outcome });
    };
    try {
      const end = await runJobProcess(deps, job, {
        ...options,
        onMessage(message) {
          if (message.kind === "ready") {
            part.end();
            part = telemetry.start("search.work", {});
          }
          if (!isUseful && isFruitful(message)) {
            isUseful = true;
            telemetry.logger("search").debug("a search process has executed programs");
          }
          options.onMessage(message);
        },
      });
      count(end.kind);
      telemetry.count("regoose_search_executions_total", {}, end.executions);
      span.set({ "search.executions": end.executions });
      if (end.kind === "lost") {
        span.set({ "search.detail": end.detail });
        span.fail("SearchProcessLost");
        telemetry.logger("search").warn("a search process was lost", { detail: end.detail });
      }
      return end;
    } catch (failure) {
      count("failed");
      throw failure;
    } finally {
      part.end();
    }
  });
}

function isFruitful(message: WorkerMessage): boolean {
  if (message.kind === "beat" || message.kind === "done") return message.executions > 0;
  return FRUITS.has(message.kind);
}
