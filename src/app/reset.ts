import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import type { Clock } from "../kernel/clock.ts";
import { toKnownStep } from "../orchestration/known-step.ts";
import { openRunWriter } from "../orchestration/run-writer.ts";
import { listFrom } from "../orchestration/scenario.ts";
import { SEARCH_TAPE_FILE } from "../search/job-tape.ts";
import { SEARCH_ANSWERS_FILE } from "../search/saved/answers.ts";
import { SEARCH_STATE_FILE } from "../search/saved/saved-state.ts";
import { detectRoot } from "./detect-root.ts";
import { GATE_RUNS_FILE } from "./generate/kept-runs.ts";
import { AGENTS_FILE, INPUTS_FOLDER, MESSAGES_FILE } from "./generate/model-files.ts";
import type { RunName } from "./resume.ts";
import { readCustomName, readStoredScenario } from "./stored-scenario.ts";

/** Steps that search, and those that ask models. */
const SEARCHING: ReadonlySet<string> = new Set(["propose", "characterise"]);
const SEARCH_FILES = [SEARCH_STATE_FILE, SEARCH_ANSWERS_FILE, SEARCH_TAPE_FILE];
const ASKING = /^(?:explore|plan|implement-\d+)$/u;

/** What was forgotten of a run, and what does it again. */
export interface ResetAnswer {
  readonly runId: string;
  /** Ids of steps. */
  readonly reset: readonly string[];
  /** The command to type or the function to call, as Markdown. */
  readonly next: string;
}

/**
 * Forgets results from a step on, what a search had saved and what agents had done, so that a resume does them again. Answers of
 * models stay: they were paid for, and the same question gets the same answer. Works for a run of any Scenario: its log names the steps.
 * @throws RunNotFound (RGS-1010), NoSuchStep (RGS-1020), RunBusy (RGS-1014)
 */
export async function resetRun(
  deps: { readonly clock: Clock },
  { run, cwd, from }: RunName & { readonly from: string | null },
): Promise<ResetAnswer> {
  const store = createRunFolderStore(deps, detectRoot(cwd));
  const runId = await store.resolve(run);
  const records = await store.readRecords(runId);
  const scenario = readStoredScenario(records);
  const isCustom = readCustomName(records) !== null;
  const first = toKnownStep(scenario, from ?? scenario.steps[0]?.id ?? "");
  const reset = [...listFrom(scenario, first)];
  const writer = await openRunWriter(store.log, runId);
  try {
    await writer.append({ name: "run-reset", data: { steps: reset } }, { isDurable: true });
    const isAny = (test: (id: string) => boolean): boolean => reset.some(test);
    const files = [
      ...(isAny((id) => SEARCHING.has(id)) ? SEARCH_FILES : []),
      ...(reset.includes("admit") ? [GATE_RUNS_FILE] : []),
      ...(isAny((id) => ASKING.test(id)) ? [AGENTS_FILE, MESSAGES_FILE, INPUTS_FOLDER] : []),
    ];
    // Steps of the caller's own may have such names, and files such as these mean nothing there.
    for (const file of isCustom ? [] : files) await store.removeFile(runId, file);
  } finally {
    await writer.release();
  }
  const call = `\`runCustomScenario\` with \`resume: "${runId}"\``;
  return { runId, reset, next: isCustom ? call : `\`regoose resume ${runId}\`` };
}
