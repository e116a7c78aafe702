import { isSentenceOf, type RungId } from "../contract/to-sentence.ts";
import type { RunRecord } from "../contract/run-record.ts";
import { findLostTime } from "./find-lost-time.ts";

/** One possible reason why a run ended as it did. */
export interface Cause {
  /** Stable name, such as `process-died`. */
  readonly id: string;
  /** One sentence. */
  readonly summary: string;
  /** Lines of the log, or measured facts, that speak for it. */
  readonly evidence: readonly string[];
  /** The command to type next, or what to do. */
  readonly next: string;
  /** 0 to 100: how much speaks for it. */
  readonly weight: number;
}

/** What a diagnosis looks at. Sentences and counts come from the stored result, where there is one. */
export interface RunEvidence {
  readonly runId: string;
  readonly records: readonly RunRecord[];
  /** A live process works on it. */
  readonly isOwned: boolean;
  /** That process is stopped, and does nothing until somebody continues it. */
  readonly isSuspended: boolean;
  /** How often the log was claimed. */
  readonly epoch: number;
  /** Part of the log that was damaged and cut off. */
  readonly hasDamage: boolean;
  /** Results named by the log that cannot be read: step → why. */
  readonly damaged: ReadonlyMap<string, string>;
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
  readonly tests: number | null;
  readonly findings: number;
  readonly rejected: Readonly<Record<string, number>>;
  /** One rejected candidate a reason, in words. */
  readonly examples: Readonly<Record<string, string>>;
  readonly mutants: { readonly notRun: number; readonly total: number } | null;
}

/** Names the causes that something speaks for, the likeliest first. Never empty. */
export function diagnose(evidence: RunEvidence): readonly Cause[] {
  const causes = [
    ...ofFailure(evidence),
    ...ofEnding(evidence),
    ...ofStorage(evidence),
    ...ofRetries(evidence),
    ...ofDegradations(evidence),
    ...ofLostTime(evidence),
    ...ofRejections(evidence),
  ];
  if (causes.length > 0) return causes.sort((left, right) => right.weight - left.weight);
  return [
    {
      id: "all-well",
      summary: "nothing went wrong: the run did what it was asked to do",
      evidence: toLines(evidence, ({ name }) => name === "run-end"),
      next: `regoose report ${evidence.runId}`,
      weight: 1,
    },
  ];
}

/** The error that ended the run, from its last start or resume on. */
function ofFailure({ runId, records }: RunEvidence): readonly Cause[] {
  const end = lastOf(records, "run-end");
  const code = toText(end?.data["code"]);
  if (end === null || code === "" || end.data["outcome"] === "cancelled") return [];
  const step = lastOf(records, "action-fail");
  const at = step === null ? "" : ` in the step "${toText(step.data["step"])}"`;
  return [
    {
      id: code,
      summary: `the run ended with ${code}${at}: ${toMeaning(toText(end.data["message"]))}`,
      evidence: [...(step === null ? [] : [toLine(step)]), toLine(end)],
      next: toText(end.data["hint"]) || `regoose resume ${runId}`,
      weight: 100,
    },
  ];
}

/** The run's own folders are its own to remove: where one is missing, it was somebody else. */
const OWN_FOLDER = /\/regoose-[a-z]+-\d+-/u;
const MISSING = /is not there|ENOENT|no such file/iu;

function toMeaning(message: string): string {
  if (!OWN_FOLDER.test(message) || !MISSING.test(message)) return message;
  return `${message}; something removed the run's folder in the temporary folder while it worked`;
}

function ofEnding(evidence: RunEvidence): readonly Cause[] {
  const { runId, records, isOwned } = evidence;
  const end = lastOf(records, "run-end");
  if (records.length === 0) {
    return [
      {
        id: "never-began",
        summary:
          "nothing is written down of the run: its process died at once, or its folder in .regoose was removed while it went on",
        evidence: ["the log is empty"],
        next: "regoose generate",
        weight: 95,
      },
    ];
  }
  if (end?.data["outcome"] === "cancelled") {
    return [
      {
        id: "stopped",
        summary: `the run was stopped by ${toSignal(toText(end.data["message"]))}`,
        evidence: [toLine(end)],
        next: `regoose resume ${runId}`,
        weight: 95,
      },
    ];
  }
  if (end !== null) return [];
  const last = records.at(-1);
  const where = last === undefined ? [] : [`the last line of its log: ${toLine(last)}`];
  if (isOwned && evidence.epoch > (last?.epoch ?? 0)) return [toTakenOver(evidence, where)];
  if (evidence.isSuspended) return [toSuspended(where)];
  return isOwned
    ? [
        {
          id: "running",
          summary: "the run has not ended: a live process works on it",
          evidence: where,
          next: `regoose runs show ${runId}`,
          weight: 95,
        },
      ]
    : [
        {
          id: "process-died",
          summary: "the process died without a word: kill -9, no memory left, or a power cut",
          evidence: [...where, "the log has no end, and its owner is not alive"],
          next: `regoose resume ${runId}`,
          weight: 90,
        },
      ];
}

function toSuspended(where: readonly string[]): Cause {
  return {
    id: "suspended",
    summary:
      "the run's process is suspended (Ctrl-Z, SIGSTOP or a debugger): it is alive and does nothing until it is continued",
    evidence: where,
    next: "fg in its terminal, or kill -CONT with its process id",
    weight: 95,
  };
}

/** Who takes a run over says so in the log at once, unless something keeps it from that. */
function toTakenOver({ runId, epoch }: RunEvidence, where: readonly string[]): Cause {
  return {
    id: "taken-over",
    summary:
      "another process has taken the run over, so that the one before may write no more; the new owner is alive and " +
      "has written nothing yet",
    evidence: [...where, `owner-${String(epoch)} in the folder of the run names the new owner`],
    next: `regoose runs show ${runId}`,
    weight: 95,
  };
}

const SIGNALS: Readonly<Record<string, string>> = {
  SIGINT: "Ctrl-C (SIGINT)",
  SIGTERM:
    "SIGTERM: something asked it to end, such as `kill`, a time limit of CI, or a server that cancelled the run or " +
    "was stopped itself",
  SIGHUP: "SIGHUP: its terminal was closed",
};

function toSignal(message: string): string {
  const name = /\bSIG[A-Z0-9]+\b/u.exec(message)?.[0] ?? "";
  return SIGNALS[name] ?? (name === "" ? "a signal (Ctrl-C, TERM)" : name);
}

function ofStorage({ runId, records, hasDamage, damaged }: RunEvidence): readonly Cause[] {
  const told = lastOf(records, "run-resume")?.data["damaged"];
  const inLog = typeof told === "object" && told !== null ? Object.entries(told) : [];
  const found = new Map([
    ...inLog.map(([step, why]): [string, string] => [step, toText(why)]),
    ...damaged,
  ]);
  return [
    ...[...found].map(([step, why]): Cause => ({
      id: "result-damaged",
      summary: `the stored result of the step "${step}" cannot be read, so the step is done again`,
      evidence: [why],
      next: `regoose resume ${runId}`,
      // Work that was done again took the time of what came after it.
      weight: damaged.has(step) ? 97 : 75,
    })),
    ...(hasDamage
      ? [
          {
            id: "log-damaged",
            summary: "part of the run's log was damaged and does not count",
            evidence: ["lines of events.ndjson do not fit their checksums, or were cut off before"],
            next: `regoose resume ${runId}`,
            // An end that cannot be read looks like none.
            weight: lastOf(records, "run-end") === null ? 96 : 55,
          },
        ]
      : []),
  ];
}

function ofRetries({ runId, records }: RunEvidence): readonly Cause[] {
  const retried = records.filter(
    ({ name, data }) => name === "action-fail" && typeof data["retryInMs"] === "number",
  );
  const [first] = retried;
  if (first === undefined) return [];
  return [
    {
      id: "retried",
      summary: `${String(retried.length)} attempts failed and were made again: ${toText(first.data["message"])}`,
      evidence: retried.slice(0, 3).map(toLine),
      next: `regoose runs show ${runId}`,
      weight: 40,
    },
  ];
}

/** These leave the search with less to go by, or the suite less tidy; what a run came to seldom hangs on them. */
const LESSER: readonly RungId[] = [
  ...(["types-of-file", "types-partial", "file-too-large", "files-cut"] as const),
  "suite-unformatted",
];

/** What was left out, in the order the run told it: the first is what the others often come from. */
function ofDegradations(evidence: RunEvidence): readonly Cause[] {
  const { runId, degradations, mutants } = evidence;
  const told = degradations
    .filter((sentence) => !isSentenceOf("nothing-found", sentence))
    .map((sentence, index): Cause => ({
      id: "left-out",
      summary: sentence,
      evidence: ["data.degradations of the run"],
      next: `regoose report ${runId}`,
      weight: Math.max(30, (isLesser(sentence) ? 45 : 70) - 5 * index),
    }));
  if (mutants === null || mutants.notRun <= mutants.total / 10) return told;
  return [
    ...told.filter(({ summary }) => !summary.includes("mutants were not run")),
    {
      id: "time-ended",
      summary: "time ended before every mutant was tried on the suite",
      evidence: [`${String(mutants.notRun)} of ${String(mutants.total)} mutants were not run`],
      next: `regoose rerun ${runId} --from propose --max-time 120s`,
      weight: 50,
    },
  ];
}

function isLesser(sentence: string): boolean {
  return LESSER.some((id) => isSentenceOf(id, sentence));
}

/** A step that took the time of all that came after it; what the run says of that step goes with it. */
function ofLostTime(evidence: RunEvidence): readonly Cause[] {
  const { runId, records, tests, rejected, degradations } = evidence;
  if (tests !== 0 || lastOf(records, "run-end") === null) return [];
  const lost = findLostTime(records, (rejected["not-tried"] ?? 0) > 0);
  if (lost === null) return [];
  const told = degradations.filter(
    (one) => lost.step === "baseline" && isSentenceOf("baseline-unknown", one),
  );
  return [
    {
      id: "time-lost",
      summary: [lost.summary, ...told].join("; "),
      evidence: [toLine(lost.record)],
      next: `regoose rerun ${runId} --max-time 180s`,
      weight: 87,
    },
  ];
}

/** What a reason that rejected most candidates says about a suite that came out empty. */
const REASONS: Readonly<Record<string, readonly [summary: string, next: string]>> = {
  "adds-nothing": [
    "the existing tests and the accepted ones have all that the candidates add",
    "regoose generate --baseline none",
  ],
  "never-red": ["no mutant made the candidates fail", "name another target"],
  "not-tried": ["time ended before the candidates were tried", "regoose generate --max-time 120s"],
  "build-failed": ["the written tests do not load", "regoose report latest"],
  "type-error": ["the written tests do not type-check", "regoose report latest"],
  unstable: ["the target behaves differently from run to run", "regoose report latest"],
  failed: [
    "the target behaves differently in the test runner than in the search",
    "regoose report latest",
  ],
  "unhandled-rejection": [
    "the target leaves errors behind that nobody handles",
    "regoose report latest",
  ],
};

function ofRejections(evidence: RunEvidence): readonly Cause[] {
  const { tests, rejected, examples, records } = evidence;
  if (tests !== 0 || lastOf(records, "run-end") === null) return [];
  const [most] = Object.entries(rejected).sort(([, left], [, right]) => right - left);
  if (most === undefined) return [toNothingProposed(evidence)];
  const [reason, count] = most;
  const [summary, next] = REASONS[reason] ?? [
    `most candidates were rejected: ${reason}`,
    "regoose report latest",
  ];
  return [
    {
      id: `rejected-${reason}`,
      summary: `no test was kept: ${summary}`,
      evidence: [
        `${String(count)} candidates: ${reason}`,
        ...(examples[reason] === undefined ? [] : [examples[reason]]),
      ],
      next,
      weight: 85,
    },
  ];
}

function toNothingProposed({ findings, records }: RunEvidence): Cause {
  const told = lastEndOf(records, "propose")?.data["obstacles"];
  const [first = "", ...others] = Array.isArray(told) ? told.map(toText).filter(Boolean) : [];
  const found = "the search found nothing that a test could be made of";
  return {
    id: "nothing-proposed",
    summary:
      findings > 0
        ? "all that the search found stands under a finding, and is not asserted"
        : first === ""
          ? found
          : `${found}: ${first}`,
    evidence: ["no candidate was proposed", ...others.slice(0, 3)],
    next: first.startsWith("the time ")
      ? "regoose generate --max-time 120s"
      : "name a target with functions that take and return values",
    weight: 85,
  };
}

/** The last end of a step, whichever process brought it about. */
function lastEndOf(records: readonly RunRecord[], step: string): RunRecord | null {
  return (
    records.findLast(({ name, data }) => name === "action-end" && data["step"] === step) ?? null
  );
}

/** The last record of a name since the run was last begun, resumed or reset; null without one. */
function lastOf(records: readonly RunRecord[], name: string): RunRecord | null {
  const from = records.findLastIndex(
    (record) => record.name === "run-resume" || record.name === "run-reset",
  );
  return records.slice(Math.max(0, from)).findLast((record) => record.name === name) ?? null;
}

function toLines(
  { records }: RunEvidence,
  isWanted: (record: RunRecord) => boolean,
): readonly string[] {
  return records.filter(isWanted).map(toLine);
}

function toLine({ at, name, data }: RunRecord): string {
  const shown = ["step", "attempt", "code", "message", "outcome", "tests"].flatMap((key) =>
    data[key] === undefined ? [] : [`${key}=${JSON.stringify(data[key])}`],
  );
  return [at, name, ...shown].join(" ");
}

const toText = (value: unknown): string => (typeof value === "string" ? value : "");
