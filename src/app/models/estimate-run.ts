import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findRepository, MOST_FIXES, MOST_LENGTH } from "../../adapters/git/read-fixes.ts";
import { estimateInput } from "../../adapters/llm/wire/read-usage.ts";
import type { CostEstimate, PlannedCalls } from "../../contract/model/estimate.ts";
import type { ModelMessage, ModelRole } from "../../contract/model/request.ts";
import type { Clock } from "../../kernel/clock.ts";
import { toExplorerMessages } from "../../model/agents/explorer.ts";
import { toMutantMessages } from "../../model/agents/mutant.ts";
import { toOracleMessages } from "../../model/agents/oracle.ts";
import type { ModuleContext, ProjectContext } from "../../model/context.ts";
import { readModelContext } from "../generate/model-context.ts";
import { type Plan, planRun } from "../generate/plan.ts";
import { readLanguageContext } from "../languages/language-context.ts";
import { MOST_FILES } from "../../model/ask-for-faults.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";
import { estimateCost } from "./estimate-cost.ts";
import type { ModelFlags } from "./model-config.ts";

export interface EstimateRunInput {
  readonly targets: readonly string[];
  readonly cwd: string;
  readonly flags: ModelFlags;
  /** What the target is written in, where that is not JavaScript or TypeScript, and how its tests are run. */
  readonly language?: string | undefined;
  readonly testCommand?: string | undefined;
  /** Text of an issue that models would be shown. @defaultValue none */
  readonly issue?: string | undefined;
  /** How many gaps the explorer would be asked about; how many there are is known after the search only. */
  readonly gaps: number;
}

/** What a run with models may cost, and on what that rests. */
export interface RunEstimate extends CostEstimate {
  /** Sentences on what was assumed. */
  readonly assumptions: readonly string[];
}

/** What an answer takes by experience, tokens. */
const OUTPUT_TOKENS = {
  mutant: 800,
  oracle: 1_500,
  explorer: 1_000,
  repair: 1_500,
  judge: 400,
} as const;
/** One test file in so many does not build at first, and one in so many holds a test that fails. */
const FILES_PER_REPAIR = 4;
const FILES_PER_FAILURE = 4;
const VOTES = 3;

/**
 * What `generate` with a model would cost for a target: the very questions that it would ask, measured, times the price
 * table. Asks nobody, runs nothing, and fetches no key.
 * @throws NoModel (RGS-4002), TargetNotFound (RGS-1001), ConfigInvalid (RGS-2001)
 */
export async function estimateRun(
  { clock }: { readonly clock: Clock },
  { targets, cwd, flags, gaps, issue, ...more }: EstimateRunInput,
): Promise<RunEstimate> {
  const { language, testCommand } = more;
  // Nothing but models writes tests in another language.
  const engine = language === undefined ? undefined : "model";
  const wanted = { engine, language, testCommand } as const;
  const plan = await planRun(clock, {
    ...{ targets, cwd, issue, code: null, flags: wanted, models: flags },
  });
  const { root, sourceFiles } = plan.project;
  const sources = await Promise.all(
    sourceFiles.map(async (path) => ({ path, content: await readFile(join(root, path), "utf8") })),
  );
  const project = await readContext(plan, sources);
  const { modules } = project;
  const faults = await askAboutFaults(project, root, sources);
  const files = modules.length + gaps;
  const oracle = toMean(modules.map((module) => toOracleMessages(project, module)));
  const explorer = toMean(modules.map((module) => askAboutAll(project, module)));
  const toPart = (
    role: keyof typeof OUTPUT_TOKENS,
    calls: number,
    input: number,
  ): PlannedCalls => ({
    role: role satisfies ModelRole,
    ...{ calls, inputTokens: input, outputTokens: OUTPUT_TOKENS[role] },
  });
  const estimate = await estimateCost({ cwd: root, flags }, [
    toPart("mutant", faults.length, toMean(faults)),
    toPart("oracle", modules.length, oracle),
    toPart("explorer", gaps, explorer),
    toPart("repair", Math.ceil(files / FILES_PER_REPAIR), explorer + OUTPUT_TOKENS.explorer),
    toPart("judge", Math.ceil(files / FILES_PER_FAILURE) * VOTES, explorer),
  ]);
  return {
    ...estimate,
    assumptions: [
      faults.length === 0
        ? "no git repository, so the mutant agent is asked nothing"
        : `the mutant agent is asked about ${String(faults.length)} files with ${String(MOST_FIXES)} fixes each, the most that it is shown`,
      `the explorer is asked about ${String(gaps)} gaps (--gaps); how many there are is known after the search`,
      `one file in ${String(FILES_PER_REPAIR)} needs a repair, one in ${String(FILES_PER_FAILURE)} is judged, by ${String(VOTES)} votes`,
      "a token is four characters; answers take what they took by experience",
    ],
  };
}

/** What agents would be told, from the project's own files. */
async function readContext(plan: Plan, sources: readonly SourceText[]): Promise<ProjectContext> {
  const staged = { folder: plan.project.root };
  const { language } = plan;
  if (language === null) return await readModelContext(plan, { staged, sources });
  const { goModule } = language;
  return await readLanguageContext(plan, { staged, sources }, { language, goModule });
}

/** The dearest questions about fixes that there can be: git is not run for an estimate. */
async function askAboutFaults(
  project: ProjectContext,
  root: string,
  sources: readonly SourceText[],
): Promise<readonly (readonly ModelMessage[])[]> {
  if ((await findRepository(root)) === null) return [];
  const fixes = Array.from({ length: MOST_FIXES }, () => "x".repeat(MOST_LENGTH));
  return sources
    .toSorted((a, b) => b.content.length - a.content.length)
    .slice(0, MOST_FILES)
    .map(({ path, content }) => toMutantMessages(project, { file: path, source: content, fixes }));
}

/** The question about a whole module: a gap's own is no longer. */
function askAboutAll(project: ProjectContext, module: ModuleContext): readonly ModelMessage[] {
  const lines = { first: 1, last: module.source.split("\n").length };
  const gap = { file: module.module, name: null, lines, branches: [], mutants: [] };
  return toExplorerMessages(project, module, { gap, source: module.source });
}

function toMean(questions: readonly (readonly ModelMessage[])[]): number {
  const sum = questions.reduce((all, messages) => all + estimateInput(messages, ""), 0);
  return Math.ceil(sum / Math.max(1, questions.length));
}
