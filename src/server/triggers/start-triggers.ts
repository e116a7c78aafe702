import type { DoctorCheck } from "../../app/check.ts";
import type { AuditLog } from "../../app/serve/audit-log.ts";
import type { ServerMetrics } from "../../app/serve/server-metrics.ts";
import type { TriggerRecord, TriggerRule } from "../../contract/triggers.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Sampler } from "../metrics.ts";
import { createTriggerEngine, type TriggerActions, type TriggerState } from "./trigger-engine.ts";

export interface TriggerLoopDeps {
  readonly clock: Clock;
  readonly metrics: Pick<ServerMetrics, "read" | "count">;
  readonly sampler: Pick<Sampler, "sample">;
  readonly actions: TriggerActions;
  readonly audit: AuditLog;
}

/** Rules that are being looked at. Disposing ends that. */
export interface Triggers extends AsyncDisposable {
  /** What `/health` shows. */
  view(): {
    readonly rules: readonly TriggerState[];
    /** What they did last, the newest first. */
    readonly audit: readonly TriggerRecord[];
  };
  /** One check for each rule that is not quiet. */
  checks(): readonly DoctorCheck[];
}

const EVERY_MS = 2_000;
/** How much of the audit log is shown; all of it is in its file. */
const SHOWN_RECORDS = 20;

/** Samples and looks at the rules every two seconds. */
export function startTriggers(deps: TriggerLoopDeps, rules: readonly TriggerRule[]): Triggers {
  const { clock, metrics, sampler, actions, audit } = deps;
  const recent: TriggerRecord[] = [];
  const record = async (one: TriggerRecord): Promise<void> => {
    recent.unshift(one);
    recent.length = Math.min(recent.length, SHOWN_RECORDS);
    metrics.count("regoose_triggers_total", { rule: one.rule, outcome: one.outcome });
    const isKept = await audit.append(one);
    if (!isKept) metrics.count("regoose_telemetry_dropped_total", { signal: "audit" });
  };
  const read: TriggerLoopDeps["metrics"]["read"] = (metric, labels) => metrics.read(metric, labels);
  const engine = createTriggerEngine({ clock, read, actions, record }, rules);
  const over = new AbortController();
  const loop = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(EVERY_MS, over.signal);
      // Old values would be taken for new ones: without a look there is nothing to go by.
      const isFresh = await sampler.sample().then(
        () => true,
        () => false,
      );
      if (isFresh) await engine.evaluate();
    }
  };
  const ended = loop().catch(() => undefined);
  return {
    view: () => ({ rules: engine.states(), audit: [...recent] }),
    checks: () =>
      engine
        .states()
        .filter(({ state }) => state !== "quiet")
        .map((state) => toCheck(state, recent)),
    async [Symbol.asyncDispose]() {
      over.abort(new Error("the server stops"));
      await ended;
    },
  };
}

function toCheck(
  { rule, state, value }: TriggerState,
  recent: readonly TriggerRecord[],
): DoctorCheck {
  const { name, metric, condition, threshold } = rule;
  const last = recent.find((one) => one.rule === name);
  const did = last === undefined ? "" : `; ${last.outcome} at ${last.at}: ${last.detail}`;
  return {
    name: `trigger ${name}`,
    status: state === "pending" ? "ok" : "warning",
    detail: `${state}: ${metric} is ${String(value)}, the threshold is ${condition} ${threshold}${did}`,
    fix: state === "held" ? "remove the cause; the work goes on by itself" : null,
  };
}
