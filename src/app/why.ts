import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import type { RunResult } from "../contract/envelope.ts";
import type { Clock } from "../kernel/clock.ts";
import { restoreResults } from "../orchestration/checkpoints.ts";
import { diagnose, type Cause } from "../orchestration/diagnose.ts";
import type { RunStore } from "../ports/run-store.ts";
import { runResultSchema } from "../reporting/report-schema.ts";
import { detectRoot } from "./detect-root.ts";
import { readGenerateScenario } from "./generate/scenario.ts";
import type { RunName } from "./resume.ts";

/** What `regoose why` answers. */
export interface WhyData {
  readonly runId: string;
  readonly outcome: string;
  /** The likeliest first; never empty. */
  readonly causes: readonly Cause[];
}

/**
 * Ranks the causes of how a run ended, from its log and its stored results. Executes nothing.
 * @throws RunNotFound (RGS-1010)
 */
export async function explainRun(
  deps: { readonly clock: Clock },
  { run, cwd }: RunName,
): Promise<WhyData> {
  const store = createRunFolderStore(deps, detectRoot(cwd));
  const runId = await store.resolve(run);
  const records = await store.readRecords(runId);
  const [summary] = (await store.list()).filter(({ id }) => id === runId);
  const result = await readResult(store, runId);
  const { damaged } = await restoreResults(store.artifacts, readGenerateScenario().scenario, {
    runId,
    records,
  });
  const { data, rejections } = result ?? { data: null, rejections: [] };
  const causes = diagnose({
    runId,
    records,
    isOwned: await store.log.isOwned(runId),
    hasDamage: await hasFile(store, runId, "events.ndjson.damaged"),
    damaged,
    degradations: data?.degradations ?? [],
    notes: data?.notes ?? [],
    tests: data?.suite.tests ?? null,
    findings: data?.findings.length ?? 0,
    rejected: data?.candidates.rejected ?? {},
    examples: Object.fromEntries(
      rejections.map(({ reason, detail, title }) => [
        reason,
        `${title ?? "a candidate"}: ${detail}`,
      ]),
    ),
    mutants: data?.mutation.suite ?? null,
  });
  return { runId, outcome: summary?.outcome ?? "unknown", causes };
}

function hasFile(store: RunStore, runId: string, name: string): Promise<boolean> {
  return store.readFile(runId, name).then(
    () => true,
    () => false,
  );
}

/** The stored result, or null where the run had none or it cannot be read. */
async function readResult(store: RunStore, runId: string): Promise<RunResult | null> {
  try {
    return runResultSchema.parse(JSON.parse(await store.readFile(runId, "result.json")));
  } catch {
    return null;
  }
}
