import type { Machine } from "../../app/serve/machine.ts";
import type { ServerMetrics } from "../../app/serve/server-metrics.ts";
import type { TriggerRule } from "../../contract/triggers.ts";
import type { JobService } from "../job-service.ts";
import type { RunsBreaker } from "./runs-breaker.ts";
import type { Silence } from "./silence-meter.ts";
import type { Fired, TriggerActions } from "./trigger-engine.ts";

export interface ActionDeps {
  readonly service: Pick<JobService, "hold" | "release" | "restart">;
  readonly machine: Pick<Machine, "sweep" | "probe">;
  readonly breaker: RunsBreaker;
  readonly metrics: Pick<ServerMetrics, "count">;
  /** Of the look that made the rule due. */
  readonly silences: () => readonly Silence[];
}

/** How many swept things are named in the audit log. */
const MOST_NAMED = 5;

/** What a server can do by itself. */
export function createTriggerActions(deps: ActionDeps): TriggerActions {
  return {
    fire(rule) {
      switch (rule.action) {
        case "hold-work":
          return Promise.resolve(holdWork(deps, rule));
        case "restart-run":
          return Promise.resolve(restartRuns(deps, rule));
        case "sweep-orphans":
          return sweep(deps);
        case "probe-sandbox":
          return probe(deps, rule);
        case "report":
          return Promise.resolve({ detail: "nothing was done, as the rule says", isHeld: false });
      }
    },
    release(name) {
      deps.service.release(name);
    },
  };
}

function holdWork(
  { service }: ActionDeps,
  { name, metric, condition, threshold }: TriggerRule,
): Fired {
  service.hold(name, `${name}: ${metric} is ${condition} ${threshold}`);
  return { detail: "no runs are taken or started until it has passed", isHeld: true };
}

function restartRuns(
  { service, silences, metrics }: ActionDeps,
  { threshold }: TriggerRule,
): Fired {
  const restarted = silences()
    .filter(({ seconds }) => seconds > threshold)
    .flatMap(({ id, seconds }) => {
      const why = `it gave no sign of life for ${Math.round(seconds)} s`;
      return service.restart(id, why) ? [`${id} after ${Math.round(seconds)} s`] : [];
    });
  if (restarted.length > 0) metrics.count("regoose_run_restarts_total", {}, restarted.length);
  const detail =
    restarted.length === 0
      ? "no process was there to be ended"
      : `ended the processes of ${restarted.join(", ")}; the runs go on at their last checkpoint`;
  return { detail, isHeld: false };
}

async function sweep({ machine }: ActionDeps): Promise<Fired> {
  const lines = await machine.sweep();
  const named = lines.slice(0, MOST_NAMED).join("; ");
  const more = lines.length > MOST_NAMED ? `; and ${lines.length - MOST_NAMED} more` : "";
  return { detail: lines.length === 0 ? "nothing was left" : named + more, isHeld: false };
}

/** Holds the work before it looks: what starts meanwhile would fail as well. */
async function probe(
  { service, machine, breaker }: ActionDeps,
  { name }: TriggerRule,
): Promise<Fired> {
  service.hold(name, "runs failed for want of a sandbox, and none has been found to work since");
  breaker.state = "half-open";
  const { level, why } = await machine.probe().catch((failure: unknown) => {
    breaker.state = "open";
    throw failure;
  });
  if (level === null) {
    breaker.state = "open";
    return { detail: `no sandbox works (${why}); no runs are taken or started`, isHeld: true };
  }
  breaker.close();
  service.release(name);
  return { detail: `a sandbox of level ${level} works; runs are taken and started`, isHeld: false };
}
