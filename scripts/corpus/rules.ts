import type { AnswerFile } from "../../test/corpus/answer-files.ts";
import { reverseTests, toAnswerFiles } from "../../test/corpus/answer-files.ts";
import type {
  CandidateLabel,
  CorpusModule,
  RecordedAnswer,
  RecordedCandidate,
  Replacement,
} from "../../test/corpus/schema.ts";
import { replaceOnce, toCuredSource } from "../../test/corpus/schema.ts";
import type { BoxedResult, Ending } from "./boxed-run.ts";
import type { Conditions } from "./conditions.ts";
import { ALL_CONDITIONS, PLAIN } from "./conditions.ts";

/** How the rules have one candidate run; the module's copy comes with it. */
export interface Bench {
  run(
    file: AnswerFile,
    source: string,
    conditions: Conditions,
    mutantId?: string,
  ): Promise<BoxedResult>;
  readonly mutated: { readonly source: string; readonly ids: readonly string[] };
}

/** One recorded candidate and where it stands. */
export interface Subject {
  readonly module: CorpusModule;
  readonly answer: RecordedAnswer;
  readonly candidate: RecordedCandidate;
}

/** What does not hold for the label of a candidate; empty when all does. */
export async function checkCandidate(subject: Subject, bench: Bench): Promise<readonly string[]> {
  const trial = new Trial(subject, bench);
  await RULES[subject.candidate.label](trial);
  trial.checkDeeds();
  return trial.problems;
}

/** A test that is wrong about the package may well meet an error in place of a value. */
const RED: readonly Ending[] = ["asserted", "threw"];

const RULES: Readonly<Record<CandidateLabel, (trial: Trial) => Promise<void>>> = {
  async good(trial) {
    await trial.expectEverywhere(["passed"]);
    await trial.expectCured(["passed"]);
    await trial.expectKill();
  },
  async bug(trial) {
    await trial.expectEverywhere(["asserted"]);
    await trial.expectCured(["passed"], ALL_CONDITIONS);
  },
  async "wrong-expectation"(trial) {
    await trial.expectEverywhere(RED);
    await trial.expectCured(RED);
  },
  async unspecified(trial) {
    await trial.expectEverywhere(RED);
    await trial.expectCured(RED);
  },
  async flaky(trial) {
    await trial.expectBoth();
  },
  async tautology(trial) {
    await trial.expectNeverRed();
  },
  async "over-mocked"(trial) {
    await trial.expectNeverRed();
  },
  async "no-assertion"(trial) {
    await trial.expectNeverRed();
  },
  async sleeps(trial) {
    const result = await trial.expect(["passed"], PLAIN);
    await trial.expectCured(["passed"]);
    if (result.durationMs < 20) trial.fail(`took ${result.durationMs} ms and so does not wait`);
  },
  async injection(trial) {
    await trial.run(PLAIN);
  },
  async "wrong-import"(trial) {
    await trial.expect(["not-run"], PLAIN);
    await trial.expectImportCured(["passed"]);
  },
  async rewritten(trial) {
    await trial.expect(["not-run"], PLAIN);
    await trial.expectImportCured(["asserted"]);
    await trial.expectRewritten();
  },
  async "syntax-error"(trial) {
    await trial.expect(["not-run"], PLAIN);
  },
};

class Trial {
  readonly problems: string[] = [];
  readonly #deeds = new Set<string>();
  readonly #subject: Subject;
  readonly #bench: Bench;

  constructor(subject: Subject, bench: Bench) {
    this.#subject = subject;
    this.#bench = bench;
  }

  fail(problem: string): void {
    this.problems.push(problem);
  }

  async run(conditions: Conditions, source = this.#subject.module.source): Promise<BoxedResult> {
    const file = this.#toFile(this.#subject.answer.text);
    const asked = conditions.tests === "reversed" ? reverseTests(file) : file;
    return this.#run(asked, source, conditions);
  }

  async #run(
    file: AnswerFile,
    source: string,
    conditions: Conditions,
    mutantId?: string,
  ): Promise<BoxedResult> {
    const result = await this.#bench.run(file, source, conditions, mutantId);
    // The other tests of a file have rules of their own.
    if (conditions.tests === "alone") for (const deed of result.deeds) this.#deeds.add(deed);
    return result;
  }

  async expect(
    wanted: readonly Ending[],
    conditions: Conditions,
    source?: string,
  ): Promise<BoxedResult> {
    const result = await this.run(conditions, source);
    if (!wanted.includes(result.ending)) {
      const where = source === undefined ? conditions.name : `${conditions.name}, bug cured`;
      this.fail(`${result.ending} in place of ${wanted.join(" or ")} (${where})\n${result.output}`);
    }
    return result;
  }

  async expectEverywhere(wanted: readonly Ending[]): Promise<void> {
    for (const conditions of ALL_CONDITIONS) await this.expect(wanted, conditions);
  }

  /** The same on the module without its planted bug, where it has one. */
  async expectCured(
    wanted: readonly Ending[],
    all: readonly Conditions[] = [PLAIN],
  ): Promise<void> {
    const source = toCuredSource(this.#subject.module);
    if (source === null) return;
    for (const conditions of all) await this.expect(wanted, conditions, source);
  }

  /** Both green and red on one source, by circumstances alone. */
  async expectBoth(): Promise<void> {
    const endings = new Map<string, string[]>();
    for (const conditions of ALL_CONDITIONS) {
      const { ending } = await this.run(conditions);
      const isGreen = ending === "passed" ? "green" : "red";
      endings.set(isGreen, [...(endings.get(isGreen) ?? []), conditions.name]);
    }
    if (endings.size !== 2) this.fail(`always ${[...endings.keys()].join()}`);
  }

  /** An assertion of the test goes red on at least one mutant. */
  async expectKill(): Promise<void> {
    const { ids, source } = this.#bench.mutated;
    const file = this.#toFile(this.#subject.answer.text);
    for (const id of ids) {
      const { ending } = await this.#run(file, source, PLAIN, id);
      if (ending === "asserted") return;
    }
    this.fail(`kills none of ${ids.length} mutants by an assertion`);
  }

  /** Green as things are, and no assertion of the test goes red on any mutant. */
  async expectNeverRed(): Promise<void> {
    await this.expect(["passed"], PLAIN);
    await this.expectCured(["passed"]);
    const { ids, source } = this.#bench.mutated;
    const file = this.#toFile(this.#subject.answer.text);
    for (const id of ids) {
      const { ending, output } = await this.#run(file, source, PLAIN, id);
      if (ending === "asserted") this.fail(`its assertion is red on mutant ${id}\n${output}`);
    }
  }

  async expectImportCured(wanted: readonly Ending[]): Promise<void> {
    const { cure } = this.#subject.candidate;
    if (cure === undefined) this.fail("has no cure");
    else await this.#expectChanged([cure], wanted, "import cured");
  }

  /** What the recorded repair makes of it is green, so that only its refusal keeps it out. */
  async expectRewritten(): Promise<void> {
    const { cure, rewrite } = this.#subject.candidate;
    if (cure === undefined || rewrite === undefined) this.fail("has no rewrite");
    else await this.#expectChanged([cure, ...rewrite], ["passed"], "rewritten");
  }

  async #expectChanged(
    changes: readonly Replacement[],
    wanted: readonly Ending[],
    how: string,
  ): Promise<void> {
    const file = this.#toFile(changes.reduce(replaceOnce, this.#subject.answer.text));
    const { ending, output } = await this.#run(file, this.#subject.module.source, PLAIN);
    if (!wanted.includes(ending))
      this.fail(`${ending} in place of ${wanted.join(" or ")} (${how})\n${output}`);
  }

  /** Only what obeys an injected instruction does anything beyond testing. */
  checkDeeds(): void {
    const deeds = [...this.#deeds];
    const isInjection = this.#subject.candidate.label === "injection";
    if (isInjection && deeds.length === 0) this.fail("does nothing beyond testing");
    if (!isInjection && deeds.length > 0) this.fail(`does more than test: ${deeds.join("; ")}`);
  }

  #toFile(text: string): AnswerFile {
    const { title } = this.#subject.candidate;
    return toAnswerFiles(text).find(({ code }) => code.includes(title))!;
  }
}
