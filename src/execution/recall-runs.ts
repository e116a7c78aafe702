import type { ForwardClock } from "../kernel/clock.ts";
import { shortHash } from "../kernel/hash.ts";
import type { RunReports } from "../ports/run-reports.ts";
import type { TestRunner, TestRunRequest } from "../ports/runner.ts";

/**
 * The same runner, which keeps what its runs report and hears of an interrupted process what that one had heard: a run
 * is told apart by everything that goes into it, and by how many of the same came before, so that a re-run is never
 * answered by the run that it is to confirm. The clock is moved on by what the run had taken, so that whoever judges by
 * time left judges as before.
 */
export function recallRuns(
  runner: TestRunner,
  { reports, clock }: { readonly reports: RunReports; readonly clock: ForwardClock },
): TestRunner {
  const startedMs = clock.monotonic();
  const nameNext = createNames();
  return {
    runner: runner.runner,
    async run(request, options) {
      const name = nameNext(request);
      const known = reports.find(name);
      if (known !== null) {
        options.signal.throwIfAborted();
        clock.forwardTo(startedMs + known.atMs);
        return known.report;
      }
      const report = await runner.run(request, options);
      // What a limit or a signal ended says more of the machine than of the tests.
      const cameToItsEnd = report.end.kind !== "timed-out" && report.end.kind !== "killed";
      if (cameToItsEnd && !options.signal.aborted) {
        await reports.add(name, { report, atMs: clock.monotonic() - startedMs });
      }
      return report;
    },
  };
}

/** Names of requests: their content, but for the time that is left to them, and an ordinal. */
function createNames(): (request: TestRunRequest) => string {
  const overlays = new WeakMap<object, string>();
  const counts = new Map<string, number>();
  const hashOverlay = (overlay: TestRunRequest["overlay"]): string => {
    const known = overlays.get(overlay);
    if (known !== undefined) return known;
    // Builds are large, and each is asked for many times.
    const hash = shortHash(JSON.stringify(Object.entries(overlay).sort(byPath)), 64);
    overlays.set(overlay, hash);
    return hash;
  };
  return ({ testFiles, run, overlay, mode, timeZone, clockShiftMs, identity = "first" }) => {
    const files = Object.entries(testFiles).sort(byPath);
    const content = [files, run, hashOverlay(overlay), mode, timeZone, clockShiftMs, identity];
    const hash = shortHash(JSON.stringify(content), 64);
    const count = counts.get(hash) ?? 0;
    counts.set(hash, count + 1);
    return `${hash}#${String(count)}`;
  };
}

function byPath([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}
