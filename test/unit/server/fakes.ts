import type { HandOver } from "../../../src/app/serve/hand-over.ts";
import type { Job, JobRequest } from "../../../src/contract/job.ts";
import type { RunRecord } from "../../../src/contract/run-record.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { JobJournal } from "../../../src/ports/job-journal.ts";
import { NO_TELEMETRY, type Logger } from "../../../src/ports/telemetry.ts";
import type { RunProcessEnding, RunProcesses } from "../../../src/ports/run-processes.ts";
import { JobService } from "../../../src/server/job-service.ts";

/** A journal in memory, and every state that was put into it. */
export interface FakeJournal extends JobJournal {
  readonly written: Job[];
  readonly answers: Map<string, string>;
  isBroken: boolean;
}

export function aJournal(found: readonly Job[] = [], epoch = 1): FakeJournal {
  const written: Job[] = [];
  const answers = new Map<string, string>();
  return {
    epoch,
    found,
    written,
    answers,
    isBroken: false,
    async put(job) {
      await Promise.resolve();
      if (this.isBroken) throw new Error("the disk is gone");
      written.push(job);
    },
    putAnswer: (id, text) => Promise.resolve(void answers.set(id, text)),
    getAnswer: (id) => Promise.resolve(answers.get(id) ?? null),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** One process that a fake started. */
export interface FakeProcess {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly owner: string;
  readonly signals: string[];
  end(ending: Partial<RunProcessEnding>): void;
}

export interface FakeProcesses extends RunProcesses {
  readonly started: FakeProcess[];
  readonly orphans: string[];
  /** Owner → the run that it works on. */
  readonly runs: Map<string, { runId: string; records: RunRecord[] }>;
  /** Run and levels, in the order in which they were set. */
  readonly levels: (readonly [string, string])[];
  /** Run → when it gave a sign of life. */
  readonly signs: Map<string, number>;
}

/** Processes that end when the test says so, and on SIGINT as `generate` does. */
export function someProcesses(): FakeProcesses {
  const started: FakeProcess[] = [];
  const orphans: string[] = [];
  const runs: FakeProcesses["runs"] = new Map();
  const signs: FakeProcesses["signs"] = new Map();
  const levels: FakeProcesses["levels"] = [];
  return {
    levels,
    signs,
    started,
    orphans,
    runs,
    start(args, cwd, environment) {
      let end: (ending: RunProcessEnding) => void = () => undefined;
      const ended = new Promise<RunProcessEnding>((resolve) => (end = resolve));
      const process: FakeProcess = {
        args,
        cwd,
        environment,
        owner: `${1_000 + started.length}:1`,
        signals: [],
        end: (ending) => {
          end({ exitCode: 0, signal: null, stdout: "", stderrTail: "", ...ending });
        },
      };
      started.push(process);
      return Promise.resolve({
        owner: process.owner,
        ended,
        interrupt() {
          process.signals.push("SIGINT");
          process.end({ exitCode: 130, stdout: CANCELLED });
        },
        kill() {
          process.signals.push("SIGKILL");
          process.end({ exitCode: null, signal: "SIGKILL" });
        },
      });
    },
    endOrphan: (owner) => Promise.resolve(void orphans.push(owner)),
    readProgress: (_project, owner) => Promise.resolve(runs.get(owner) ?? null),
    setLogLevels(_project, runId, text) {
      levels.push([runId, text]);
      return Promise.resolve();
    },
    readSign: (_project, runId) => Promise.resolve(signs.get(runId) ?? null),
  };
}

export const SUCCEEDED: string = JSON.stringify({
  ok: true,
  data: { runId: "20260101-000000-aaaaaa", outcome: "succeeded" },
  error: null,
});

export const CANCELLED: string = toFailure("RGS-1300", "Interrupted", "cancelled");

export function toFailure(code: string, name: string, errorClass: string): string {
  return JSON.stringify({
    ok: false,
    data: null,
    error: { code, name, class: errorClass, message: "as it was", runId: null },
  });
}

export function aRequest(project = "/p"): JobRequest {
  return { project, targets: [], flags: {} };
}

export function aJob(number: number, change: Partial<Job> = {}): Job {
  return {
    id: `r${String(number).padStart(9, "0")}`,
    status: "queued",
    request: aRequest(`/p${String(number)}`),
    key: null,
    submittedAt: "2026-01-01T00:00:00.000Z",
    startedAt: null,
    endedAt: null,
    owner: null,
    runId: null,
    isCancelAsked: false,
    error: null,
    ...change,
  };
}

export const SILENT: Logger = NO_TELEMETRY.logger("server");

/** Hands every run a variable that names its job. */
export const handOver: HandOver = (jobId) =>
  Promise.resolve({
    environment: { HANDED: jobId },
    logLevels: "info",
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });

/** A service over fakes that has taken up what its journal held. */
export async function aService(
  options: {
    readonly found?: readonly Job[];
    concurrency?: number;
    waiting?: number;
    readonly logLevels?: () => string;
  } = {},
): Promise<{
  readonly service: JobService;
  readonly journal: FakeJournal;
  readonly processes: FakeProcesses;
}> {
  const journal = aJournal(options.found);
  const processes = someProcesses();
  const { logLevels = (): string => "" } = options;
  const service = new JobService(
    { clock: createSystemClock(), journal, processes, handOver, logLevels, log: SILENT },
    { concurrency: options.concurrency ?? 2, waiting: options.waiting ?? 2 },
  );
  await service.recover();
  return { service, journal, processes };
}
