import { describe, expect, test } from "vitest";
import type { ProofCard } from "../../../src/contract/proof-card.ts";
import { aMutant } from "../../../src/testing/index.ts";
import type { FakeOutcome } from "../../../src/testing/index.ts";
import { aSuite, FILE_A, FILE_B, onlyA, TABLE, verifySuite } from "./verify-harness.ts";
import type { StandingSuite, Table } from "./verify-harness.ts";

/** The table with test a doing something else. */
function withA(behaviour: Partial<Table[string]>): Table {
  return { ...TABLE, a: { ...TABLE["a"], ...behaviour } };
}

function withCard(suite: StandingSuite, over: Partial<ProofCard>): StandingSuite {
  const [first, ...rest] = suite.proof.cards;
  return { ...suite, proof: { ...suite.proof, cards: [{ ...first!, ...over }, ...rest] } };
}

function withFiles(
  suite: StandingSuite,
  change: (files: Record<string, string>) => Record<string, string>,
): StandingSuite {
  return { ...suite, files: change({ ...suite.files }) };
}

describe("a suite as it was written", () => {
  test("holds", async () => {
    const { result } = await verifySuite({ suite: await aSuite() });
    expect(result).toMatchObject({
      counts: { holds: 2, stale: 0, broken: 0 },
      unproven: [],
      changedFiles: [],
      degradations: [],
    });
  });

  test("holds in a folder that is named with a slash", async () => {
    const { result } = await verifySuite({
      suite: await aSuite(),
      input: { outDir: "test/regoose/" },
    });
    expect(result.counts.holds).toBe(2);
  });

  test("of no tests runs nothing", async () => {
    const suite = await aSuite({});
    const { result } = await verifySuite({ suite });
    expect(result.counts).toEqual({ holds: 0, stale: 0, broken: 0 });
  });
});

test("tests that no card vouches for are named", async () => {
  const suite = await aSuite();
  const { result } = await verifySuite({
    suite: { ...suite, proof: { ...suite.proof, cards: [] } },
  });
  expect(result.unproven).toEqual(["a.test.js > test of a", "b.test.js > test of b"]);
});

describe("a changed source", () => {
  test("makes the cards stale that speak of it, and no other", async () => {
    const suite = await aSuite();
    const proof = { ...suite.proof, sources: { ...suite.proof.sources, "other.js": "hash" } };
    const elsewhere = await verifySuite({
      suite: { ...suite, proof },
      input: { sources: { ...suite.proof.sources, "other.js": "another hash" } },
    });
    expect(elsewhere.result.counts).toEqual({ holds: 2, stale: 0, broken: 0 });
    const { result, verdicts } = await verifySuite({
      suite,
      input: { sources: { "index.js": "another hash" }, mutantBuild: { overlay: {}, mutants: [] } },
    });
    expect(result.counts).toEqual({ holds: 0, stale: 2, broken: 0 });
    expect(verdicts["test of a"]).toEqual({
      kind: "stale",
      detail: "index.js changed since it was proven",
    });
  });

  test("that is gone does the same", async () => {
    const { result } = await verifySuite({ suite: await aSuite(), input: { sources: {} } });
    expect(result.counts.stale).toBe(2);
  });

  test("counts where only a branch is claimed in it", async () => {
    const suite = withCard(await aSuite(), { kills: [], onlyCovers: ["index.js#b0.0"] });
    const { verdicts } = await verifySuite({ suite, input: { sources: {} } });
    expect(verdicts["test of a"]?.kind).toBe("stale");
  });

  test("that the proof file was made to fit is found out by its mutants", async () => {
    const { verdicts } = await verifySuite({
      suite: await aSuite(),
      input: { mutantBuild: { overlay: {}, mutants: [aMutant("2")] } },
    });
    expect(verdicts).toMatchObject(
      onlyA({ kind: "broken", reason: "mutant-gone", detail: "there is no mutant m1" }),
    );
  });
});

describe("a changed suite", () => {
  test("has a card broken whose file is gone, and one alone", async () => {
    const suite = withFiles(await aSuite(), ({ [FILE_B]: b }) => ({ [FILE_B]: b! }));
    const { result, verdicts } = await verifySuite({ suite });
    expect(verdicts).toMatchObject(
      onlyA({ kind: "broken", reason: "file-missing", detail: "a.test.js is gone" }),
    );
    expect(result.changedFiles).toEqual(["a.test.js"]);
  });

  test("has every card broken when all files are gone", async () => {
    const { result } = await verifySuite({ suite: withFiles(await aSuite(), () => ({})) });
    expect(result.counts).toEqual({ holds: 0, stale: 0, broken: 2 });
  });

  test("has a card broken whose file the proof does not name", async () => {
    const suite = withCard(await aSuite(), { file: "../../index.js" });
    const { verdicts } = await verifySuite({ suite });
    expect(verdicts).toMatchObject(onlyA({ kind: "broken", reason: "file-missing" }));
  });

  test("has a card broken whose test is gone or renamed", async () => {
    const suite = withFiles(await aSuite(), (files) => ({
      ...files,
      [FILE_A]: files[FILE_A]!.replace("test of a", "renamed"),
    }));
    const { result, verdicts } = await verifySuite({ suite });
    expect(verdicts).toMatchObject(
      onlyA({
        kind: "broken",
        reason: "test-missing",
        detail: 'no test "test of a" in a.test.js',
      }),
    );
    expect(result.unproven).toEqual(["a.test.js > renamed"]);
  });

  test("has a card broken whose assertion is gone", async () => {
    const suite = withFiles(await aSuite(), (files) => ({
      ...files,
      [FILE_A]: `${files[FILE_A]}\n`,
    }));
    const { result, verdicts } = await verifySuite({ suite, table: withA({ reactions: {} }) });
    expect(verdicts).toMatchObject(
      onlyA({ kind: "broken", reason: "not-red", detail: "it stays green on mutant m1" }),
    );
    expect(result.changedFiles).toEqual(["a.test.js"]);
  });

  test("holds when a test was only rewritten and still does its work", async () => {
    const suite = withFiles(await aSuite(), (files) => ({
      ...files,
      [FILE_A]: `${files[FILE_A]}\n`,
    }));
    const { result } = await verifySuite({ suite });
    expect(result.counts.holds).toBe(2);
    expect(result.changedFiles).toEqual(["a.test.js"]);
  });

  test("has a card broken that claims nothing", async () => {
    const suite = withCard(await aSuite(), { kills: [] });
    const { verdicts } = await verifySuite({ suite });
    expect(verdicts).toMatchObject(onlyA({ kind: "broken", reason: "no-kill-claimed" }));
  });

  test("has a card broken that claims a kill too many", async () => {
    const suite = withCard(await aSuite(), { kills: ["m1", "m2"] });
    const { verdicts } = await verifySuite({ suite });
    expect(verdicts).toMatchObject(
      onlyA({ kind: "broken", reason: "not-red", detail: "it stays green on mutant m2" }),
    );
  });
});

describe("a test that no longer does what its card says", () => {
  test.each<[FakeOutcome, string, string]>([
    ["failed", "failed", "AssertionError: 3 !== 4"],
    ["skipped", "failed", "reported as skipped"],
    ["missing", "test-missing", 'no test "test of a" in a.test.js'],
    ["stray", "unhandled-rejection", "Error: unhandled rejection"],
    ["breaks-file", "failed", "its file does not run: cannot load test/regoose/a.test.js"],
    ["hangs", "failed", "its file does not run: timed-out"],
    ["crashes", "failed", "its file does not run: SIGSEGV"],
  ])("%s", async (outcome, reason, detail) => {
    const { verdicts } = await verifySuite({ suite: await aSuite(), table: withA({ outcome }) });
    expect(verdicts).toEqual(onlyA({ kind: "broken", reason, detail }));
  });

  test.each<[FakeOutcome, string, string]>([
    ["failed", "unstable", "re-run 2: AssertionError: 3 !== 4"],
    ["crashes", "unstable", "re-run 2: its file does not run: SIGSEGV"],
    ["stray", "unhandled-rejection", "re-run 2: Error: unhandled rejection"],
    ["missing", "test-missing", 're-run 2: no test "test of a" in a.test.js'],
  ])("%s in a re-run on another date", async (outcome, reason, detail) => {
    const { verdicts } = await verifySuite({
      suite: await aSuite(),
      table: withA({
        outcome: ({ request }) => (request.clockShiftMs < 0 ? outcome : "passed"),
      }),
    });
    expect(verdicts).toEqual(onlyA({ kind: "broken", reason, detail }));
  });

  test("by an error that is no assertion", async () => {
    const table = withA({ reactions: { "1": "error" } });
    const { verdicts } = await verifySuite({ suite: await aSuite(), table });
    expect(verdicts).toMatchObject(
      onlyA({ reason: "not-red", detail: "no assertion of its own fails on mutant m1" }),
    );
  });

  test("unless the mutant turns it red on a later look: a busy machine hides kills", async () => {
    let looks = 0;
    const hidden = (): "assertion" | null => (++looks < 3 ? null : "assertion");
    const { result } = await verifySuite({
      suite: await aSuite(),
      table: withA({ reactions: { "1": hidden } }),
    });
    expect(result.counts.holds).toBe(2);
  });

  test("unless a run of its whole file shows the kill: among others it may hang on what came before", async () => {
    const { result } = await verifySuite({
      suite: await aSuite(),
      table: withA({
        reactions: { "1": ({ request }) => (request.mode.kind === "plain" ? "assertion" : null) },
      }),
    });
    expect(result.counts.holds).toBe(2);
  });

  test("because it covers its branch no more", async () => {
    const table = withA({ covers: [] });
    const { verdicts } = await verifySuite({ suite: await aSuite(), table });
    expect(verdicts).toMatchObject(
      onlyA({ reason: "branch-lost", detail: "it no longer covers index.js#b0.0" }),
    );
  });

  test("because another test covers its branch too, in a suite as written", async () => {
    const table: Table = { ...TABLE, b: { ...TABLE["b"], covers: ["index.js#b0.0"] } };
    const suite = await aSuite();
    const { verdicts } = await verifySuite({ suite, table });
    expect(verdicts).toMatchObject(
      onlyA({ reason: "branch-lost", detail: "another test covers index.js#b0.0 too" }),
    );
    const edited = withFiles(suite, (files) => ({ ...files, [FILE_B]: `${files[FILE_B]}\n` }));
    expect((await verifySuite({ suite: edited, table })).result.counts.holds).toBe(2);
  });
});

describe("what could not be measured", () => {
  test("is held against the tests of that file alone", async () => {
    const outcome = ({ request }: { request: { mode: { kind: string } } }): FakeOutcome =>
      request.mode.kind === "coverage" ? "crashes" : "passed";
    const suite = await aSuite();
    const { result, verdicts } = await verifySuite({
      suite,
      table: { ...TABLE, b: { ...TABLE["b"], outcome } },
    });
    expect(verdicts).toMatchObject({ "test of a": { kind: "holds" } });
    expect(result.counts.holds).toBe(2);
    const other = await verifySuite({ suite, table: withA({ outcome }) });
    expect(other.verdicts).toMatchObject(
      onlyA({ reason: "not-checked", detail: "its coverage could not be measured" }),
    );
    expect(other.result.degradations).toHaveLength(1);
  });

  test("counts as broken when the time ends before the runs", async () => {
    const { result, verdicts } = await verifySuite({ suite: await aSuite(), timeMs: 150 });
    expect(verdicts["test of a"]).toEqual({
      kind: "broken",
      reason: "not-checked",
      detail: "the time ended",
    });
    expect(result.counts).toEqual({ holds: 0, stale: 0, broken: 2 });
    expect(result.degradations).toHaveLength(1);
  });

  test("counts as broken when the time ends before the mutants", async () => {
    // Four runs of 100 ms, then nothing is left.
    const { verdicts } = await verifySuite({ suite: await aSuite(), timeMs: 400 });
    expect(verdicts["test of a"]).toEqual({
      kind: "broken",
      reason: "not-checked",
      detail: "mutant m1 was not tried to the end: the time ended",
    });
  });

  test("counts as broken when a mutant gives no clear result", async () => {
    const table = withA({ reactions: {}, passesOnce: true });
    const { verdicts } = await verifySuite({ suite: await aSuite(), table });
    expect(verdicts["test of b"]).toEqual({ kind: "holds" });
    expect(verdicts["test of a"]?.kind).toBe("broken");
  });

  test("is passed on when the command is stopped", async () => {
    const suite = await aSuite();
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(verifySuite({ suite, signal })).rejects.toThrow("stopped");
    const controller = new AbortController();
    const stopped = verifySuite({
      suite,
      signal: controller.signal,
      runner: {
        onRun: () => {
          controller.abort(new Error("stopped midway"));
        },
      },
    });
    await expect(stopped).rejects.toThrow("stopped midway");
  });

  test("is passed on when the sandbox itself fails", async () => {
    const failing = verifySuite({
      suite: await aSuite(),
      runner: {
        onRun: () => {
          throw new Error("no sandbox");
        },
      },
    });
    await expect(failing).rejects.toThrow("no sandbox");
  });
});
