import type { Verdict } from "../../src/contract/agents.ts";
import { titleOf, type RejectionReason } from "../../src/contract/candidate.ts";
import type { ModelAnswer } from "../../src/contract/model/answer.ts";
import type { ModelRequest } from "../../src/contract/model/request.ts";
import { NO_TOKENS } from "../../src/contract/model/usage.ts";
import { shortHash } from "../../src/kernel/hash.ts";
import type { ModuleContext } from "../../src/model/context.ts";
import { takeFiles, type Team, toCandidates } from "../../src/model/team.ts";
import { readFiles } from "../../src/model/read-answer.ts";
import type { ModelPort } from "../../src/ports/model.ts";
import type { CandidateLabel, CorpusModule, RecordedAnswer } from "../../test/corpus/schema.ts";
import { openScene } from "./open-scene.ts";

/** What became of one recorded candidate. */
export interface Fate {
  readonly module: string;
  readonly title: string;
  readonly label: CandidateLabel;
  readonly fate: "admitted" | RejectionReason;
  /**
   * Of a sound test that adds nothing beside one that was admitted before it: what becomes of it where it is offered
   * alone. Null for all others.
   */
  readonly alone: "admitted" | RejectionReason | null;
  /** What the gate said; empty where it admitted. */
  readonly detail: string;
  readonly verdict: Verdict | null;
  readonly isFinding: boolean;
}

export type Judge = "recorded" | "liar";

/** Plays every recorded answer of a module through agents, gate and sandbox. */
export async function playModule(
  module: CorpusModule,
  judge: Judge,
  reruns: number,
): Promise<readonly Fate[]> {
  await using scene = await openScene(module, createRecordedModel(module, judge), { reruns });
  const { team } = scene;
  const [context] = team.input.project.modules;
  if (context === undefined) throw new Error(`${module.name} has no module to test`);
  const fates: Fate[] = [];
  for (const answer of module.answers) {
    const before = {
      candidates: team.candidates.length,
      rejections: team.rejections.length,
      judgements: team.judgements.length,
      findings: team.findings.length,
    };
    const files = readFiles(answer.text, context.testPath);
    await takeFiles(team, context, files);
    const news = team.candidates.slice(before.candidates);
    const admitted = new Set(news.map((one) => titleOf(one) ?? one.id));
    const rejections = team.rejections.slice(before.rejections);
    const judgements = team.judgements.slice(before.judgements);
    const findings = team.findings.slice(before.findings);
    for (const { title, label } of answer.candidates) {
      const isOf = (fullTitle: string): boolean =>
        fullTitle === title || fullTitle.endsWith(` > ${title}`);
      const isAdmitted = [...admitted].some(isOf);
      const rejection = rejections.findLast(
        (one) =>
          (one.title !== null && isOf(one.title)) ||
          listIds(answer, files, title).includes(one.candidateId),
      );
      const fate = isAdmitted ? "admitted" : (rejection?.reason ?? "build-failed");
      const isSurplus = SOUND.includes(label) && fate === "adds-nothing";
      fates.push({
        ...{ module: module.name, title, label, fate },
        alone: isSurplus ? await offerAlone(team, context, answer, files, isOf) : null,
        detail: isAdmitted ? "" : (rejection?.detail ?? "never reached the gate"),
        verdict: judgements.find((one) => isOf(one.title))?.verdict ?? null,
        isFinding: findings.some(({ summary }) => isOf(summary)),
      });
    }
  }
  return fates;
}

/** Tests that belong into a suite. */
export const SOUND: readonly CandidateLabel[] = ["good", "wrong-import"];

/** What the gate says of one test of an answer where none of its neighbours is there before it. */
async function offerAlone(
  team: Team,
  module: ModuleContext,
  answer: RecordedAnswer,
  files: ReturnType<typeof readFiles>,
  isOf: (fullTitle: string) => boolean,
): Promise<"admitted" | RejectionReason> {
  for (const { path, text } of files) {
    const file = { path, text: applyCures(answer, text) };
    const own = toCandidates(team, module, file).filter(({ fullTitle }) => isOf(fullTitle));
    if (own.length === 0) continue;
    const trial = await team.deps.tryCandidates(own, { signal: team.signal });
    return trial.admitted.length > 0 ? "admitted" : (trial.rejections[0]?.reason ?? "not-tried");
  }
  return "not-tried";
}

/** Ids that a title has, also where its file cannot be read and counts as one. */
function listIds(
  answer: RecordedAnswer,
  files: ReturnType<typeof readFiles>,
  title: string,
): readonly string[] {
  const texts = files.flatMap(({ text }) => [
    text,
    applyCures(answer, text),
    rewrite(answer, text),
  ]);
  return texts.flatMap((text) =>
    text.includes(title) ? [shortHash(`${text}\n`), shortHash(`${text}\n${title}`)] : [],
  );
}

function applyCures({ candidates }: RecordedAnswer, text: string): string {
  let cured = text;
  for (const { cure } of candidates) {
    if (cure !== undefined) cured = cured.replaceAll(cure.search, () => cure.replace);
  }
  return cured;
}

/** What a model makes of a file that wants it green at any price: cures, and demands that are changed. */
function rewrite(answer: RecordedAnswer, text: string): string {
  const changes = answer.candidates.flatMap((one) => one.rewrite ?? []);
  return changes.reduce(
    (changed, { search, replace }) => changed.replaceAll(search, () => replace),
    applyCures(answer, text),
  );
}

/** Repairs as the corpus says imports are cured, or demands are changed, and judges as recorded, or always the worst. */
function createRecordedModel(module: CorpusModule, judge: Judge): ModelPort {
  const liesWith = module.truth.bug?.sentence ?? module.readme.split("\n").at(-2) ?? "";
  return {
    models: () => [],
    async generate<T>(request: ModelRequest<T>): Promise<ModelAnswer<T>> {
      await Promise.resolve();
      const asked = request.messages.map((one) => ("text" in one ? one.text : "")).join("\n");
      if (request.role === "repair") return toAnswer(repairText(module, asked), undefined as T);
      if (judge === "liar")
        return toAnswer("", { verdict: "bug", quote: liesWith, reasoning: [] } as T);
      const test = /<<<TEST\S*\n([\s\S]*?)\nTEST\S*>>>/u.exec(asked)?.[1] ?? "";
      const known = module.judge.find(({ candidate }) => test.includes(candidate));
      const recorded = known?.answers[request.sample ?? 0];
      const unsure = { verdict: "unspecified", quote: "", reasoning: [] };
      return toAnswer("", (recorded ?? unsure) as T);
    },
  };
}

function repairText({ answers }: CorpusModule, asked: string): string {
  for (const answer of answers) {
    const { text } =
      readFiles(answer.text, "x.test.js").find((one) => asked.includes(one.text)) ?? {};
    if (text === undefined) continue;
    const cured = rewrite(answer, text);
    return cured === text ? "There is nothing to repair." : `\`\`\`js\n${cured}\`\`\``;
  }
  return "There is nothing to repair.";
}

function toAnswer<T>(text: string, object: T): ModelAnswer<T> {
  return {
    ...{ question: "recorded", text, object, toolCalls: [], reasoning: null, finish: "stop" },
    ...{ requested: { provider: "corpus", model: "recorded" }, served: "recorded" },
    ...{ source: "recording", attempts: [], usage: NO_TOKENS, changes: [], warnings: [] },
  };
}
