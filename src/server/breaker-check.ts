import type { DoctorCheck } from "../app/check.ts";
import type { ServerMetrics } from "../app/serve/server-metrics.ts";
import { BREAKERS } from "../contract/metrics/labels.ts";

/** The server's own breaker has a check of its own, among those of the rules. */
const OF_RUNS = BREAKERS.filter((call) => call !== "runs");

/** Says which circuit breakers were open when the last run ended: of sandboxes, files, and keys of models. */
export async function checkBreakers(metrics: Pick<ServerMetrics, "read">): Promise<DoctorCheck> {
  const states = await Promise.all(
    OF_RUNS.map(async (call) => {
      const open = await metrics.read("regoose_breaker_state", { call, state: "open" });
      return { call, isOpen: (open ?? 0) > 0 };
    }),
  );
  const open = states.filter(({ isOpen }) => isOpen).map(({ call }) => call);
  const name = "circuit breakers";
  if (open.length === 0)
    return { name, status: "ok", detail: "none was open when the last run ended", fix: null };
  return {
    name,
    status: "warning",
    detail: `open when the last run ended: ${open.join(", ")}`,
    fix: "the run's log says what failed; a model's provider may be away, `regoose llm test` asks it",
  };
}
