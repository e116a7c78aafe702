import { describe, expect, test } from "vitest";

import type { Gap } from "../../../src/contract/agents.ts";
import { titleOf } from "../../../src/contract/candidate.ts";
import {
  createPatchMutant,
  toMutant,
  type PatchMutant,
} from "../../../src/contract/patch-mutant.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";
import type { TryFaults } from "../../../src/ports/written-tests.ts";
import { aGate, aGateOfThrown, aTest, fenced, MODULE } from "./scene.ts";
import { answerWith, gap, run } from "./engine-scene.ts";

const BUG = {
  verdict: "bug",
  quote: "`add` gives the sum of both numbers",
  reasoning: ["one", "two", "three"],
};
describe("agents", () => {
  test("have each test of an answer decided by itself", async () => {
    const { candidates, rejections, proposed, ended } = await run({
      answer: answerWith({ oracle: fenced(aTest("good"), aTest("bad")) }),
      gate: aGate({ bad: ["never-red"] }),
    });
    expect(candidates.map((one) => [titleOf(one), one.engine])).toEqual([["good", "model p/m"]]);
    expect(rejections.map(({ title, reason }) => [title, reason])).toEqual([["bad", "never-red"]]);
    expect({ proposed, ended }).toEqual({ proposed: 2, ended: "nothing-left" });
  });

  test.each([
    ["RGS-4016", undefined, false, "budget"],
    ["RGS-4007", 600_000, false, "rate-limited"],
    ["RGS-4008", undefined, false, "model-away"],
    ["RGS-4009", undefined, false, "model-away"],
    // No time is left after it: it was the end of the asking that cut it off.
    ["RGS-4009", undefined, true, "time-over"],
  ] as const)("end by %s with what there is, and say why", async (code, wait, isLate, expected) => {
    let isOver = false;
    const { candidates, ended, problem, retryAfterMs } = await run({
      gaps: [gap("add")],
      answer: ({ role }) => {
        if (role !== "explorer") return fenced(aTest("good"));
        isOver = isLate;
        return new RegooseError(code, "it ended", { retryAfterMs: wait });
      },
      isOver: () => isOver,
    });
    expect(candidates.map(titleOf)).toEqual(["good"]);
    expect({ ended, problem, retryAfterMs }).toEqual({
      ...{ ended: expected, problem: "it ended", retryAfterMs: wait ?? null },
    });
  });

  test("are told what to do, and heard, in order", async () => {
    const heard: string[] = [];
    await run({
      answer: answerWith({ oracle: fenced(aTest("promise")), explorer: "nothing", judge: BUG }),
      gate: aGate({ promise: ["failed"] }),
      gaps: [gap("add")],
      onMessage: (message, reply) => heard.push(`${message.to} ${message.kind} ${reply.kind}`),
    });
    expect(heard).toEqual([
      "oracle state-behaviour files",
      "judge judge-failure judgement",
      "explorer explore-gap nothing",
    ]);
  });

  test("make a finding of what fails twice and breaks a promise, and no candidate", async () => {
    const { candidates, findings, judgements } = await run({
      answer: answerWith({ oracle: fenced(aTest("promise")), judge: BUG }),
      gate: aGate({ promise: ["failed"] }),
    });
    expect(candidates).toEqual([]);
    expect(judgements).toMatchObject([{ title: "promise", verdict: "bug" }]);
    expect(findings).toMatchObject([
      {
        kind: "broken-promise",
        evidence: {
          test: "only promise",
          expected: BUG.quote,
          reproduced: 2,
          reasoning: BUG.reasoning,
        },
      },
    ]);
  });

  test("ask no judge about what fails once and not again", async () => {
    const { judgements, asked, findings } = await run({
      answer: answerWith({ oracle: fenced(aTest("shaky")) }),
      gate: aGate({ shaky: ["failed", "not-tried"] }),
    });
    expect(judgements).toMatchObject([{ title: "shaky", verdict: "flaky" }]);
    expect(asked.filter(({ role }) => role === "judge")).toEqual([]);
    expect(findings).toEqual([]);
  });

  test("never let a failing test in, whatever a judge says", async () => {
    for (const verdict of ["test-wrong", "bug", "flaky", "environment", "unspecified"]) {
      const { candidates } = await run({
        answer: answerWith({ oracle: fenced(aTest("wrong")), judge: { ...BUG, verdict } }),
        gate: aGate({ wrong: ["failed"] }),
      });
      expect(candidates).toEqual([]);
    }
  });

  test("repair what does not build, three times and no more", async () => {
    let round = 0;
    const { asked, rejections } = await run({
      answer: () => fenced(`const round = ${String((round += 1))};`, aTest("lost")),
      gate: aGate({ lost: ["build-failed"] }),
    });
    expect(asked.map(({ role }) => role)).toEqual(["oracle", "repair", "repair", "repair"]);
    expect(rejections).toMatchObject([{ title: "lost", reason: "build-failed" }]);
  });

  test("do not try the same text again", async () => {
    const { asked } = await run({
      answer: () => fenced(aTest("lost")),
      gate: aGate({ lost: ["build-failed"] }),
    });
    expect(asked.map(({ role }) => role)).toEqual(["oracle", "repair"]);
  });

  test("take a repaired file through the same gate", async () => {
    const { candidates, asked } = await run({
      answer: ({ role }) =>
        role === "oracle"
          ? fenced(aTest("mended")).replace("src/index.js", "gone.js")
          : fenced(aTest("mended")),
      gate: aGate({ mended: ["build-failed", "not-tried"] }),
    });
    expect(candidates.map(titleOf)).toEqual(["mended"]);
    expect(asked.map(({ role }) => role)).toEqual(["oracle", "repair"]);
  });

  test("repair what throws in its own set-up before anybody judges it", async () => {
    let round = 0;
    const gate = aGateOfThrown(() => round > 2);
    const { judgements, asked } = await run({
      answer: ({ role }) =>
        role === "judge"
          ? { ...BUG, verdict: "test-wrong" }
          : fenced(`start(${String((round += 1))});`, aTest("thrown")),
      gate,
    });
    expect(asked.map(({ role }) => role)).toEqual(["oracle", "repair", "repair"]);
    expect(judgements).toEqual([]);
  });

  test("judge what throws in its own set-up and could not be repaired", async () => {
    const { judgements, asked } = await run({
      answer: answerWith({
        oracle: fenced(aTest("thrown")),
        repair: fenced(aTest("thrown", "assert.equal(add(1, 2), 4);")),
        judge: { ...BUG, verdict: "test-wrong" },
      }),
      gate: aGateOfThrown(() => false),
    });
    expect(asked.map(({ role }) => role)).toEqual(["oracle", "repair", "judge", "judge", "judge"]);
    expect(judgements).toMatchObject([{ title: "thrown", verdict: "test-wrong" }]);
  });

  test("count and judge a test once, however often its file is repaired for another", async () => {
    let round = 0;
    const { proposed, judgements } = await run({
      answer: ({ role }) =>
        role === "judge"
          ? { ...BUG, verdict: "test-wrong" }
          : fenced(`const round = ${String((round += 1))};`, aTest("wrong"), aTest("lost")),
      gate: aGate({ wrong: ["failed"], lost: ["build-failed"] }),
    });
    expect(proposed).toBe(2);
    expect(judgements.map(({ title }) => title)).toEqual(["wrong"]);
  });

  test("stop where three gaps in a row gave nothing", async () => {
    const { asked, ended } = await run({
      answer: answerWith({ oracle: "no tests", explorer: "no tests" }),
      gaps: ["a", "b", "c", "d", "e"].map(gap),
    });
    expect(asked.filter(({ role }) => role === "explorer")).toHaveLength(3);
    expect(ended).toBe("frontier-flat");
  });

  test("ask nothing more once time is over", async () => {
    const { asked, ended } = await run({ answer: () => fenced(aTest("a")), isOver: () => true });
    expect({ asked, ended }).toEqual({ asked: [], ended: "time-over" });
  });

  test.each([
    ["RGS-4016", "budget"],
    ["RGS-4008", "model-away"],
  ] as const)("keep what they have where a model ends with %s", async (code, ended) => {
    const exploration = await run({
      answer: ({ role }) =>
        role === "oracle" ? fenced(aTest("kept")) : new RegooseError(code, "no more"),
      gaps: [gap("a"), gap("b")],
    });
    expect(exploration.candidates.map(titleOf)).toEqual(["kept"]);
    expect(exploration).toMatchObject({ ended, problem: "no more" });
  });

  test("are asked how a file breaks first, and told of the faults that nothing notices", async () => {
    const source = MODULE.source;
    const propose = (original: string, replacement: string): PatchMutant => {
      const patch = createPatchMutant(source, {
        ...{ file: "src/index.js", offset: source.indexOf(original), original, replacement },
        by: { kind: "agent", name: "p/m", why: `${original} slips` },
      });
      if (patch === null) throw new Error(`${original} is not there`);
      return patch;
    };
    const patches = [propose("secretHelper(a)", "a"), propose("+ b", "- b")];
    const given: unknown[] = [];
    const tryFaults: TryFaults = async (proposed) => {
      await Promise.resolve();
      given.push(proposed);
      const verdicts = patches.map((patch, index) => ({
        ...{ mutant: toMutant(source, patch), killedBy: [], coveredBy: [] },
        status: index === 0 ? ("killed" as const) : ("survived" as const),
      }));
      return { patches, verdicts, dropped: 1 };
    };
    const heard: string[] = [];
    const { asked, faults, agents, next } = await run({
      answer: ({ role }) =>
        role === "mutant"
          ? { faults: [{ search: "+ b", replace: "- b", why: "a\nsecond line" }] }
          : "",
      faults: { histories: [{ file: "src/index.js", source, fixes: ["fix: sums"] }], tryFaults },
      mutants: 100,
      onMessage: (message, reply) => heard.push(`${message.to} ${message.kind} ${reply.kind}`),
    });
    expect(given).toEqual([
      {
        by: "p/m",
        faults: [{ file: "src/index.js", search: "+ b", replace: "- b", why: "a" }],
      },
    ]);
    expect(heard[0]).toBe("mutant propose-faults faults");
    expect(asked[0]?.text).toContain("fix: sums");
    const explorer = asked.find(({ role }) => role === "explorer")?.text;
    expect(explorer).toContain("+ b → - b (a fault as this project has had: + b slips)");
    expect(explorer).not.toContain("secretHelper(a) slips");
    expect(faults).toMatchObject({ dropped: 1, patches: [{}, {}] });
    expect(agents.find(({ agent }) => agent === "mutant")).toMatchObject({ asked: 1, answered: 1 });
    // One gap was asked about and gave nothing: five kills are beyond what is left.
    expect(next).toEqual({ kind: "out-of-reach" });
  });

  test("ask about the cheapest gap next, and learn where nothing is found", async () => {
    const many = (name: string, file: string, count: number): Gap => ({
      ...gap(name),
      ...{ file, branches: [] },
      mutants: Array.from({ length: count }, () => ({ id: "m", line: 1, was: "a", becomes: "b" })),
    });
    const { asked } = await run({
      answer: answerWith({ oracle: "", explorer: "no tests" }),
      gaps: [many("one", "src/index.js", 2), many("six", "src/index.js", 6)],
    });
    const names = asked
      .filter(({ role }) => role === "explorer")
      .map(({ text }) => /Write tests for (\w+) that/u.exec(text)?.[1]);
    expect(names).toEqual(["six", "one"]);
  });

  test("count a file that cannot be read as one that does not build", async () => {
    const { proposed, rejections } = await run({
      answer: answerWith({ oracle: '```js\ntest("a", () => {\n```' }),
      gate: aGate({ "": ["build-failed"] }),
    });
    expect(proposed).toBe(1);
    expect(rejections).toMatchObject([{ reason: "build-failed" }]);
  });
});
