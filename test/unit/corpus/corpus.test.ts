import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAnswerFile, reverseTests, toAnswerFiles } from "../../corpus/answer-files.ts";
import type { CandidateLabel, CorpusModule } from "../../corpus/schema.ts";
import {
  CANDIDATE_LABELS,
  loadCorpus,
  replaceOnce,
  toCuredSource,
  TRUE_VERDICTS,
} from "../../corpus/schema.ts";

const CORPUS = loadCorpus();
const ANSWERS = CORPUS.flatMap((module) => module.answers.map((answer) => ({ module, answer })));
const CANDIDATES = ANSWERS.flatMap(({ module, answer }) =>
  answer.candidates.map((candidate) => ({ module, answer, candidate })),
);

const ofLabel = (label: CandidateLabel): typeof CANDIDATES =>
  CANDIDATES.filter(({ candidate }) => candidate.label === label);

describe("the corpus", () => {
  test("has twelve modules, half of them with a planted bug", () => {
    expect(CORPUS).toHaveLength(12);
    expect(CORPUS.filter(({ truth }) => truth.bug !== null)).toHaveLength(6);
    expect(CORPUS.map(({ name, truth }) => [name, truth.name])).toEqual(
      CORPUS.map(({ name }) => [name, name]),
    );
  });

  test.each(CANDIDATE_LABELS.map((label) => [label, label === "good" ? 30 : 8] as const))(
    "has enough candidates labelled %s (%i)",
    (label, least) => {
      expect(ofLabel(label).length).toBeGreaterThanOrEqual(least);
    },
  );

  test("has answers in every form that models give", () => {
    const has = (isForm: (text: string) => boolean): number =>
      ANSWERS.filter(({ answer }) => isForm(answer.text)).length;
    expect(has((text) => !text.includes("```"))).toBeGreaterThanOrEqual(3);
    expect(has((text) => toAnswerFiles(text).length === 2)).toBeGreaterThanOrEqual(3);
    expect(has((text) => text.includes("require("))).toBeGreaterThanOrEqual(3);
    expect(has((text) => text.includes("describe("))).toBeGreaterThanOrEqual(3);
    expect(has((text) => text.includes("// file: "))).toBeGreaterThanOrEqual(3);
    expect(has((text) => text.split("```").length % 2 === 0)).toBeGreaterThanOrEqual(2);
    expect(new Set(ANSWERS.map(({ answer }) => answer.agent))).toEqual(
      new Set(["explorer", "oracle"]),
    );
  });

  test("holds no two answers, titles or tests that are alike", () => {
    const bodies = ANSWERS.flatMap(({ answer }) => toAnswerFiles(answer.text))
      .map(parseAnswerFile)
      .flatMap((file) => (file.kind === "parsed" ? file.tests : []))
      .map(({ source, title }) => source.replace(title, "").replace(/\s+/gu, " "));
    expect(toRepeated(bodies)).toEqual([]);
    expect(toRepeated(CANDIDATES.map(({ candidate }) => candidate.title))).toEqual([]);
    expect(toRepeated(ANSWERS.map(({ answer }) => answer.id))).toEqual([]);
    expect(toRepeated(ANSWERS.map(({ answer }) => answer.text))).toEqual([]);
  });
});

describe.each(ANSWERS.map((one) => [one.answer.id, one] as const))("answer %s", (_, { answer }) => {
  const files = toAnswerFiles(answer.text).map(parseAnswerFile);
  const titles = files.flatMap((file) =>
    file.kind === "parsed" ? file.tests.map(({ title }) => title) : file.titles,
  );

  test("lists each of its tests once, in the order of the text", () => {
    expect(titles).not.toEqual([]);
    expect(answer.candidates.map(({ title }) => title)).toEqual(titles);
  });

  test("has each title in its text exactly once", () => {
    const counts = answer.candidates.map(({ title }) => answer.text.split(title).length - 1);
    expect(counts).toEqual(answer.candidates.map(() => 1));
  });

  test("parses exactly where no syntax error is listed", () => {
    const broken = files.flatMap((file) => (file.kind === "parsed" ? [] : file.titles));
    const listed = answer.candidates.filter(({ label }) => label === "syntax-error");
    expect(broken).toEqual(listed.map(({ title }) => title));
  });

  test("has a cure for each wrong import, which applies, and for nothing else", () => {
    for (const { label, cure } of answer.candidates) {
      expect(cure !== undefined).toBe(label === "wrong-import" || label === "rewritten");
      if (cure !== undefined) expect(replaceOnce(answer.text, cure)).not.toBe(answer.text);
    }
  });

  test("has a rewrite, which applies, for each test that a repair makes pass, and for nothing else", () => {
    for (const { label, cure, rewrite } of answer.candidates) {
      expect(rewrite !== undefined).toBe(label === "rewritten");
      if (cure === undefined || rewrite === undefined) continue;
      expect([cure, ...rewrite].reduce(replaceOnce, answer.text)).not.toBe(
        replaceOnce(answer.text, cure),
      );
    }
  });
});

describe.each(CORPUS.map((module) => [module.name, module] as const))("module %s", (_, module) => {
  const { truth, source, docs, judge } = module;
  const candidates = module.answers.flatMap((answer) => answer.candidates);

  test("is a package that node --test can test", () => {
    const manifest: unknown = JSON.parse(readFileSync(join(module.folder, "package.json"), "utf8"));
    expect(manifest).toMatchObject({
      name: module.name,
      type: "module",
      scripts: { test: "node --test" },
    });
    const lines = source.trimEnd().split("\n").length;
    expect(lines).toBeGreaterThanOrEqual(20);
    expect(lines).toBeLessThanOrEqual(80);
    expect(truth.entry.endsWith("ts")).toBe(truth.language === "typescript");
  });

  test("says where its bug is, which sentence it breaks, and how it is cured", () => {
    const { bug } = truth;
    if (bug === null) {
      expect(toCuredSource(module)).toBeNull();
      return;
    }
    expect(bug.file).toBe(truth.entry);
    expect(docs).toContain(bug.sentence);
    expect(toCuredSource(module)).not.toBe(source);
    expect(toLine(source, bug.patch.search)).toBe(bug.line);
  });

  test("has candidates for a bug, an open question and an injection only where there is one", () => {
    const has = (label: CandidateLabel): boolean => candidates.some((one) => one.label === label);
    expect(has("bug")).toBe(truth.bug !== null);
    if (has("unspecified")) expect(truth.open).not.toEqual([]);
    expect(has("injection")).toBe(truth.injections.length > 0);
  });

  test("has its injections in comments", () => {
    for (const { file, line } of truth.injections) {
      expect(file).toBe(truth.entry);
      expect(source.split("\n")[line - 1]).toMatch(/^\s*(?:\/\/|\/\*)/u);
    }
  });

  test("has a judgement for each candidate that fails", () => {
    const failing = candidates.filter(({ label }) =>
      ["wrong-expectation", "bug", "unspecified", "flaky"].includes(label),
    );
    const judged = judge.map(({ candidate }) => candidate);
    expect(judged).toEqual(expect.arrayContaining(failing.map(({ title }) => title)));
    expect(toRepeated(judged)).toEqual([]);
    expect(judge.filter((one) => toTrueVerdict(module, one.candidate) === undefined)).toEqual([]);
  });

  test("has a judge who quotes literally, and for each bug", () => {
    for (const { verdict, quote } of judge.flatMap(({ answers }) => answers)) {
      if (verdict === "bug") expect(quote).not.toBe("");
      expect(docs).toContain(quote);
    }
  });
});

describe("the recorded judge", () => {
  const judged = CORPUS.flatMap((module) =>
    module.judge.map(({ candidate, answers }) => ({
      truth: toTrueVerdict(module, candidate),
      verdicts: answers.map(({ verdict }) => verdict),
    })),
  );

  test("is wrong in about one of six answers", () => {
    const rights = judged.flatMap(({ truth, verdicts }) => verdicts.map((one) => one === truth));
    const share = rights.filter((isRight) => !isRight).length / rights.length;
    expect(share).toBeGreaterThan(0.12);
    expect(share).toBeLessThan(0.22);
  });

  test("calls what is no bug a bug now and then, and never by a majority", () => {
    const falseAlarms = judged
      .filter(({ truth }) => truth !== "bug")
      .map(({ verdicts }) => verdicts.filter((one) => one === "bug").length);
    expect(falseAlarms).toContain(1);
    expect(Math.max(...falseAlarms)).toBe(1);
  });

  test("sees most planted bugs by a majority, and not all", () => {
    const sightings = judged
      .filter(({ truth }) => truth === "bug")
      .map(({ verdicts }) => verdicts.filter((one) => one === "bug").length >= 2);
    const share = sightings.filter(Boolean).length / sightings.length;
    expect(share).toBeGreaterThanOrEqual(0.8);
    expect(share).toBeLessThan(1);
  });
});

describe("reading answers", () => {
  test("takes a fence that was cut off, and no fence of another language", () => {
    const text = "```bash\nnpm test\n```\n\n```js\ntest('a', () => {";
    expect(toAnswerFiles(text).map(({ code }) => code)).toEqual(["test('a', () => {"]);
  });

  test("takes code without a fence from its first line on", () => {
    const [file] = toAnswerFiles("Here it is:\n\nimport test from 'node:test';\ntest('a', f);");
    expect(file?.code).toMatch(/^import/u);
  });

  test("turns the tests of a file around and leaves the rest where it is", () => {
    const code = "let n = 0;\ntest('a', f);\nn += 1;\ntest('b', g);\n";
    expect(reverseTests({ path: "test/x.test.js", code }).code).toBe(
      "let n = 0;\ntest('b', g);\nn += 1;\ntest('a', f);\n",
    );
  });
});

function toTrueVerdict(module: CorpusModule, title: string): string | undefined {
  const candidates = module.answers.flatMap((answer) => answer.candidates);
  const label = candidates.find((candidate) => candidate.title === title)?.label;
  return label === undefined ? undefined : TRUE_VERDICTS[label];
}

function toLine(text: string, search: string): number {
  return text.slice(0, text.indexOf(search)).split("\n").length;
}

function toRepeated(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
