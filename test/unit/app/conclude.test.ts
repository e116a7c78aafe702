import { describe, expect, test } from "vitest";
import type { RunParts } from "../../../src/app/generate/conclude.ts";
import type { Finding } from "../../../src/contract/candidate.ts";
import { aPlan, anAdmission, aProbe, aProposal, conclude } from "./run-parts.ts";

const FINDING = { kind: "hang" } as unknown as Finding;

describe("how a run ends", () => {
  test("is succeeded where nothing was left out", () => {
    expect(conclude()).toMatchObject({ outcome: "succeeded", degradations: [], notes: [] });
  });

  test.each<[string, Partial<RunParts>]>([
    ["something was guessed", { plan: aPlan({ notes: ["N"] }) }],
    ["programs of the search came to nothing", { proposal: aProposal({ notes: ["N"] }) }],
    ["time left candidates untried", { admission: anAdmission(2, { notes: ["N"] }) }],
  ])("is succeeded with a note where %s", (_what, parts) => {
    expect(conclude(parts)).toMatchObject({
      outcome: "succeeded",
      degradations: [],
      notes: ["N"],
    });
  });

  test.each<[string, Partial<RunParts>]>([
    ["a setting was not understood", { plan: aPlan({ degradations: ["D"] }) }],
    ["a source could not be instrumented", { unread: ["D"] }],
    ["a function hung again and again", { proposal: aProposal({ degradations: ["D"] }) }],
    ["mutants were not run", { admission: anAdmission(2, { degradations: ["D"] }) }],
  ])("is degraded where %s", (_what, parts) => {
    expect(conclude(parts)).toMatchObject({ outcome: "degraded", degradations: ["D"], notes: [] });
  });

  test("is degraded with the reason where the existing suite is red or slow", () => {
    const baseline = { coverage: null, summary: null, mutation: null, kills: [] };
    const data = conclude({ baseline: { ...baseline, problem: "1 of 2 are red" } });
    expect(data.outcome).toBe("degraded");
    expect(data.degradations).toEqual(["baseline: 1 of 2 are red"]);
  });

  test("is degraded where one of several modules does not load", () => {
    const data = conclude({ proposal: aProposal({ loadFailures: { "b.js": "no such file" } }) });
    expect(data).toMatchObject({
      outcome: "degraded",
      degradations: ["b.js does not load: no such file"],
    });
  });

  test.each([
    ["noted where `auto` found no stronger one", "auto", 1],
    ["what was asked for where it was typed", "guarded", 0],
  ] as const)("is succeeded at level guarded, which is %s", (_what, sandbox, notes) => {
    const data = conclude({ plan: aPlan({}, sandbox), probe: aProbe("guarded") });
    expect(data.outcome).toBe("succeeded");
    expect(data.notes).toHaveLength(notes);
  });

  test("is failed without a test and a finding, degraded with a finding alone", () => {
    const rejections = [
      { candidateId: "c1", reason: "unstable", detail: "differs in UTC", title: "adds" },
    ] as const;
    const admission = anAdmission(0, { rejections });
    expect(conclude({ admission }).outcome).toBe("failed");
    const found = conclude({ admission, proposal: aProposal({ findings: [FINDING] }) });
    expect(found.outcome).toBe("degraded");
    expect(found.degradations.join()).toContain('"adds": differs in UTC');
  });

  test("is cancelled whatever there is", () => {
    expect(conclude({ isCancelled: true })).toMatchObject({
      outcome: "cancelled",
      suite: { tests: 2 },
    });
  });
});

describe("the suite of a run that failed", () => {
  test("counts what was written only", () => {
    const data = conclude({ isFailed: true, isWritten: false });
    expect(data).toMatchObject({
      outcome: "failed",
      suite: { files: [], tests: 0 },
      candidates: { admitted: 2 },
      degradations: ["2 tests were proven and not written."],
    });
  });

  test("stands where the error came after writing", () => {
    expect(conclude({ isFailed: true })).toMatchObject({
      outcome: "failed",
      suite: { files: ["test/regoose/a.test.js"], tests: 2 },
    });
  });

  test("is what a dry run would write", () => {
    const plan = aPlan({ isDryRun: true });
    expect(conclude({ plan, isWritten: false }).suite.tests).toBe(2);
  });
});
