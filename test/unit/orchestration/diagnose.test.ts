import { describe, expect, test } from "vitest";
import type { RunEvent, RunRecord } from "../../../src/contract/run-record.ts";
import { toSentence } from "../../../src/contract/to-sentence.ts";
import { diagnose, type RunEvidence } from "../../../src/orchestration/diagnose.ts";

function toRecords(events: readonly RunEvent[]): readonly RunRecord[] {
  return events.map((event, index) => ({
    ...event,
    sequence: index + 1,
    epoch: 1,
    at: "2026-11-27T02:00:00.000Z",
  }));
}

const START = { name: "run-start", data: { target: "." } };
const begin = (step: string): RunEvent => ({ name: "action-start", data: { step, attempt: 1 } });
const fail = (code: string, retryInMs: number | null = null): RunEvent => ({
  name: "action-fail",
  data: { step: "prepare", attempt: 1, code, message: "it broke", retryInMs },
});
const end = (outcome: string, data: RunEvent["data"] = {}): RunEvent => ({
  name: "run-end",
  data: { outcome, ...data },
});

const WELL: RunEvidence = {
  runId: "r",
  records: toRecords([START, end("succeeded", { tests: 3 })]),
  isOwned: false,
  isSuspended: false,
  epoch: 1,
  hasDamage: false,
  damaged: new Map(),
  degradations: [],
  notes: [],
  tests: 3,
  findings: 0,
  rejected: {},
  examples: {},
  mutants: { notRun: 0, total: 20 },
};

const NOTHING_KEPT = {
  records: toRecords([START, end("failed", { tests: 0 })]),
  tests: 0,
} satisfies Partial<RunEvidence>;

/** Fault → what is left of it → the cause that must stand first, and what to type. */
const CASES: readonly (readonly [string, Partial<RunEvidence>, string, string])[] = [
  ["none", {}, "all-well", "regoose report r"],
  ["killed at once", { records: [] }, "never-began", "regoose generate"],
  [
    "killed in a step",
    { records: toRecords([START, begin("admit")]) },
    "process-died",
    "regoose resume r",
  ],
  [
    "still at work",
    { records: toRecords([START, begin("admit")]), isOwned: true },
    "running",
    "regoose runs show r",
  ],
  [
    "Ctrl-C",
    {
      records: toRecords([
        START,
        begin("propose"),
        fail("RGS-1300"),
        end("cancelled", { code: "RGS-1300" }),
      ]),
    },
    "stopped",
    "regoose resume r",
  ],
  [
    "SIGTERM",
    { records: toRecords([START, end("cancelled", { message: "interrupted by SIGTERM" })]) },
    "stopped",
    "regoose resume r",
  ],
  [
    "a process that somebody suspended",
    { records: toRecords([START, begin("propose")]), isOwned: true, isSuspended: true },
    "suspended",
    "fg in its terminal, or kill -CONT with its process id",
  ],
  [
    "another process that took it over",
    { records: toRecords([START, begin("admit")]), isOwned: true, epoch: 2 },
    "taken-over",
    "regoose runs show r",
  ],
  [
    "a damaged result that was done again, for which time ended",
    {
      records: toRecords([
        { name: "run-resume", data: { damaged: { propose: "another hash" } } },
        end("degraded"),
      ]),
      degradations: ["15 of 20 mutants were not run on the written suite."],
      mutants: { notRun: 15, total: 20 },
    },
    "result-damaged",
    "regoose resume r",
  ],
  [
    "no time at all",
    {
      ...NOTHING_KEPT,
      records: toRecords([
        START,
        { name: "action-end", data: { step: "propose", obstacles: ["the time was over"] } },
        end("failed", { tests: 0 }),
      ]),
    },
    "nothing-proposed",
    "regoose generate --max-time 120s",
  ],
  [
    "no sandbox",
    {
      records: toRecords([
        START,
        fail("RGS-7001"),
        end("failed", { code: "RGS-7001", message: "no bubblewrap", hint: "install it" }),
      ]),
    },
    "RGS-7001",
    "install it",
  ],
  [
    "a failure after which it was killed in the next attempt",
    {
      records: toRecords([
        START,
        fail("RGS-7003"),
        end("failed", { code: "RGS-7003" }),
        { name: "run-resume", data: {} },
        begin("prepare"),
      ]),
    },
    "process-died",
    "regoose resume r",
  ],
  [
    "a damaged result",
    { damaged: new Map([["admit", "a stored result is damaged"]]) },
    "result-damaged",
    "regoose resume r",
  ],
  ["a damaged log", { hasDamage: true }, "log-damaged", "regoose resume r"],
  [
    "a log whose end is damaged",
    { hasDamage: true, records: toRecords([START, begin("admit")]) },
    "log-damaged",
    "regoose resume r",
  ],
  [
    "a busy machine",
    { records: toRecords([START, fail("RGS-7003", 200), end("succeeded")]) },
    "retried",
    "regoose runs show r",
  ],
  ["a red suite", { degradations: ["baseline: 2 of 5 are red"] }, "left-out", "regoose report r"],
  [
    "too little time",
    {
      degradations: ["15 of 20 mutants were not run on the written suite."],
      mutants: { notRun: 15, total: 20 },
    },
    "time-ended",
    "regoose rerun r --from propose --max-time 120s",
  ],
  [
    "nothing to test",
    NOTHING_KEPT,
    "nothing-proposed",
    "name a target with functions that take and return values",
  ],
  [
    "an unstable target",
    {
      ...NOTHING_KEPT,
      rejected: { unstable: 9, "never-red": 2 },
      examples: { unstable: "f: 1 !== 2" },
    },
    "rejected-unstable",
    "regoose report latest",
  ],
  [
    "a suite that has it all",
    { ...NOTHING_KEPT, rejected: { "adds-nothing": 5 } },
    "rejected-adds-nothing",
    "regoose generate --baseline none",
  ],
  [
    "another reason",
    { ...NOTHING_KEPT, rejected: { tautology: 2 } },
    "rejected-tautology",
    "regoose report latest",
  ],
];

describe("the first cause", () => {
  test.each(CASES)("of %s", (_fault, left, id, next) => {
    const [first] = diagnose({ ...WELL, ...left });
    expect(first).toMatchObject({ id, next });
    expect(first?.evidence.length).toBeGreaterThan(0);
    expect(first?.summary).toMatch(/\w{3}/u);
  });
});

test.each([
  ["SIGINT", "Ctrl-C"],
  ["SIGTERM", "SIGTERM"],
  ["SIGHUP", "terminal"],
  ["SIGUSR2", "SIGUSR2"],
])("what stopped the run by %s is named", (signal, word) => {
  const records = toRecords([
    START,
    end("cancelled", { message: `interrupted by ${signal}; cut short, since it took long` }),
  ]);
  expect(diagnose({ ...WELL, records })[0]?.summary).toContain(word);
});

test.each([
  "/tmp/regoose-stage-7-99-Qs6f/project is to be shown in the sandbox, but is not there",
  "ENOENT: no such file or directory, open '/tmp/regoose-work-7-99-Qs6f/a.js'",
])("a folder of the run's own that is missing was removed by somebody else: %s", (message) => {
  const of = (text: string): string | undefined =>
    diagnose({
      ...WELL,
      records: toRecords([START, end("failed", { code: "RGS-7002", message: text })]),
    })[0]?.summary;
  expect(of(message)).toContain("something removed the run's folder in the temporary folder");
  expect(of("/home/me/data is to be shown, but is not there")).not.toContain("removed");
  expect(of("/tmp/regoose-stage-7-99-Qs6f is full")).not.toContain("removed");
});

test("what was in the way of every proposal stands in the sentence, and what else there was below it", () => {
  const obstacles = ["a.js spin makes no test: no call of it comes to an end", "b.js too"];
  const records = toRecords([
    START,
    { name: "action-end", data: { step: "propose", obstacles } },
    end("failed", { tests: 0 }),
  ]);
  const told = toSentence("nothing-found", { why: obstacles[0] ?? "" });
  const causes = diagnose({ ...WELL, ...NOTHING_KEPT, records, degradations: [told] });
  expect(causes).toHaveLength(1);
  expect(causes[0]?.summary).toContain("a.js spin makes no test");
  expect(causes[0]?.evidence).toContain("b.js too");
});

test("further causes follow, the likelier first", () => {
  const causes = diagnose({
    ...WELL,
    records: toRecords([START, fail("RGS-7003", 200), end("degraded", { tests: 3 })]),
    degradations: ["first", "second"],
    hasDamage: true,
  });
  expect(causes.map(({ id, summary }) => [id, summary.slice(0, 6)])).toEqual([
    ["left-out", "first"],
    ["left-out", "second"],
    ["log-damaged", "part o"],
    ["retried", "1 atte"],
  ]);
});

test("types that are incomplete come after what the run was without", () => {
  const causes = diagnose({
    ...WELL,
    degradations: [
      toSentence("types-partial", { why: "the type checker was stopped after 5 s" }),
      toSentence("baseline-unknown", { why: "1 of 5 are red" }),
    ],
  });
  expect(causes.map(({ summary }) => summary.slice(0, 5))).toEqual(["basel", "types"]);
});

describe("a step that took the time of those after it", () => {
  const timed = (engine: string): RunEvent => ({
    name: "run-start",
    data: { target: ".", request: { flags: { engine, maxTimeMs: 30_000 } } },
  });
  const done = (step: string, seconds: number, data: RunEvent["data"] = {}): RunEvent => ({
    name: "action-end",
    data: { step, attempt: 1, durationMs: seconds * 1_000, ...data },
  });
  const tell = (events: readonly RunEvent[], more: Partial<RunEvidence> = {}) =>
    diagnose({ ...WELL, tests: 0, records: toRecords([...events, end("failed")]), ...more })[0];

  test("is named, and with the existing tests what became of them", () => {
    const why = "they took longer than 7.5 s, a quarter of the time";
    const first = tell(
      [
        ...[timed("auto"), done("prepare", 4), done("baseline", 27)],
        done("propose", 0, { executions: 0, obstacles: ["the time limit left nothing"] }),
      ],
      { degradations: [toSentence("baseline-unknown", { why })] },
    );
    expect(first?.id).toBe("time-lost");
    expect(first?.summary).toContain("before the search had run a single call");
    expect(first?.summary).toContain('"baseline" (the existing tests) took 27.0 s of the 30.0 s');
    expect(first?.summary).toContain(why);
    expect(first?.evidence[0]).toContain("action-end");
  });

  test("is named where no model was asked, and the search, which was not asked for, is not", () => {
    const first = tell([
      ...[timed("model"), done("prepare", 39), done("propose", 0, { executions: 0 })],
      done("explore", 1, { ended: "time-over", calls: 0 }),
    ]);
    expect(first?.summary).toContain("before a model was asked");
    expect(first?.summary).toContain('"prepare"');
  });

  test("is named where the proof had tried nothing", () => {
    const first = tell([timed("auto"), done("propose", 20, { executions: 90 }), done("admit", 0)], {
      rejected: { "not-tried": 5 },
    });
    expect(first?.summary).toContain("before the candidates were tried");
  });

  test("is not to blame where it took little, nothing was cut off, or there was no limit", () => {
    const idle = done("propose", 0, { executions: 0 });
    for (const events of [
      [timed("auto"), done("prepare", 3), idle],
      [timed("model"), done("prepare", 29), idle],
      [START, done("prepare", 29), idle],
    ])
      expect(tell(events)?.id).toBe("nothing-proposed");
  });
});
