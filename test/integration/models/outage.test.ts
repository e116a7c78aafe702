import { describe, expect, test } from "vitest";
import { OUTAGES, runOutage } from "../../../bench/models/outage-run.ts";
import { toScrape } from "../../e2e/support/metrics.ts";

/** The minute of `npm run bench:outage`, scaled down; in made time it is whole in test/unit/adapters/llm/outage.test.ts. */
const PLAN = {
  ...{ beforeMs: 1_000, outageMs: 4_000, afterMs: 9_000, everyMs: 250 },
  firstTokenMs: 2_000,
};

describe("a provider that goes away and comes back, on real connections", () => {
  test.concurrent.each(OUTAGES)(
    "%s: calls go on to the other one at once, and come back",
    async (outage) => {
      const { calls, recoveryMs, stalledMs, metrics } = await runOutage(outage, PLAN);

      expect(calls.map(({ problem }) => problem).filter((one) => one !== null)).toEqual([]);
      expect(calls[0]).toMatchObject({ phase: "before", by: "openai" });
      const met = calls.flatMap(({ fallbackMs }) => (fallbackMs === null ? [] : [fallbackMs]));
      expect(met.length).toBeGreaterThan(0);
      const ownMs = outage === "hang" ? PLAN.firstTokenMs : 0;
      // A machine so busy that this process stands still is no slowness of the router's.
      expect(Math.max(...met)).toBeLessThan(ownMs + 2_000 + 3 * stalledMs);
      expect(recoveryMs).not.toBeNull();

      const { value } = toScrape(metrics);
      const count = (state: string): number =>
        value(`regoose_model_breaker_transitions_total{provider="openai",state="${state}"}`) ?? 0;
      expect(count("open")).toBeGreaterThan(0);
      expect(count("half-open")).toBeGreaterThan(0);
      expect(count("closed")).toBeGreaterThan(0);
      expect(
        value('regoose_model_fallbacks_total{provider="openai",class="transient"}'),
      ).toBeGreaterThanOrEqual(met.length);
    },
  );
});
