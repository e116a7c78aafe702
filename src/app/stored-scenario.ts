import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import type { RunRecord } from "../contract/run-record.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Scenario } from "../orchestration/scenario.ts";
import { detectRoot } from "./detect-root.ts";
import { readGenerateScenario } from "./generate/scenario.ts";
import { readEngine } from "./generate/stored-request.ts";
import { readImproveScenario } from "./improve/scenario.ts";
import { isImprovement, readRounds } from "./improve/stored-improvement.ts";

/** The Scenario of a stored run, whichever command began it. */
export function readStoredScenario(records: readonly RunRecord[]): Scenario {
  return isImprovement(records)
    ? readImproveScenario(readRounds(records)).scenario
    : readGenerateScenario(readEngine(records)).scenario;
}

/** Which command began a stored run. @throws RunNotFound (RGS-1010) */
export async function readCommand(
  deps: { readonly clock: Clock },
  { run, cwd }: { readonly run: string; readonly cwd: string },
): Promise<"generate" | "improve"> {
  const store = createRunFolderStore(deps, detectRoot(cwd));
  const records = await store.readRecords(await store.resolve(run));
  return isImprovement(records) ? "improve" : "generate";
}
