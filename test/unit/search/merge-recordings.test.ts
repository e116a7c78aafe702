import { describe, expect, test } from "vitest";

import type { Recording, Snapshot } from "../../../src/contract/snapshot.ts";
import { mergeRecordings } from "../../../src/search/merge-recordings.ts";
import { aRecording } from "./builders.ts";

const one: Snapshot = { kind: "number", value: 1 };
const two: Snapshot = { kind: "number", value: 2 };
const object = (...entries: [string, Snapshot][]): Snapshot => ({
  kind: "object",
  className: "Box",
  entries,
  isPartial: false,
});

describe("two recordings of a program", () => {
  test("that are equal stay as they are", () => {
    expect(mergeRecordings(aRecording(one), aRecording(one))).toEqual(aRecording(one));
  });

  test("that differ in a primitive result make no test", () => {
    expect(mergeRecordings(aRecording(one), aRecording(two))).toBeNull();
  });

  test("keep the entries of an object that agree", () => {
    const merged = mergeRecordings(
      aRecording(object(["id", one], ["at", one])),
      aRecording(object(["id", one], ["at", two])),
    );
    expect(merged?.outcomes[0]).toEqual({
      kind: "returned",
      value: { kind: "object", className: "Box", entries: [["id", one]], isPartial: true },
    });
  });

  test("hold an array with a differing item only by its class", () => {
    const list = (item: Snapshot): Snapshot => ({ kind: "array", items: [item], length: 1 });
    const merged = mergeRecordings(aRecording(one, list(one)), aRecording(one, list(two)));
    expect(merged?.outcomes[1]).toEqual({
      kind: "returned",
      value: { kind: "opaque", className: "Array" },
    });
  });

  test("merge objects inside arrays", () => {
    const list = (item: Snapshot): Snapshot => ({
      kind: "array",
      items: [object(["a", one], ["b", item])],
      length: 1,
    });
    const merged = mergeRecordings(aRecording(list(one)), aRecording(list(two)));
    expect(JSON.stringify(merged)).toContain('"isPartial":true');
  });

  test.each<[string, Snapshot, Snapshot]>([
    [
      "maps",
      { kind: "map", entries: [], size: 0 },
      { kind: "map", entries: [[one, one]], size: 1 },
    ],
    ["sets", { kind: "set", items: [], size: 0 }, { kind: "set", items: [one], size: 1 }],
    ["dates", { kind: "date", epochMs: 1 }, { kind: "date", epochMs: 2 }],
  ])("hold differing %s only by their class", (_, left, right) => {
    expect(
      mergeRecordings(aRecording(one, left), aRecording(one, right))?.outcomes[1],
    ).toMatchObject({ value: { kind: "opaque" } });
  });

  test("of which nothing is left to assert make no test", () => {
    expect(
      mergeRecordings(
        aRecording({ kind: "date", epochMs: 1 }),
        aRecording({ kind: "date", epochMs: 2 }),
      ),
    ).toBeNull();
  });

  const threw = (message: string): Recording => ({
    ...aRecording(),
    outcomes: [
      {
        kind: "threw",
        error: { name: "Error", message, code: null, isError: true },
        isPromise: false,
      },
    ],
  });

  test("that threw differently make no test", () => {
    expect(mergeRecordings(threw("a"), threw("b"))).toBeNull();
    expect(mergeRecordings(threw("a"), aRecording(one))).toBeNull();
  });

  test("that differ in spies, files or mutations make no test", () => {
    const base = aRecording(one);
    const spied: Recording = { ...base, spies: [{ statement: 0, argument: 0, calls: [[]] }] };
    const wrote: Recording = { ...base, files: { "a.txt": "x" } };
    const changed: Recording = { ...base, mutations: [{ statement: 0, after: two }] };
    for (const other of [spied, wrote, changed]) expect(mergeRecordings(base, other)).toBeNull();
    const elsewhere: Recording = { ...base, mutations: [{ statement: 1, after: two }] };
    expect(mergeRecordings(changed, elsewhere)).toBeNull();
  });

  test("arrive late when either did", () => {
    const late: Recording = { ...aRecording(one), arrivesLate: true };
    expect(mergeRecordings(aRecording(one), late)?.arrivesLate).toBe(true);
  });
});
