import { expect, test } from "vitest";
import { openServerMetrics } from "../../../src/app/serve/server-metrics.ts";
import { checkBreakers } from "../../../src/server/breaker-check.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";

test("health names the breakers that were open when the last run ended, those of models too", async () => {
  using metrics = await openServerMetrics(createFakeClock());
  expect(await checkBreakers(metrics)).toMatchObject({ name: "circuit breakers", status: "ok" });

  metrics.set("regoose_breaker_state", { call: "models anthropic", state: "open" }, 2);
  metrics.set("regoose_breaker_state", { call: "models google", state: "half-open" }, 1);
  metrics.set("regoose_breaker_state", { call: "sandbox", state: "open" }, 1);
  // A rule of its own watches this one.
  metrics.set("regoose_breaker_state", { call: "runs", state: "open" }, 1);

  expect(await checkBreakers(metrics)).toMatchObject({
    status: "warning",
    detail: "open when the last run ended: sandbox, models anthropic",
  });
});
