import type { Clock } from "../../kernel/clock.ts";
import { RegooseError, toMessage } from "../../kernel/errors.ts";
import type { CallEvent, OutsideCalls } from "../../ports/outside-calls.ts";
import type { Telemetry } from "../../ports/telemetry.ts";

/** Counts how a run ends, and logs its beginning and end; `countWork` counts what came of it, and gives facts for the log. */
export async function observeOutcome<
  Answer extends { readonly data: { readonly outcome: string } },
>(
  deps: {
    readonly telemetry: Telemetry;
    readonly clock: Clock;
    readonly calls: Pick<OutsideCalls, "snapshots">;
    readonly signal: AbortSignal;
  },
  work: () => Promise<Answer>,
  countWork: (answer: Answer) => Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { telemetry, clock, calls, signal } = deps;
  const log = telemetry.logger("run");
  const startedMs = clock.monotonic();
  const count = (outcome: string): void => {
    const seconds = (clock.monotonic() - startedMs) / 1000;
    telemetry.count("regoose_runs_total", { outcome });
    telemetry.observe("regoose_run_duration_seconds", { outcome }, seconds);
    for (const { name, breaker } of calls.snapshots()) {
      telemetry.shift("regoose_breaker_state", { call: name, state: breaker }, 1);
    }
  };
  log.info("the run begins");
  const onStop = (): void => {
    const why: unknown = signal.reason;
    if (why instanceof RegooseError && why.errorClass === "defect")
      log.error(why.message, { code: why.code, hint: why.hint });
  };
  signal.addEventListener("abort", onStop, { once: true });
  try {
    const answer = await work();
    const { outcome } = answer.data;
    count(outcome);
    log.info("the run has ended", { outcome, ...countWork(answer) });
    return answer;
  } catch (failure) {
    const outcome = isStopped(signal) ? "cancelled" : "failed";
    count(outcome);
    const code = failure instanceof RegooseError ? failure.code : null;
    log.error("the run has failed", { outcome, code, error: toMessage(failure) });
    throw failure;
  } finally {
    signal.removeEventListener("abort", onStop);
  }
}

/** Whether somebody stopped the run; a defect of ours did not. */
export function isStopped(signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  const why: unknown = signal.reason;
  return !(why instanceof RegooseError && why.errorClass === "defect");
}

/** Logs and counts a call out of the process that did not work at once. */
export function observeCall(telemetry: Telemetry, { name, data }: CallEvent): void {
  telemetry.logger("run").warn("a call out of the process failed", { ...data });
  if (name !== "call-retry") return;
  telemetry.count("regoose_call_retries_total", { call: data.id.split("#")[0] ?? "" });
}
