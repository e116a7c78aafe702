import type { TestRunner } from "../ports/runner.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** The same runner, with a span and a measurement for each run. */
export function observeRunner(runner: TestRunner, telemetry: Telemetry): TestRunner {
  const name = runner.runner;
  return {
    runner: name,
    run: (request, options) => {
      const mode = request.mode.kind;
      const attributes = {
        "runner.name": name,
        "runner.mode": mode,
        "runner.files": request.run.length,
        "runner.timeout_ms": Math.round(request.timeoutMs),
      };
      return telemetry.span("runner.run", attributes, async (span) => {
        const count = (end: string): void => {
          telemetry.count("regoose_test_runs_total", { runner: name, mode, end });
        };
        try {
          const report = await runner.run(request, options);
          const { end, tests, pairs, durationMs } = report;
          span.set({ "runner.end": end.kind, "runner.tests": tests.length });
          if (pairs.length > 0) span.set({ "runner.pairs": pairs.length });
          count(end.kind);
          telemetry.observe("regoose_test_run_duration_seconds", { mode }, durationMs / 1000);
          if (end.kind === "broken") {
            telemetry.logger("runner").warn("a run of the test runner is broken", {
              mode,
              detail: end.detail,
            });
          }
          return report;
        } catch (failure) {
          count("failed");
          throw failure;
        }
      });
    },
  };
}
