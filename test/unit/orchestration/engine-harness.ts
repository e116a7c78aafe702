import type { RunEvent, RunRecord } from "../../../src/contract/run-record.ts";
import { createDeadline } from "../../../src/kernel/clock.ts";
import { sha256 } from "../../../src/kernel/hash.ts";
import { restoreResults } from "../../../src/orchestration/checkpoints.ts";
import { runScenario, type ScenarioEnd } from "../../../src/orchestration/run-scenario.ts";
import { openRunWriter } from "../../../src/orchestration/run-writer.ts";
import type { Scenario } from "../../../src/orchestration/scenario.ts";
import type { AppendOutcome, RunLog } from "../../../src/ports/run-log.ts";
import { NO_TELEMETRY, type Telemetry } from "../../../src/ports/telemetry.ts";
import { createFakeClock, type FakeClock } from "../../../src/testing/fake-clock.ts";

/** The engine on a log and a store in memory. */
export interface EngineBench {
  readonly clock: FakeClock;
  readonly controller: AbortController;
  readonly artifacts: Map<string, string>;
  readonly records: RunRecord[];
  /** What the log answers to every append. */
  answer: AppendOutcome;
  run(scenario: Scenario): Promise<ScenarioEnd>;
  names(): readonly string[];
}

/** `from`: another process worked on the same run before. */
export function createBench(
  options: {
    readonly from?: EngineBench;
    readonly timeMs?: number;
    readonly telemetry?: Telemetry;
  } = {},
): EngineBench {
  const clock = createRestlessClock();
  const { records = [], artifacts = new Map<string, string>() } = options.from ?? {};
  const bench: EngineBench = {
    clock,
    controller: new AbortController(),
    artifacts,
    records,
    answer: "stored",
    async run(scenario) {
      const store = {
        put(_runId: string, text: string): Promise<string> {
          const hash = sha256(text);
          artifacts.set(hash, text);
          return Promise.resolve(hash);
        },
        get: (_runId: string, hash: string) => Promise.resolve(artifacts.get(hash) ?? null),
      };
      const restored = await restoreResults(store, scenario, { runId: "r", records });
      const started = clock.monotonic();
      const deps = {
        clock,
        artifacts: store,
        random: () => 0.5,
        telemetry: options.telemetry ?? NO_TELEMETRY,
      };
      return runScenario(deps, scenario, {
        writer: await openRunWriter(createMemoryLog(bench), "r"),
        restored,
        deadline: createDeadline(clock, options.timeMs ?? Infinity),
        usedMs: () => restored.usedMs + clock.monotonic() - started,
        signal: bench.controller.signal,
      });
    },
    names: () => records.map(({ name }) => name),
  };
  return bench;
}

/** Lets time pass whenever someone waits for it. */
function createRestlessClock(): FakeClock {
  const clock = createFakeClock();
  return {
    ...clock,
    sleep(durationMs, signal) {
      const slept = clock.sleep(durationMs, signal);
      setImmediate(() => {
        if (signal?.aborted !== true) clock.advance(durationMs);
      });
      return slept;
    },
  };
}

function createMemoryLog(bench: EngineBench): RunLog {
  const { records } = bench;
  return {
    claim: () => Promise.resolve({ epoch: 1, sequence: records.length }),
    append(_runId, claim, events: readonly RunEvent[]) {
      if (bench.answer !== "stored") return Promise.resolve(bench.answer);
      for (const event of events) {
        records.push({ ...event, sequence: records.length + 1, epoch: claim.epoch, at: "" });
      }
      return Promise.resolve("stored");
    },
    release: () => Promise.resolve(),
    read: () => Promise.resolve(records),
    epochOf: () => Promise.resolve(1),
    isOwned: () => Promise.resolve(false),
    isSuspended: () => Promise.resolve(false),
  };
}
