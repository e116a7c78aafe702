import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../../src/contract/run-record.ts";
import type { StoredSpan } from "../../../src/contract/trace.ts";
import { toRunIds } from "../../../src/telemetry/ids.ts";
import {
  buildTree,
  checkTrace,
  mergeSpans,
  parseTrace,
} from "../../../src/telemetry/tracing/trace-tree.ts";

const RUN = "20261127-000000-abcdef";
const { traceId, rootId } = toRunIds(RUN);

const aSpan = (spanId: string, parts: Partial<StoredSpan> = {}): StoredSpan => ({
  traceId,
  spanId: spanId.padStart(16, "0"),
  parentId: rootId,
  name: `span ${spanId}`,
  start: 1000,
  end: 2000,
  status: "ok",
  attributes: {},
  events: [],
  ...parts,
});
const ROOT = aSpan(rootId, { parentId: null, name: "run" });

const aRecord = (name: string, data: RunRecord["data"]): RunRecord => ({
  sequence: 1,
  epoch: 1,
  at: "",
  name,
  data,
});

describe("completeness of a trace", () => {
  test("holds for one connected tree with a span for each Action that ended", () => {
    const action = aSpan("a", { attributes: { "regoose.step": "admit", "regoose.attempt": 2 } });
    const records = [
      aRecord("action-start", { step: "admit", attempt: 2 }),
      aRecord("action-end", { step: "admit", attempt: 2 }),
      aRecord("action-end", { step: "propose", takenFrom: "another run" }),
    ];
    expect(checkTrace(RUN, [ROOT, action], records)).toEqual([]);
  });

  test.each<[string, readonly StoredSpan[], RegExp]>([
    ["no root", [aSpan("a")], /0 roots/u],
    ["a second root", [ROOT, aSpan("a", { parentId: null })], /2 roots/u],
    ["an orphan", [ROOT, aSpan("a", { parentId: "f".repeat(16) })], /nowhere/u],
    ["a span of another trace", [ROOT, aSpan("a", { traceId: "0".repeat(32) })], /another trace/u],
    ["an end before its start", [ROOT, aSpan("a", { end: 999 })], /before it starts/u],
    ["a span without an end", [ROOT, aSpan("a", { end: null })], /no end/u],
    [
      "a cycle",
      [
        ROOT,
        aSpan("a", { parentId: "b".padStart(16, "0") }),
        aSpan("b", { parentId: "a".padStart(16, "0") }),
      ],
      /cycle/u,
    ],
  ])("misses nothing: %s", (_name, spans, problem) => {
    expect(checkTrace(RUN, spans, []).join("\n")).toMatch(problem);
  });

  test("misses a span of an attempt, whether it ended well or not", () => {
    const records = [
      aRecord("action-end", { step: "prepare", attempt: 1 }),
      aRecord("action-fail", { step: "admit", attempt: 1 }),
    ];
    expect(checkTrace(RUN, [ROOT], records)).toEqual([
      "there is no span for step prepare, attempt 1",
      "there is no span for step admit, attempt 1",
    ]);
    expect(checkTrace(RUN, [ROOT], records, { mayBeCut: true })).toEqual([]);
  });
});

describe("a stored trace", () => {
  test("makes one span of the lines of several processes", () => {
    const first = { ...ROOT, end: null, status: "unset" as const };
    const spans = mergeSpans([first, { ...ROOT, start: 5000, end: 9000, status: "error" }]);
    expect(spans).toEqual([{ ...ROOT, start: 1000, end: 9000, status: "error" }]);
  });

  test("gives a span that was killed the end of what it held", () => {
    const tree = buildTree([
      { ...ROOT, end: null },
      aSpan("b", { start: 1500, end: 1800 }),
      aSpan("a", { start: 1100, end: 2500 }),
    ]);
    expect(tree).toMatchObject({ end: 2500, isCut: true });
    expect(tree?.children.map(({ name }) => name)).toEqual(["span a", "span b"]);
  });

  test("skips lines that are torn, strange or too large", () => {
    const good = JSON.stringify(ROOT);
    const lines = [
      good,
      good.slice(0, 40),
      "null",
      JSON.stringify({ ...ROOT, spanId: "../etc" }),
      JSON.stringify({ ...ROOT, extra: 1 }),
      JSON.stringify({ ...ROOT, name: "x".repeat(10_000) }),
    ];
    expect(parseTrace(lines.join("\n"))).toEqual([ROOT]);
  });
});
